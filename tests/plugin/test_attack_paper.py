"""Strangers attack the approval on paper: sheets used twice, wrong people, files in disguise."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision, TaskState

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Approval, Contribution, PaperDecision, Publication
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.withdrawals import ask_to_withdraw, decide_on_withdrawal
from tests.office import fresh
from tests.plugin.test_paper import code_of, own_media, pdf, picture, post, text_of, waiting
from tests.tampering import tampering

__all__ = ["own_media"]
pytestmark = pytest.mark.django_db


def upload(data: bytes, name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def days_pass(page, days: int = 5) -> None:
    """Move all that happened to *page* so many days into the past."""
    back = timedelta(days=days)
    for row in Revision.objects.for_instance(page):
        Revision.objects.filter(pk=row.pk).update(created_at=row.created_at - back)
    with tampering():
        _moved(page, back)
    for row in TaskState.objects.all():
        TaskState.objects.filter(pk=row.pk).update(started_at=row.started_at - back)


def _moved(page, back: timedelta) -> None:
    for model, names in ((Contribution, ["at"]), (Approval, ["at"]), (Publication, ["at"])):
        for row in model.objects.filter(page_id=page.pk):
            QuerySet(model).filter(pk=row.pk).update(
                **{name: getattr(row, name) - back for name in names}
            )


def test_a_memo_that_was_used_up_by_a_withdrawn_publication_approves_nothing_again(client, office):
    page = waiting(office)
    office.agree(page)
    signed = office_day() - timedelta(days=5)
    days_pass(page)
    old = pdf(pages=2)
    code = code_of(page)
    assert (
        post(client, office, page, signed_on=signed.isoformat(), scan=upload(old)).status_code
        == 302
    )
    assert publish_due() == 1
    withdrawal = ask_to_withdraw(fresh(page), office["pr.division-a"], reason="ข้อมูลคลาดเคลื่อน")
    for name in ("director.division-a", "director.office"):
        decide_on_withdrawal(withdrawal, office[name], "approve", digest=withdrawal.digest)
    page = office.decide(office.submit(page), "director.division-a")
    assert code_of(page) == code  # the text is the same, and so is the code
    for scan in (old, pdf(pages=3)):  # the old file, or the old sheet scanned anew
        answer = post(client, office, page, signed_on=signed.isoformat(), scan=upload(scan))
        assert answer.status_code == 403
        assert "เสนอให้พิจารณาครั้งนี้" in text_of(answer)
    assert PaperDecision.objects.count() == 1
    assert post(client, office, page, scan=upload(pdf(pages=3))).status_code == 302


def test_one_scan_does_not_decide_twice_on_one_day(client, office):
    page = office.submit(office.draft())
    scan, director = pdf(pages=2), office["director.division-a"].pk
    told = {"signed_by": director, "outcome": "reject", "reason": "ตัวเลขผิด"}
    assert post(client, office, page, scan=upload(scan), **told).status_code == 302
    fresh(page).current_workflow_state.resume(office["pr.division-a"])
    answer = post(client, office, page, scan=upload(scan), signed_by=director)
    assert answer.status_code == 403
    assert "ใช้พิจารณาได้ครั้งเดียว" in text_of(answer)
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    "code", ["AAAA-AAAA", "2222-2222", "", "' OR 1=1 --", "9FZC-ZFKG\u200b", "%s%s%s%s"]
)
def test_a_forged_code_approves_nothing(client, office, code):
    page = waiting(office)
    assert post(client, office, page, code=code or " ").status_code in (200, 403)
    assert not PaperDecision.objects.exists()


def test_the_code_of_another_item_with_the_same_text_approves_nothing(client, office):
    page, other = waiting(office), waiting(office)
    assert post(client, office, page, code=code_of(other)).status_code == 403
    assert not PaperDecision.objects.exists()


@pytest.mark.parametrize(
    "by", ["pr.division-a", "pr.division-b", "director.division-b", "director.office", "admin"]
)
def test_who_wrote_signed_or_has_no_part_records_nothing(client, office, by):
    page = waiting(office)
    answer = post(client, office, page, by=by)
    assert answer.status_code in (302, 403)
    assert not PaperDecision.objects.exists()
    assert fresh(page).workflow_in_progress


@pytest.mark.parametrize("who", [None, "pr.division-b", "director.division-b"])
@pytest.mark.parametrize("name", ["paper_memo", "paper", "item", "difference"])
def test_a_stranger_reads_neither_memo_nor_text(office, who, name):
    page = waiting(office, title="ร่างลับของกอง", summary="ข้อความลับ")
    client = Client()
    if who:
        client.force_login(office[who])
    answer = client.get(reverse(f"otp_policy:{name}", args=(page.pk,)), follow=True)
    assert "ร่างลับ" not in text_of(answer)
    assert "ข้อความลับ" not in text_of(answer)


def test_a_scan_is_found_under_no_other_item_and_by_no_stranger(client, office):
    page, other = waiting(office), waiting(office)
    post(client, office, page)
    paper = PaperDecision.objects.get()
    address = reverse("otp_policy:paper_scan", args=(other.pk, paper.pk))
    assert client.get(address).status_code == 404
    assert Client().get(f"/media/{paper.scan.name}").status_code == 404
    answer = client.get(reverse("otp_policy:paper_scan", args=(page.pk, paper.pk)))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("memo.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("memo.pdf", b"%PDF-1.7 <script>alert(1)</script>"),
        ("memo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
        ("memo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("memo.gif", b"GIF89a" + b"\0" * 40),
        ("memo.pdf", b"PK\x03\x04" + b"\0" * 60),
        ("memo.pdf", pdf(password="x")),
    ],
)
def test_a_file_in_disguise_is_no_scan(client, office, name, data):
    page = waiting(office)
    assert post(client, office, page, scan=upload(data, name)).status_code == 200
    assert not PaperDecision.objects.exists()


def test_a_note_of_a_scan_put_aside_cannot_be_forged(client, office):
    page = waiting(office)
    for note in ("x", "W10:1:1", "a" * 5000):
        data = {"kept_scan": note}
        client.force_login(office["publisher.web"])
        answer = client.post(
            reverse("otp_policy:paper", args=(page.pk,)),
            {
                "outcome": "approve",
                "signed_by": office["director.office"].pk,
                "signed_on": office_day().isoformat(),
                "code": code_of(page),
                **data,
            },
        )
        assert answer.status_code == 200
    assert not PaperDecision.objects.exists()


def test_the_same_form_twice_records_once(client, office):
    page = waiting(office)
    for _time in range(2):
        post(client, office, page, scan=upload(picture("PNG"), "memo.png"))
    assert PaperDecision.objects.count() == 1
    assert Approval.objects.filter(kind="approve").count() == 1


@pytest.mark.parametrize("day", ["2999-01-01", "0001-01-01", "29/02/2568", "๓๑/๑๒/๙๙๙๙", "x"])
def test_a_day_that_cannot_be_is_refused(client, office, day):
    page = waiting(office)
    assert post(client, office, page, signed_on=day).status_code in (200, 403)
    assert not PaperDecision.objects.exists()


def test_someone_who_holds_nothing_cannot_be_named_as_signer(client, office):
    page = waiting(office)
    for name in ("admin", "pr.division-a", "publisher.web"):
        assert post(client, office, page, signed_by=office[name].pk).status_code == 200
    assert post(client, office, page, signed_by=office["director.division-a"].pk).status_code in (
        200,
        403,
    )
    assert not PaperDecision.objects.exists()


def test_what_is_signed_for_an_earlier_text_is_refused_after_any_save(client, office):
    page = waiting(office)
    code = code_of(page)
    office.edit(page, summary="ตัวเลขอื่น")
    assert post(client, office, page, code=code).status_code == 403
    assert not PaperDecision.objects.exists()
    assert timezone.now() >= fresh(page).latest_revision_created_at


def test_a_text_that_no_channel_takes_is_not_approved_on_paper(client, office):
    page = office.submit(office.draft())
    # The form in the editor would stop it; another door does not.
    page = office.edit(page, social_text="ก" * 26_000)
    answer = post(client, office, page, signed_by=office["director.division-a"].pk)
    assert answer.status_code == 403
    assert "แต่รับได้ไม่เกิน 5" in text_of(answer)
    assert not Approval.objects.exists()
