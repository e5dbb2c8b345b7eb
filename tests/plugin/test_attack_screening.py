"""Strangers attack the screen for personal data and the note of a correction."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.deciding import Asked, decide_each, show
from otp_policy.wagtail.models import Approval, Correction, PersonalDataAnswer, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.schedule import hold, propose
from otp_policy.wagtail.screening import answer_warnings, unanswered
from otp_policy.wagtail.versions import hide_version
from tests.office import fresh, in_an_hour
from tests.plugin.test_paper import code_of, own_media, pdf, post

__all__ = ["own_media"]
pytestmark = pytest.mark.django_db
LEAK = "ติดต่อ 081-234-5678"
EMPTY = ["", "  ", "\u200b", "\u3164\u3164", "---", "…"]


def slipped_in(office, by="pr.division-a"):
    """Return an item whose clean text was submitted, and then changed under approval."""
    page = office.submit(office.draft())
    return office.edit(page, by=by, summary=LEAK)


def test_data_slipped_in_under_approval_is_not_approved(office):
    page = slipped_in(office)
    with pytest.raises(PolicyRefusal) as refused:
        office.decide(page, "director.division-a")
    assert "หลังจากเสนอแล้ว" in str(refused.value)
    assert fresh(page).workflow_in_progress
    assert not Approval.objects.exists()


def test_data_slipped_in_under_approval_is_not_approved_with_several(office):
    page, director = slipped_in(office), office["director.division-a"]
    shown = show(director, page.pk)
    outcome = decide_each(director, [Asked(page.pk, shown.digest, shown.proof)])
    assert (outcome.decided, list(outcome.refused)) == ([], [page.pk])
    assert not Approval.objects.exists()


def test_data_slipped_in_under_approval_is_not_approved_on_paper(client, office):
    page = slipped_in(office)
    answer = post(client, office, page, signed_by=office["director.division-a"].pk)
    assert answer.status_code == 403
    assert not Approval.objects.exists()


def test_what_was_answered_is_approved_and_sent_back_is_possible(office):
    page = slipped_in(office)
    page = office.decide(page, "director.division-a", "reject")
    draft = fresh(page).get_latest_revision().as_object()
    reasons = {one.fingerprint: "เบอร์ของสำนักงาน" for one in unanswered(draft)}
    answer_warnings(page, office["pr.division-a"], reasons=reasons)
    fresh(page).current_workflow_state.resume(office["pr.division-a"])
    office.decide(page, "director.division-a")
    assert Approval.objects.count() == 1


@pytest.mark.parametrize("said", EMPTY)
def test_a_reason_that_says_nothing_answers_no_warning(office, said):
    page = office.draft(summary=LEAK)
    draft = fresh(page).get_latest_revision().as_object()
    (warning,) = unanswered(draft)
    client = Client()
    client.force_login(office["pr.division-a"])
    address = reverse("otp_policy:personal_data", args=(page.pk,))
    client.post(address, {warning.fingerprint: said})
    answer_warnings(page, office["pr.division-a"], reasons={warning.fingerprint: said})
    assert not PersonalDataAnswer.objects.exists()
    assert not fresh(page).workflow_in_progress


def test_an_answer_for_a_datum_that_is_not_in_the_text_is_not_kept(office):
    page = office.draft(summary=LEAK)
    answer_warnings(page, office["pr.division-a"], reasons={"0" * 64: "เบอร์ของสำนักงาน"})
    assert not PersonalDataAnswer.objects.exists()


@pytest.mark.parametrize("by", ["pr.division-b", "director.division-a", "publisher.web"])
@pytest.mark.parametrize("name", ["submit", "recall", "personal_data"])
def test_whoever_does_not_prepare_the_item_neither_answers_nor_submits(office, by, name):
    page = office.draft(summary=LEAK)
    (warning,) = unanswered(fresh(page).get_latest_revision().as_object())
    client = Client()
    client.force_login(office[by])
    address = reverse(f"otp_policy:{name}", args=(page.pk,))
    client.post(address, {warning.fingerprint: "เบอร์ของสำนักงาน"})
    assert not PersonalDataAnswer.objects.exists()
    assert not fresh(page).workflow_in_progress


@pytest.mark.parametrize("note", EMPTY)
def test_a_note_that_says_nothing_is_no_note(office, note):
    live = office.publish(office.draft(summary="ถึงวันที่ 15 ธันวาคม"))
    page = office.edit(live, summary="ถึงวันที่ 30 ธันวาคม", correction_note=note)
    with pytest.raises(PolicyRefusal):
        office.submit(page)


def test_the_note_of_the_last_correction_with_another_dot_is_no_new_note(office):
    live = office.publish(office.draft(summary="ถึงวันที่ 15 ธันวาคม"))
    page = office.edit(live, summary="ถึงวันที่ 20 ธันวาคม", correction_note="แก้วันที่")
    page = office.publish(page)
    page = office.edit(page, summary="ถึงวันที่ 30 ธันวาคม", correction_note="แก้วันที่ .\u200b")
    with pytest.raises(PolicyRefusal):
        office.submit(page)


def test_nobody_ticks_that_a_correction_is_not_material(client, office):
    """Whatever a form says beside its fields, the difference decides."""
    live = office.publish(office.draft(summary="ถึงวันที่ 15 ธันวาคม"))
    page = office.edit(live, summary="ถึงวันที่ 30 ธันวาคม", correction_note="แก้วันปิดรับ")
    page = office.submit(page)
    client.force_login(office["director.division-a"])
    state = fresh(page).current_workflow_task_state

    client.post(
        reverse("otp_policy:decide", args=(page.pk,)),
        {
            "action": "approve",
            "task_state": state.pk,
            "digest": latest_text(page)[1],
            "is_material": "false",
            "hides_prior": "1",
            "comment": "",
        },
    )
    correction = Correction.objects.get()
    assert (correction.is_material, correction.hides_prior) == (True, False)


def test_a_correction_changed_under_approval_takes_no_way_round_its_note_on_paper(client, office):
    live = office.publish(office.draft(summary="ถึงวันที่ 15 ธันวาคม"))
    page = office.edit(live, summary="ถึงวันที่ 20 ธันวาคม", correction_note="แก้วันปิดรับ")
    page = office.submit(page)
    page = office.edit(page, summary="ถึงวันที่ 30 ธันวาคม", correction_note="\u200b")
    scan = SimpleUploadedFile("memo.pdf", pdf(pages=2))
    signer = office["director.division-a"].pk
    assert post(client, office, page, signed_by=signer, scan=scan).status_code == 403
    assert not Correction.objects.exists()
    assert code_of(page)
    assert publish_due() == 0


@pytest.mark.parametrize("said", EMPTY[1:])
def test_a_reason_that_says_nothing_rejects_holds_and_hides_nothing(client, office, said):
    page = office.submit(office.draft())
    with pytest.raises(PolicyRefusal):
        office.decide(page, "director.division-a", "reject", comment=said)
    told = {"outcome": "reject", "reason": said, "signed_by": office["director.division-a"].pk}
    assert post(client, office, page, **told).status_code == 403
    propose(page, office["pr.division-a"], channel="website", at=in_an_hour())
    client.force_login(office["publisher.web"])
    address = reverse("otp_policy:slot", args=(page.pk, "website", "hold"))
    client.post(address, {"website-hold-note": said})
    assert Slot.objects.get().state == Slot.State.PROPOSED
    hold(page, office["publisher.web"], channel="website", note="รอเอกสาร")
    live = office.publish(office.draft(summary="ถึงวันที่ 15 ธันวาคม"))
    live = office.publish(office.edit(live, summary="ถึงวันที่ 30 ธันวาคม"))
    with pytest.raises(PolicyRefusal):
        hide_version(live, office["publisher.web"], number=1, reason=said)
