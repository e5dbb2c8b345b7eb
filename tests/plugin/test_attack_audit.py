"""Somebody with the database's password edits rows by hand: each edit is found and explained."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from wagtail.documents.models import Document

from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.conf import office_day, private_storage
from otp_policy.wagtail.models import (
    Approval,
    FileUse,
    PaperDecision,
    Post,
    Publication,
)
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.versions import hide_version
from otp_policy.wagtail.withdrawals import ask_to_withdraw, decide_on_withdrawal, take_down
from tests.office import fresh, in_an_hour
from tests.plugin.test_paper import own_media, pdf, post
from tests.tampering import tampering

__all__ = ["own_media"]
pytestmark = pytest.mark.django_db
REASON = "ข้อมูลคลาดเคลื่อน"


def sql(statement: str, *values) -> None:
    with tampering(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, "the edit met no row"


@pytest.fixture
def story(client, office):
    """Return pages by name: corrected, hidden, withdrawn, rejected, on paper, and one to come."""
    live = office.publish(office.draft(title="แก้ไขแล้ว", summary="ถึงวันที่ 15 ธันวาคม"))
    pages = {"corrected": office.publish(office.edit(live, summary="ถึงวันที่ 30 ธันวาคม"))}
    hidden = office.publish(office.draft(title="ซ่อนฉบับเดิม", summary="ถึงวันที่ 15 ธันวาคม"))
    hidden = office.publish(office.edit(hidden, summary="ถึงวันที่ 30 ธันวาคม"))
    hide_version(hidden, office["publisher.web"], number=1, reason=REASON)
    pages["hidden"] = hidden
    pages["withdrawn"] = office.publish(office.draft(title="ถอนแล้ว"))
    asked = ask_to_withdraw(pages["withdrawn"], office["pr.division-a"], reason=REASON)
    decide_on_withdrawal(asked, office["director.division-a"], "approve", digest=asked.digest)
    pages["down"] = office.publish(office.draft(title="เอาลงแล้ว"))
    take_down(pages["down"], office["publisher.web"], reason=REASON)
    paper = office.submit(office.draft(title="บนกระดาษ"))
    scan = SimpleUploadedFile("memo.pdf", pdf(pages=2))
    signer = office["director.division-a"].pk
    assert post(client, office, paper, signed_by=signer, scan=scan).status_code == 302
    pages["paper"] = paper
    pages["coming"] = office.draft(title="จะเผยแพร่")
    schedule.propose(pages["coming"], office["pr.division-a"], channel="website", at=in_an_hour())
    office.delegate("pr.division-b", first=office_day(), last=office_day())
    assert list(audit()) == []
    return pages


def edits(office, pages) -> dict:
    """Return each edit of a row, by what it is after; the values are a list."""
    key = {name: page.pk for name, page in pages.items()}
    other = office["director.division-b"].pk
    later = timezone.now() + timedelta(days=1)
    live = Publication.objects.get(page_id=key["corrected"], ended_at=None)
    prior = Publication.objects.exclude(ended_at=None).get(page_id=key["corrected"])
    gone = Publication.objects.get(page_id=key["withdrawn"])
    return {
        "the approver is another": (
            "UPDATE otp_policy_approval SET by_id=%s WHERE id=%s",
            [other, live.approval_id],
            "approval_not_in_ledger",
        ),
        "the approver acted in another role": (
            "UPDATE otp_policy_approval SET role='office_director' WHERE id=%s",
            [live.approval_id],
            "approval_not_in_ledger",
        ),
        "an approval of a text that nobody approved": (
            "UPDATE otp_policy_approval SET digest='sha256:00' WHERE page_id=%s",
            [key["paper"]],
            "approval_not_in_ledger",
        ),
        "the publisher is another": (
            "UPDATE otp_policy_publication SET publisher_id=%s WHERE id=%s",
            [other, live.pk],
            "publication_not_as_recorded",
        ),
        "it went out on time": (
            "UPDATE otp_policy_publication SET scheduled_at=%s WHERE id=%s",
            [later, live.pk],
            "publication_not_as_recorded",
        ),
        "an earlier version was another text": (
            "UPDATE otp_policy_publication SET digest='sha256:00' WHERE id=%s",
            [prior.pk],
            "publication_not_as_recorded",
        ),
        "what is withdrawn may return": (
            "UPDATE otp_policy_publication SET may_return=%s WHERE id=%s",
            [True, gone.pk],
            "return_without_decision",
        ),
        "the author never wrote it": (
            "DELETE FROM otp_policy_contribution WHERE page_id=%s",
            [key["corrected"]],
            "contributor_missing",
        ),
        "a tombstone gives another reason": (
            "UPDATE otp_policy_withdrawal SET reason='ไม่มีเหตุ' WHERE page_id=%s",
            [key["withdrawn"]],
            "withdrawal_not_as_decided",
        ),
        "a tombstone gives another title": (
            "UPDATE otp_policy_withdrawal SET title='อื่น' WHERE page_id=%s",
            [key["withdrawn"]],
            "withdrawal_not_as_decided",
        ),
        "a takedown counts as approved": (
            "UPDATE otp_policy_withdrawal SET state='approved' WHERE page_id=%s",
            [key["down"]],
            "withdrawal_not_as_decided",
        ),
        "a withdrawal was approved by another": (
            "UPDATE otp_policy_withdrawaldecision SET by_id=%s",
            [other],
            "withdrawal_not_as_decided",
        ),
        "the note of a correction is another": (
            "UPDATE otp_policy_correction SET note='ไม่มีอะไร' WHERE approval_id=%s",
            [live.approval_id],
            "note_not_as_approved",
        ),
        "a correction never was": (
            "DELETE FROM otp_policy_correction WHERE approval_id=%s",
            [live.approval_id],
            "correction_missing",
        ),
        "a hidden version is shown": (
            "DELETE FROM otp_policy_hiddenversion WHERE by_id=%s",
            [office["publisher.web"].pk],
            "hidden_version_shown",
        ),
        "a memo was signed by another": (
            "UPDATE otp_policy_paperdecision SET signed_by_id=%s",
            [other],
            "paper_not_in_ledger",
        ),
        "a memo was signed earlier": (
            "UPDATE otp_policy_paperdecision SET signed_on=%s",
            [office_day() - timedelta(days=9)],
            "paper_not_in_ledger",
        ),
        "a memo never was": (
            "DELETE FROM otp_policy_paperdecision WHERE page_id=%s",
            [key["paper"]],
            "paper_missing",
        ),
        "a time is agreed": (
            "UPDATE otp_policy_slot SET state='confirmed', confirmed_by_id=%s WHERE page_id=%s",
            [office["publisher.web"].pk, key["coming"]],
            "slot_not_confirmed",
        ),
        "a post holds longer": (
            "UPDATE otp_policy_post SET role='office_director' WHERE user_id=%s",
            [other],
            "office_entry_not_in_ledger",
        ),
        "an order holds longer": (
            "UPDATE otp_policy_delegationorder SET until_on=%s",
            [office_day() + timedelta(days=90)],
            "office_entry_not_in_ledger",
        ),
        "a text is approved that is live": (
            "UPDATE otp_policy_publication SET approval_id=(SELECT id FROM otp_policy_approval "
            "WHERE page_id=%s) WHERE id=%s",
            [key["paper"], live.pk],
            "publication_without_approval",
        ),
        "the row of a decision says another deed": (
            "UPDATE otp_policy_ledgerentry SET action='submit' WHERE action='withdraw'",
            [],
            "ledger_",
        ),
        "a decision is gone from the ledger": (
            "DELETE FROM otp_policy_ledgerentry WHERE action='hide_version'",
            [],
            "ledger_",
        ),
    }


def test_each_edit_by_hand_is_found_and_says_how_to_mend_it(office, story):
    missed = {}
    for name, (statement, values, code) in edits(office, story).items():
        try:
            with transaction.atomic():
                sql(statement, *values)
                found = list(audit())
                right = [one for one in found if one.code.startswith(code)]
                if not right or not all(one.what and one.mend and one.subject for one in right):
                    missed[name] = [one.code for one in found]
                raise _BackAgain
        except _BackAgain:
            pass
    assert missed == {}
    assert list(audit()) == []


class _BackAgain(Exception):
    pass


def test_a_scan_that_was_changed_with_its_row_is_found(story):
    paper = PaperDecision.objects.get()
    name = paper.scan.name
    private_storage().delete(name)
    data = pdf(pages=4)
    assert private_storage().save(name, ContentFile(data)) == name
    sql("UPDATE otp_policy_paperdecision SET scan_sha256=%s", sha256(data).hexdigest())
    assert sorted(one.code for one in audit()) == ["paper_missing", "paper_not_in_ledger"]


def test_a_row_that_makes_a_private_file_public_is_found(office, story):
    document = Document.objects.create(title="ลับ", file=ContentFile(b"one", name="plan.txt"))
    live = Publication.objects.get(page_id=story["corrected"].pk, ended_at=None)
    FileUse.objects.bulk_create(
        [
            FileUse(
                page_id=live.page_id,
                publication=live,
                model=document._meta.label_lower,
                file_id=document.pk,
                stored_as=document.file.name,
            )
        ]
    )
    assert [one.code for one in audit()] == ["file_without_text"]


def test_a_forged_approval_publishes_and_is_found(office, story):
    """With the ledger untouched, rows alone can be forged; the audit says so before and after."""
    page = office.draft(title="ปลอมความเห็นชอบ")
    office.agree(page)
    office.approve(office.draft(title="ตัวอย่าง"))
    real = Approval.objects.last()
    revision, digest = latest_text(page)
    Approval.objects.bulk_create(
        [
            Approval(
                kind="approve",
                page_id=page.pk,
                revision_id=revision.pk,
                digest=digest,
                recipe=real.recipe,
                by=real.by,
                role=real.role,
                unit=real.unit,
                policy=real.policy,
                at=timezone.now(),
            )
        ]
    )
    assert [one.code for one in audit()] == ["approval_not_in_ledger"]
    publish_due()
    assert fresh(page).live
    assert {one.code for one in audit()} == {"approval_not_in_ledger", "publication_not_in_ledger"}


def test_a_post_without_the_register_is_found(office, story):
    Post.objects.bulk_create(
        [Post(user=office["admin"], role="office_director", from_on=office_day())]
    )
    assert [one.code for one in audit()] == ["office_entry_not_in_ledger"]


def test_an_account_that_gets_another_name_is_no_finding(office, story):
    for user in office.users.values():
        type(user).objects.filter(pk=user.pk).update(username=f"new.{user.pk}")
    assert list(audit()) == []
