"""Several at once: whoever acts on what was read before another acted decides nothing twice."""

import pytest

from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.models import Approval, Publication, Slot, Withdrawal
from otp_policy.wagtail.publishing import due_slots, publish_due, publish_slot
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.schedule import confirm, propose
from otp_policy.wagtail.withdrawals import (
    ask_to_withdraw,
    decide_on_withdrawal,
    recall_withdrawal,
    take_down,
)
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db
REASON = "ข้อมูลคลาดเคลื่อน"


def test_of_two_who_read_the_same_step_one_decides(office):
    page = office.submit(office.draft())
    first, second = fresh(page), fresh(page)
    states = [one.current_workflow_task_state for one in (first, second)]
    digest = latest_text(page)[1]
    states[0].task.specific.on_action(
        states[0], office["director.division-a"], "approve", digest=digest
    )
    for name, action in (("director.office", "approve"), ("director.office", "reject")):
        with pytest.raises(PolicyRefusal):
            states[1].task.specific.on_action(
                states[1], office[name], action, digest=digest, comment="ขอให้แก้ไข"
            )
    assert Approval.objects.count() == 1


def test_a_text_saved_between_showing_and_deciding_is_not_approved(office):
    page = office.submit(office.draft())
    shown = latest_text(page)[1]
    office.edit(page, summary="ที่ไม่มีใครเห็น")
    with pytest.raises(PolicyRefusal):
        office.decide(page, "director.division-a", digest=shown)
    assert not Approval.objects.exists()


def test_a_text_saved_between_the_approval_and_its_time_does_not_go_out(office):
    page = office.draft(summary="ที่เห็นชอบ")
    office.agree(page)
    page = office.approve(page)
    office.edit(page, summary="ที่ไม่มีใครเห็น")
    publish_due()
    assert fresh(page).summary == "ที่เห็นชอบ"
    assert list(audit()) == []


def test_a_publication_that_was_due_before_the_takedown_does_not_follow_it(office):
    page = office.publish(office.draft())
    office.edit(page, summary="ข้อความใหม่ 3 เรื่อง")
    office.agree(page)
    office.approve(page)
    (due,) = due_slots(Slot.objects.last().at)
    take_down(fresh(page), office["publisher.web"], reason=REASON)
    publish_slot(due)
    assert not fresh(page).live
    assert not Publication.objects.filter(page_id=page.pk, ended_at=None).exists()


def test_one_slot_is_published_once(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    (due,) = due_slots(Slot.objects.get().at)
    assert [str(publish_slot(due)) for _time in range(2)] == ["done", "gone"]
    assert Publication.objects.filter(page_id=page.pk).count() == 1


def test_a_time_that_moved_is_not_confirmed_as_the_one_that_was_shown(office):
    page = office.draft()
    shown = propose(page, office["pr.division-a"], channel="website", at=in_an_hour()).at
    propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    with pytest.raises(PolicyRefusal):
        confirm(page, office["publisher.web"], channel="website", at=shown)
    assert Slot.objects.get().state == Slot.State.PROPOSED


def test_a_withdrawal_that_was_taken_back_or_decided_is_not_decided_again(office):
    page = office.publish(office.draft())
    asked = ask_to_withdraw(page, office["pr.division-a"], reason=REASON)
    stale = Withdrawal.objects.get(pk=asked.pk)
    recall_withdrawal(page, office["pr.division-a"])
    with pytest.raises(PolicyRefusal):
        decide_on_withdrawal(stale, office["director.division-a"], "approve", digest=stale.digest)
    assert fresh(page).live
    again = ask_to_withdraw(page, office["pr.division-a"], reason=REASON)
    stale = Withdrawal.objects.get(pk=again.pk)
    decide_on_withdrawal(again, office["director.division-a"], "approve", digest=again.digest)
    with pytest.raises(PolicyRefusal):
        decide_on_withdrawal(
            stale, office["director.division-a"], "reject", digest=stale.digest, comment="ไม่ถอน"
        )
    assert not fresh(page).live
