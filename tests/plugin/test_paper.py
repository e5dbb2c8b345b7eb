"""Step 3 on paper: what is signed counts as what is clicked, and nobody vouches for themselves."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter
from wagtail.models import Revision, TaskState

from otp_policy.ledger import verify
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.conf import office_day, private_storage
from otp_policy.wagtail.models import (
    AppendOnlyError,
    Approval,
    Contribution,
    LedgerEntry,
    PaperDecision,
    Post,
    Unit,
)
from otp_policy.wagtail.paper_audit import paper_findings
from otp_policy.wagtail.paper_codes import ALPHABET, as_typed, code_for, is_well_formed
from otp_policy.wagtail.publishing import publish_due
from tests.office import fresh
from tests.plugin.test_decisions import exported

pytestmark = pytest.mark.django_db
TODAY = office_day


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def pdf(pages: int = 1, password: str = "") -> bytes:
    writer, out = PdfWriter(), BytesIO()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (20, 20), "white").save(out, kind)
    return out.getvalue()


def code_of(page, action: str = "approve") -> str:
    return code_for(action, page.pk, latest_text(page)[1])


def waiting(office, **fields):
    """Return an item that waits for the head of the office, endorsed today."""
    return office.decide(office.submit(office.other(**fields)), "director.division-a")


def post(client, office, page, by="publisher.web", scan=None, **changed):
    client.force_login(office[by])
    data = {
        "outcome": "approve",
        "signed_by": office["director.office"].pk,
        "signed_on": TODAY().isoformat(),
        "code": code_of(page),
        "reason": "",
        "scan": SimpleUploadedFile("บันทึก.pdf", pdf()) if scan is None else scan,
        **changed,
    }
    data = {key: value for key, value in data.items() if value != ""}
    return client.post(reverse("otp_policy:paper", args=(page.pk,)), data)


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_signed_memo_approves_in_the_name_of_who_signed(client, office):
    page = waiting(office)
    answer = post(client, office, page)
    assert answer.status_code == 302, text_of(answer)
    paper = PaperDecision.objects.get()
    approval = Approval.objects.get(kind="approve")
    assert paper.approval == approval
    assert approval.by == paper.signed_by == office["director.office"]
    assert (approval.role, approval.capacity) == ("office_director", "holder")
    assert paper.recorded_by == office["publisher.web"]
    assert fresh(page).current_workflow_state is None
    body = json.loads(LedgerEntry.objects.filter(action="approve").last().body)
    assert body["actor"]["username"] == "director.office"
    assert body["digest"] == approval.digest
    assert body["on_paper"] == {
        "signed_on": TODAY().isoformat(),
        "recorded_by": {"id": str(paper.recorded_by_id), "username": "publisher.web"},
        "code": code_of(page),
        "scan": f"sha256:{paper.scan_sha256}",
    }
    assert verify(exported()) == ()


def test_what_is_approved_on_paper_goes_out(client, office):
    page = office.other()
    office.agree(page)
    page = office.decide(office.submit(page), "director.division-a")
    post(client, office, page)
    assert publish_due() == 1
    assert fresh(page).live


def test_an_endorsement_on_paper_opens_the_next_step(client, office):
    page = office.submit(office.other())
    answer = post(
        client,
        office,
        page,
        code=code_of(page, "endorse"),
        signed_by=office["director.division-a"].pk,
    )
    assert answer.status_code == 302, text_of(answer)
    assert fresh(page).current_workflow_task.specific.action == "approve"
    assert Approval.objects.get().kind == "endorse"


def test_the_memo_of_one_step_does_not_fit_the_other(client, office):
    page = waiting(office)
    answer = post(client, office, page, code=code_of(page, "endorse"))
    assert "รหัสนี้ไม่ใช่ของข้อความปัจจุบัน" in text_of(answer)
    assert not PaperDecision.objects.exists()


def test_a_memo_of_an_earlier_text_does_not_fit(client, office):
    page = waiting(office)
    old = code_of(page)
    page = office.decide(page, "director.office", "reject", comment="แก้")
    page = office.edit(page, summary="ฉบับแก้ไข")
    page.current_workflow_state.resume(office["pr.division-a"])
    page = office.decide(fresh(page), "director.division-a")
    answer = post(client, office, page, code=old)
    assert answer.status_code == 403
    assert "พิมพ์บันทึกอีกครั้ง" in text_of(answer)
    assert not PaperDecision.objects.exists()


def test_not_agreed_on_paper_sends_the_item_back_with_the_reason(client, office):
    page = waiting(office)
    answer = post(client, office, page, outcome="reject")
    assert answer.status_code == 403
    assert fresh(page).current_workflow_task is not None
    assert post(client, office, page, outcome="reject", reason="ตัวเลขไม่ตรง").status_code == 302
    state = fresh(page).current_workflow_state
    assert state.status == state.STATUS_NEEDS_CHANGES
    body = json.loads(LedgerEntry.objects.filter(action="reject").last().body)
    assert body["comment"] == "ตัวเลขไม่ตรง"
    assert body["on_paper"]["recorded_by"]["username"] == "publisher.web"
    assert not Approval.objects.filter(kind="approve").exists()


def test_every_reason_is_said_at_once_and_nothing_typed_is_lost(client, office):
    page = waiting(office, by="director.office")
    answer = post(
        client,
        office,
        page,
        by="director.office",
        code="ABCD-EFGH",
        signed_on=(TODAY() + timedelta(days=1)).isoformat(),
        reason="ข้อความที่พิมพ์ไว้",
    )
    text = text_of(answer)
    assert answer.status_code == 403
    for said in (
        "พิมพ์รหัสไม่ถูกต้อง",
        "วันที่ลงนามอยู่ในอนาคต",
        "ผู้อื่นลงนาม",
        "ให้ผู้ที่ไม่ได้จัดทำ",
        "ลายมือชื่อของตนเอง",
    ):
        assert said in text, said
    assert text.count("แนบท้ายประกาศข้อ 1 ขั้นตอน 3") >= 5
    assert "ABCD-EFGH" in text
    assert "ข้อความที่พิมพ์ไว้" in text
    assert "บันทึก.pdf" in text
    assert not PaperDecision.objects.exists()
    assert not LedgerEntry.objects.filter(body__contains="on_paper").exists()


def test_the_scan_of_a_refused_form_is_taken_up_again(client, office):
    page = waiting(office)
    first = post(client, office, page, code="ABCD-EFGH")
    note = first.context["form"]["kept_scan"].value()
    answer = post(client, office, page, scan="", kept_scan=note)
    assert answer.status_code == 302
    assert PaperDecision.objects.get().scan_name == "บันทึก.pdf"
    assert private_storage().listdir("otp_policy_scans_pending")[1] == []


def test_a_scan_put_aside_is_nobody_elses(client, office):
    page, other = waiting(office), waiting(office, title="อีกเรื่อง")
    note = post(client, office, page, code="ABCD-EFGH").context["form"]["kept_scan"].value()
    for by, where in (("director.division-a", page), ("publisher.web", other)):
        answer = post(client, office, where, by=by, scan="", kept_scan=note)
        assert "scan" in answer.context["form"].errors
    forged = post(client, office, page, scan="", kept_scan=note[:-1] + "x")
    assert "scan" in forged.context["form"].errors


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", pdf(3)), ("a.jpg", picture("JPEG")), ("a.png", picture("PNG"))],
)
def test_scans_of_each_kind_are_taken_and_kept_byte_for_byte(client, office, name, content):
    page = waiting(office)
    assert post(client, office, page, scan=SimpleUploadedFile(name, content)).status_code == 302
    with PaperDecision.objects.get().scan.open() as kept:
        assert kept.read() == content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"<script>alert(1)</script>"),
        ("a.pdf", b"%PDF-1.7 and nothing more"),
        ("a.pdf", pdf(password="secret")),
        ("a.jpg", picture("GIF")),
        ("a.png", picture("PNG")[:60]),
    ],
)
def test_what_is_no_scan_is_refused_by_its_bytes(client, office, name, content):
    page = waiting(office)
    answer = post(client, office, page, scan=SimpleUploadedFile(name, content))
    assert "scan" in answer.context["form"].errors
    assert not PaperDecision.objects.exists()


def test_a_scan_that_is_too_large_is_refused(client, office, settings):
    settings.OTP_POLICY_LARGEST_SCAN_BYTES = 100
    answer = post(client, office, waiting(office))
    assert "ใหญ่กว่า" in text_of(answer)


def test_the_recorder_has_a_part_in_the_item(client, office):
    page = waiting(office)
    answer = post(client, office, page, by="admin")
    assert "ไม่มีหน้าที่" in text_of(answer)
    post(client, office, page, by="pr.division-b")
    assert not PaperDecision.objects.exists()


def test_a_colleague_who_did_not_work_on_it_may_record(client, office):
    page = waiting(office)
    assert post(client, office, page, by="director.division-a").status_code == 302


def test_who_worked_on_it_sees_why_they_may_not_record(client, office):
    page = waiting(office)
    client.force_login(office["pr.division-a"])
    text = text_of(client.get(reverse("otp_policy:paper", args=(page.pk,))))
    assert "ให้ผู้ที่ไม่ได้จัดทำ" in text
    assert 'name="code"' not in text
    assert post(client, office, page, by="pr.division-a").status_code == 403


def test_the_signer_is_judged_by_the_day_of_the_signature(client, office):
    page = waiting(office)
    Post.objects.filter(user=office["director.office"]).update(until_on=TODAY() - timedelta(days=1))
    answer = post(client, office, page)
    assert "ไม่ได้ดำรงตำแหน่ง" in text_of(answer)
    assert not PaperDecision.objects.exists()


def test_a_director_who_never_logs_in_may_sign(client, office):
    page = waiting(office)
    office["director.office"].is_active = False
    office["director.office"].save()
    assert post(client, office, page).status_code == 302


def test_the_signature_is_not_older_than_the_text(client, office):
    page = waiting(office)
    answer = post(client, office, page, signed_on=(TODAY() - timedelta(days=1)).isoformat())
    assert "ลายมือชื่อเก่ากว่าข้อความ" in text_of(answer)
    assert "ยังไม่ได้รับความเห็นชอบเบื้องต้น" in text_of(answer)


def test_another_divisions_director_is_named_with_the_reason(client, office):
    page = office.submit(office.draft())
    answer = post(client, office, page, signed_by=office["director.division-b"].pk)
    assert "ในหน่วยงานอื่น" in text_of(answer)
    assert "director.division-b" in text_of(answer)


@pytest.mark.parametrize("acting", [True, False])
def test_acting_holders_and_delegates_sign_and_are_shown_as_such(client, office, acting):
    page = office.submit(office.draft())
    signer, unit = office["director.division-b"], Unit.objects.get(code="division-a")
    if acting:
        Post.objects.create(
            user=signer, role="division_director", unit=unit, is_acting=True, from_on=TODAY()
        )
    else:
        office.delegate("director.division-b", first=TODAY(), last=TODAY())
    assert post(client, office, page, signed_by=signer.pk).status_code == 302
    approval, paper = Approval.objects.get(), PaperDecision.objects.get()
    capacity = "acting" if acting else "assigned"
    assert approval.capacity == paper.capacity == capacity
    assert json.loads(LedgerEntry.objects.last().body)["capacity"] == capacity
    client.force_login(office["publisher.web"])
    text = text_of(client.get(reverse("otp_policy:item", args=(page.pk,))))
    assert ("รักษาราชการแทนผู้อำนวยการกอง" if acting else "ปฏิบัติราชการแทนผู้อำนวยการกอง") in text
    assert "บนกระดาษ" in text
    assert acting or "12/2569" in text


def test_an_order_outside_its_days_signs_nothing(client, office):
    page = office.submit(office.draft())
    yesterday = TODAY() - timedelta(days=1)
    office.delegate("director.division-b", first=yesterday, last=yesterday)
    Post.objects.filter(user=office["director.division-b"]).delete()
    answer = post(client, office, page, signed_by=office["director.division-b"].pk)
    assert "ไม่ครอบคลุมวันที่ลงนาม" in text_of(answer)
    assert not PaperDecision.objects.exists()


def test_a_paper_is_never_changed_or_deleted(client, office):
    post(client, office, waiting(office))
    paper = PaperDecision.objects.get()
    with pytest.raises(AppendOnlyError):
        paper.save()
    with pytest.raises(AppendOnlyError):
        paper.delete()
    with pytest.raises(AppendOnlyError):
        PaperDecision.objects.all().delete()


def test_the_scan_is_for_those_who_have_a_part_and_for_nobody_else(client, office):
    page = waiting(office)
    post(client, office, page)
    paper = PaperDecision.objects.get()
    address = reverse("otp_policy:paper_scan", args=(page.pk, paper.pk))
    for by in ("publisher.web", "director.division-a", "pr.division-a"):
        client.force_login(office[by])
        answer = client.get(address)
        assert answer["Content-Type"] == "application/pdf"
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    client.force_login(office["pr.division-b"])
    assert client.get(address).status_code == 302
    other = office.draft()
    client.force_login(office["publisher.web"])
    assert (
        client.get(reverse("otp_policy:paper_scan", args=(other.pk, paper.pk))).status_code == 404
    )
    client.logout()
    assert client.get(address).status_code == 302
    assert client.get(f"/media/{paper.scan.name}").status_code == 404


def test_the_memo_shows_everything_that_the_signature_approves(client, office):
    page = waiting(
        office, title="แผนปฏิบัติราชการ", body="<p>เนื้อหา<b>หลัก</b></p>", social_text="โพสต์สั้น"
    )
    client.force_login(office["publisher.web"])
    text = text_of(client.get(reverse("otp_policy:paper_memo", args=(page.pk,))))
    digest = latest_text(page)[1]
    for said in (
        "บันทึกข้อความ",
        "แผนปฏิบัติราชการ",
        "เนื้อหาหลัก",
        "โพสต์สั้น",
        "กอง ก",
        digest,
        code_of(page),
        "pr.division-a",
        "director.division-a",
        "ผู้อำนวยการสำนักงานนโยบายและยุทธศาสตร์การค้า",
        str(TODAY().year + 543),
        "ไม่เห็นชอบ",
    ):
        assert said in text, said


def test_the_memo_is_thai_whatever_its_reader_works_in(client, office):
    page = waiting(office)
    client.force_login(office["publisher.web"])
    client.cookies["django_language"] = "en"
    text = text_of(
        client.get(
            reverse("otp_policy:paper_memo", args=(page.pk,)), headers={"accept-language": "en"}
        )
    )
    assert 'lang="th"' in text
    assert "ส่วนราชการ" in text


def test_there_is_no_memo_of_an_item_that_waits_for_nothing(client, office):
    page = office.draft()
    client.force_login(office["pr.division-a"])
    for name in ("paper", "paper_memo"):
        answer = client.get(reverse(f"otp_policy:{name}", args=(page.pk,)), follow=True)
        assert "ไม่ได้รอการพิจารณา" in text_of(answer)


def test_a_buddhist_date_and_thai_digits_are_understood(client, office):
    page, day = waiting(office), TODAY()
    typed = f"{day.day:02}/{day.month:02}/{day.year + 543}".translate(
        str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
    )
    assert (
        post(client, office, page, signed_on=typed, code=code_of(page).lower()).status_code == 302
    )
    assert PaperDecision.objects.get().signed_on == day


def test_one_wrong_sign_or_two_changed_places_are_always_found():
    code = code_for("approve", 77, "sha256:aa")
    signs = code.replace("-", "")
    for place, sign in enumerate(signs):
        for other in set(ALPHABET) - {sign}:
            assert not is_well_formed(signs[:place] + other + signs[place + 1 :])
    for one in range(8):
        for two in range(one + 1, 8):
            if signs[one] != signs[two]:
                changed = list(signs)
                changed[one], changed[two] = changed[two], changed[one]
                assert not is_well_formed("".join(changed))
    assert as_typed(" " + code.lower().replace("-", " ")) == code


def test_codes_differ_by_item_step_and_text():
    codes = {
        code_for(action, page, digest)
        for action in ("endorse", "approve")
        for page in (1, 2)
        for digest in ("sha256:aa", "sha256:ab")
    }
    assert len(codes) == 8
    assert all(is_well_formed(code) for code in codes)


def test_the_audit_finds_a_scan_that_is_gone_or_changed(client, office):
    post(client, office, waiting(office))
    paper = PaperDecision.objects.get()
    assert list(paper_findings()) == []
    path = private_storage().path(paper.scan.name)
    with open(path, "ab") as scan:
        scan.write(b"x")
    assert [found.code for found in audit()] == ["scan_changed"]
    private_storage().delete(paper.scan.name)
    assert [found.code for found in audit()] == ["scan_missing"]


def test_the_headings_of_the_form_begin_with_the_first(client, office):
    page = waiting(office)
    client.force_login(office["publisher.web"])
    text = text_of(client.get(reverse("otp_policy:paper", args=(page.pk,))))
    assert text.count("<h1") == 1
    client.force_login(office["admin"])
    text = text_of(client.get(reverse("otp_policy:leaving", args=(office["pr.division-a"].pk,))))
    assert text.count("<h1") == 1


def test_an_order_that_is_over_today_held_on_the_day_of_the_signature(client, office):
    page = office.submit(office.draft())
    yesterday, written = TODAY() - timedelta(days=1), timezone.now() - timedelta(days=5)
    Revision.objects.for_instance(page).update(created_at=written)
    Contribution.objects.filter(page_id=page.pk).update(at=written)
    TaskState.objects.update(started_at=written)
    office.delegate("pr.division-b", first=yesterday, last=yesterday)
    signer = office["pr.division-b"].pk
    assert post(client, office, page, signed_by=signer).status_code == 403
    answer = post(client, office, page, signed_by=signer, signed_on=yesterday.isoformat())
    assert answer.status_code == 302
    assert PaperDecision.objects.get().capacity == "assigned"
