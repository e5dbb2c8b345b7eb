"""Refusals of last resort: what no screen offers, and what a direct call may still ask for."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Revision, WorkflowTask

from otp_policy.wagtail.decisions import STEP_IS_OVER, may_decide
from otp_policy.wagtail.gate import refuse_unless_published
from otp_policy.wagtail.models import (
    Approval,
    CategoryWorkflow,
    Contribution,
    DelegationOrder,
    LedgerEntry,
    PolicyTask,
    Publication,
    RoleGroup,
    Slot,
    Unit,
    Withdrawal,
)
from otp_policy.wagtail.models.items import OWN_SCHEDULE
from otp_policy.wagtail.publishing import Published, publish_slot
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(office):
    """Return an item that waits for its approval, with its time confirmed."""
    page = office.draft()
    office.agree(page)
    return office.submit(page)


def decide(office, page, by: str, action: str, **more):
    return office.decide(page, by, action, **more)


def slot_of(page) -> Slot:
    return Slot.objects.get(page_id=page.pk, channel="website")


def test_an_action_that_is_none_is_refused(office, submitted):
    with pytest.raises(PolicyRefusal, match="ไม่มีการดำเนินการ"):
        decide(office, submitted, "director.division-a", "publish")
    assert not Approval.objects.filter(page_id=submitted.pk).exists()


def test_a_stranger_rejects_nothing_and_hears_whose_it_is(office, submitted):
    with pytest.raises(PolicyRefusal) as refused:
        decide(office, submitted, "director.division-b", "reject", comment="ไม่เห็นด้วย")
    assert refused.value.codes == ("wrong_unit",)
    assert fresh(submitted).current_workflow_state.status == "in_progress"


def test_a_rejection_without_words_is_refused(office, submitted):
    for comment in ("", "  \n"):
        with pytest.raises(PolicyRefusal):
            decide(office, submitted, "director.division-a", "reject", comment=comment)
    assert fresh(submitted).current_workflow_state.status == "in_progress"


def test_a_step_that_is_over_is_not_decided_again(office, submitted):
    state = submitted.current_workflow_task_state
    office.decide(submitted, "director.division-a", "reject")
    with pytest.raises(PolicyRefusal) as refused:
        state.task.specific.on_action(state, office["director.division-a"], "approve")
    assert str(STEP_IS_OVER)[:12] in str(refused.value)


def test_only_who_may_decide_opens_the_editor_for_it(office, submitted):
    task = submitted.current_workflow_task
    for name, may in (("director.division-a", True), ("director.division-b", False)):
        assert may_decide(task, submitted, office[name]) is may
        assert task.specific.user_can_access_editor(submitted, office[name]) is may


def test_a_slot_that_is_not_there_or_not_confirmed_publishes_nothing(office, submitted):
    office.decide(submitted, "director.division-a")
    slot = slot_of(submitted)
    assert publish_slot(slot.pk + 1000) is Published.GONE
    for state in (Slot.State.PROPOSED, Slot.State.HELD):
        Slot.objects.filter(pk=slot.pk).update(state=state)
        assert publish_slot(slot.pk) is Published.GONE
    assert not fresh(submitted).live


def test_a_due_slot_waits_for_its_approval_and_is_not_held(office, submitted):
    slot = slot_of(submitted)
    assert publish_slot(slot.pk) is Published.WAITING
    assert slot_of(submitted).state == Slot.State.CONFIRMED
    office.decide(submitted, "director.division-a")
    assert publish_slot(slot.pk) is Published.DONE
    assert fresh(submitted).live


def test_an_approval_that_does_not_count_any_more_is_waited_for(office, submitted):
    office.decide(submitted, "director.division-a")
    # Who approved turns out to have written it: the approval does not count.
    Contribution.objects.filter(page_id=submitted.pk).update(user=office["director.division-a"])
    assert publish_slot(slot_of(submitted).pk) is Published.WAITING
    assert slot_of(submitted).state == Slot.State.CONFIRMED


def test_a_page_that_is_gone_holds_its_slot_with_the_reason(office, submitted):
    office.decide(submitted, "director.division-a")
    slot = slot_of(submitted)
    fresh(submitted).delete()
    Slot.objects.filter(pk=slot.pk).update(state=Slot.State.CONFIRMED)
    assert publish_slot(slot.pk) is Published.HELD
    assert Slot.objects.get(pk=slot.pk).note


def test_an_approved_text_that_is_gone_holds_its_slot_with_the_reason(office, submitted):
    office.decide(submitted, "director.division-a")
    other = office.draft(title="อีกข่าวหนึ่ง")
    slot = slot_of(submitted)
    revision = Approval.objects.get(page_id=submitted.pk).revision_id
    Revision.objects.filter(pk=revision).update(object_id=str(other.pk))
    assert publish_slot(slot.pk) is Published.HELD
    assert not fresh(submitted).live
    assert Slot.objects.get(pk=slot.pk).note


def test_what_was_taken_down_behind_the_gate_and_deleted_leaves_its_evidence(office):
    page = office.publish(office.draft(title="ข่าวที่หายไป"))
    publication = Publication.objects.get(page_id=page.pk)
    Page.objects.filter(pk=page.pk).update(live=False)
    fresh(page).delete()
    publication.refresh_from_db()
    assert publication.ended_at is not None
    rows = LedgerEntry.objects.filter(page_id=page.pk, action="take_down")
    assert [json.loads(row.body)["digest"] for row in rows] == [publication.digest]
    assert Withdrawal.objects.get(page_id=page.pk).title == "ข่าวที่หายไป"


def test_a_live_item_takes_no_time_of_its_own_and_no_redirect(office):
    page = office.publish(office.draft())
    page.expire_at = timezone.now() + timedelta(days=1)
    with pytest.raises(PolicyRefusal) as refused:
        refuse_unless_published(page, revision_id=page.live_revision_id)
    assert str(OWN_SCHEDULE) in str(refused.value)
    page = fresh(page)
    Redirect.objects.bulk_create([Redirect(old_path=page.url.rstrip("/"), redirect_link="/x/")])
    with pytest.raises(PolicyRefusal):
        refuse_unless_published(page, revision_id=page.live_revision_id)


def registers(office) -> list:
    office.delegate("pr.division-a", first=timezone.localdate(), last=timezone.localdate())
    return [
        Unit.objects.first(),
        DelegationOrder.objects.first(),
        CategoryWorkflow.objects.first(),
        PolicyTask.objects.first(),
        RoleGroup.objects.first(),
        CategoryWorkflow.objects.first().workflow,
        WorkflowTask.objects.filter(workflow__otp_categories__isnull=False).first(),
    ]


def test_a_save_that_changes_nothing_is_no_change_of_the_office(office):
    for row in registers(office):
        before = LedgerEntry.objects.count()
        type(row).objects.get(pk=row.pk).save()
        assert LedgerEntry.objects.count() == before, row


def test_each_kind_of_row_that_makes_the_office_is_recorded_when_it_changes(office):
    unit, _order, category, task, group, workflow, step = registers(office)
    for row, field, value in (
        (unit, "name_en", "Another name"),
        (category, "category", "other_than_before"),
        (task, "name", "ขั้นตอนชื่ออื่น"),
        (group, "role", "role_of_another_name"),
        (workflow, "name", "ลำดับชื่ออื่น"),
        (step, "sort_order", 77),
    ):
        row = type(row).objects.get(pk=row.pk)
        before = getattr(row, field)
        setattr(row, field, value)
        row.save()
        last = json.loads(LedgerEntry.objects.order_by("seq").last().body)
        assert last["object"] == f"{row._meta.model_name} {row.pk}"
        assert (last["old"][field], last["new"][field]) == (before, value)
