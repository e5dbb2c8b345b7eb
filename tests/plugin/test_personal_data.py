"""No item is submitted before each warning of the screen for personal data has its reason."""

import json
import zipfile
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader, PdfWriter
from wagtail.documents.models import Document

from home.models import OtherPage
from news.models import NewsPage
from otp_policy.wagtail.file_texts import UnreadableFileError, texts_of
from otp_policy.wagtail.item_texts import without_markup
from otp_policy.wagtail.models import LedgerEntry, PersonalDataAnswer
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.screening import answer_warnings, unanswered, warnings_for
from tests.editor_forms import NEWS_PARTS
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db
IDENTITY = "1-1017-00230-70-8"
PHONE = "081-234-5678"


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def login(name: str = "pr.division-a") -> Client:
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def a_pdf(*lines: str) -> bytes:
    """Return a PDF with one page for each line of ASCII text, written by hand."""
    pages = len(lines)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, line in enumerate(lines):
        stream = f"BT /F1 12 Tf 72 700 Td ({line}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}"
            f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
        ).encode()
    )


def a_docx(body: str, **parts: str) -> bytes:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {namespace}>{body}</w:document>")
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {namespace}>{text}</w:{name}>")
    return out.getvalue()


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def a_document(data: bytes, name: str) -> Document:
    return Document.objects.create(title="แผน", file=ContentFile(data, name=name))


def linking(document: Document) -> str:
    return f'<p><a linktype="document" id="{document.pk}">แผน</a></p>'


def form_of(page, **more):
    """The editor's form as a browser posts it."""
    return {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "owning_unit": page.owning_unit_id,
        "body": '{"entityMap": {}, "blocks": []}',
        "body_en": '{"entityMap": {}, "blocks": []}',
        "title_en": "",
        "summary_en": "",
        "social_text": "",
        "event_on": "",
        **NEWS_PARTS,
        **more,
    }


def screen_of(page) -> str:
    return reverse("otp_policy:personal_data", args=(page.pk,))


def reasons(page, text: str = "เป็นเบอร์ติดต่อราชการ") -> dict[str, str]:
    draft = fresh(page).get_latest_revision().as_object()
    return {warning.fingerprint: text for warning in unanswered(draft)}


def kinds(page) -> list[tuple[str, str]]:
    return [(warning.kind, warning.masked) for warning in warnings_for(page)]


def waits(page) -> bool:
    return fresh(page).workflow_in_progress


# Both doors, and the one behind them.


def test_the_items_screen_holds_a_submission_and_leads_to_the_warnings(office):
    page = office.draft(summary=f"ติดต่อ {PHONE} เลข {IDENTITY}")
    client = login()
    response = client.post(reverse("otp_policy:submit", args=(page.pk,)), follow=True)
    assert response.redirect_chain[-1][0] == screen_of(page)
    text = response.content.decode()
    assert "xxx-xxx-xx78" in text
    assert "x-xxxx-xxxxx-x0-8" in text
    assert PHONE not in text
    assert IDENTITY not in text
    assert not waits(page)


def test_wagtails_editor_keeps_the_draft_and_leads_to_the_warnings(office):
    page = office.draft()
    response = login().post(
        reverse("wagtailadmin_pages:edit", args=(page.pk,)),
        form_of(page, summary=f"ติดต่อ {PHONE}", **{"action-submit": "1"}),
    )
    assert response.status_code == 302
    assert response["Location"] == screen_of(page)
    assert not waits(page)
    assert PHONE in fresh(page).get_latest_revision().as_object().summary  # nothing is lost


def test_wagtails_editor_submits_a_text_without_warnings(office):
    page = office.draft()
    login().post(
        reverse("wagtailadmin_pages:edit", args=(page.pk,)),
        form_of(page, summary="ไม่มีข้อมูลส่วนบุคคล", **{"action-submit": "1"}),
    )
    assert waits(page)


def test_a_forged_submission_of_a_new_page_is_held(office):
    parent = office.section("news")
    page = NewsPage(title="ข่าว", summary=PHONE, slug="from-nowhere")
    page.owning_unit_id = office["pr.division-a"].otp_posts.get().unit_id
    response = login().post(
        reverse("wagtailadmin_pages:add", args=("news", "newspage", parent.pk)),
        form_of(page, **{"action-submit": "1"}),
    )
    made = NewsPage.objects.get()
    assert response["Location"] == screen_of(made)
    assert not waits(made)


def test_code_that_starts_the_workflow_is_refused_and_leaves_nothing(office):
    page = office.draft(summary=PHONE)
    with pytest.raises(PolicyRefusal) as refused:
        page.get_workflow().start(page, office["pr.division-a"])
    assert "ข้อมูลส่วนบุคคล" in str(refused.value)
    assert fresh(page).workflow_states.count() == 0


def test_code_that_resumes_the_workflow_is_refused_and_the_item_stays_where_it_was(office):
    page = office.decide(office.submit(office.draft()), "director.division-a", "reject")
    page = office.edit(page, summary=PHONE)
    state = page.current_workflow_state
    with pytest.raises(PolicyRefusal):
        state.resume(office["pr.division-a"])
    state = fresh(page).current_workflow_state
    assert state.status == state.STATUS_NEEDS_CHANGES
    assert state.current_task_state is not None


def test_a_restart_from_the_editor_is_held(office):
    page = office.decide(office.submit(office.draft()), "director.division-a", "reject")
    response = login().post(
        reverse("wagtailadmin_pages:edit", args=(page.pk,)),
        form_of(page, summary=PHONE, **{"action-restart-workflow": "1"}),
    )
    assert response["Location"] == screen_of(page)
    state = fresh(page).current_workflow_state
    assert state.status == state.STATUS_NEEDS_CHANGES


# Answers.


def test_a_reason_for_every_warning_submits_the_item(office):
    page = office.draft(summary=f"{PHONE} {IDENTITY}")
    response = login().post(screen_of(page), reasons(page))
    assert response["Location"] == reverse("otp_policy:item", args=(page.pk,))
    assert waits(page)
    assert PersonalDataAnswer.objects.count() == 2


@pytest.mark.parametrize("missing", ["", "   "])
def test_one_warning_without_a_reason_holds_the_item(office, missing):
    page = office.draft(summary=f"{PHONE} {IDENTITY}")
    given = reasons(page)
    given[next(iter(given))] = missing
    response = login().post(screen_of(page), given)
    assert response.status_code == 200
    assert "เป็นเบอร์ติดต่อราชการ" in response.content.decode()  # what was typed is kept
    assert not waits(page)
    assert not PersonalDataAnswer.objects.exists()


def test_a_reason_may_not_repeat_the_datum(office):
    page = office.draft(summary=PHONE)
    response = login().post(screen_of(page), reasons(page, f"{PHONE} เป็นเบอร์กลาง"))
    assert response.status_code == 200
    assert not waits(page)
    assert not PersonalDataAnswer.objects.exists()


def test_a_change_asks_only_about_what_is_new(office):
    page = office.draft(summary=f"{PHONE} {IDENTITY}")
    answer_warnings(page, office["pr.division-a"], reasons=reasons(page))
    page = office.edit(page, summary=f"แก้ไขแล้ว {IDENTITY} 0812345678 และ 089-876-5432")
    (warning,) = unanswered(page.get_latest_revision().as_object())
    assert warning.masked == "xxx-xxx-xx32"
    page = office.edit(page, summary=f"{PHONE}")
    assert waits(office.submit(page))


def test_another_datum_that_looks_the_same_masked_asks_again(office):
    page = office.draft(summary="081-234-5678")
    answer_warnings(page, office["pr.division-a"], reasons=reasons(page))
    page = office.edit(page, summary="089-999-9978")
    assert len(unanswered(page.get_latest_revision().as_object())) == 1


def test_another_items_answer_is_none_here(office):
    one = office.draft(summary=PHONE)
    answer_warnings(one, office["pr.division-a"], reasons=reasons(one))
    other = office.draft(title="อีกข่าว", summary=PHONE)
    assert len(unanswered(other)) == 1


def test_the_evidence_holds_reason_and_digest_and_never_the_datum(office):
    page = office.draft(summary=f"{PHONE} {IDENTITY} someone@example.com")
    login().post(screen_of(page), reasons(page))
    entries = LedgerEntry.objects.filter(action="answer_personal_data")
    bodies = [json.loads(entry.body) for entry in entries]
    assert {body["kind"] for body in bodies} == {"phone_number", "identity_number", "e_mail"}
    digests = {body["digest"] for body in bodies}
    assert len(digests) == 1
    assert digests.pop().startswith("sha256:")
    assert {body["note"] for body in bodies} == {"เป็นเบอร์ติดต่อราชการ"}
    kept = "".join(entry.body for entry in LedgerEntry.objects.all())
    kept += "".join(str(list(PersonalDataAnswer.objects.values())))
    for datum in (PHONE, "0812345678", IDENTITY, "1101700230708", "someone"):
        assert datum not in kept


def test_the_approver_reads_each_warning_with_its_reason(office):
    page = office.draft(summary=f"ติดต่อ {PHONE}")
    login().post(screen_of(page), reasons(page, "เบอร์กลางของกอง"))
    text = login("director.division-a").get(reverse("otp_policy:item", args=(page.pk,)))
    body = text.content.decode()
    assert "xxx-xxx-xx78" in body
    assert "เบอร์กลางของกอง" in body
    assert "pr.division-a" in body


@pytest.mark.parametrize("name", ["director.division-a", "pr.division-b", "publisher.web"])
def test_only_who_prepares_the_item_answers(office, name):
    page = office.draft(summary=PHONE)
    response = login(name).post(screen_of(page), reasons(page))
    assert response.status_code == 302
    assert response["Location"] != reverse("otp_policy:item", args=(page.pk,))
    assert not PersonalDataAnswer.objects.exists()
    assert not waits(page)


def test_the_offices_own_contacts_ask_nothing(office, settings):
    settings.OTP_POLICY_PUBLIC_CONTACTS = ("081 234 5678", "@example.go.th")
    page = office.draft(summary=f"{PHONE} info@example.go.th")
    assert unanswered(page) == []


# Where it is looked for.


def test_every_governed_field_is_read(office):
    page = office.draft(
        OtherPage,
        title=f"เรื่อง {PHONE}",
        title_en="a@example.com",
        body='<p>เลข 1-1017-<b>00230</b>-70-8 <a href="mailto:b@example.com">x</a></p>',
        social_text="089-876-5432",
        annexes=json.dumps(
            [
                {"type": "text", "value": "<p>c@example.com</p>"},
                {
                    "type": "table",
                    "value": {
                        "caption": "",
                        "columns": [{"type": "text", "heading": "d@example.com"}],
                        "rows": [{"values": ["<p>123-4-56789-0</p>"]}],
                    },
                },
            ]
        ),
    )
    assert set(kinds(page)) == {
        ("phone_number", "xxx-xxx-xx78"),
        ("phone_number", "xxx-xxx-xx32"),
        ("identity_number", "x-xxxx-xxxxx-x0-8"),
        ("bank_account", "xxx-x-xxxx9-0"),
        ("e_mail", "a@example.com"),
        ("e_mail", "b@example.com"),
        ("e_mail", "c@example.com"),
        ("e_mail", "d@example.com"),
    }


def test_a_file_of_the_item_is_read_with_its_page(office):
    pdf = a_document(a_pdf("nothing here", f"call {PHONE} now"), "plan.pdf")
    word = a_document(a_docx(paragraph("1-1017-0", "0230-70-8")), "memo.docx")
    page = office.draft(body=linking(pdf) + linking(word))
    found = {warning.kind: warning.places[0] for warning in warnings_for(page)}
    assert found.keys() == {"phone_number", "identity_number"}
    assert found["phone_number"].place == "plan.pdf, หน้า 2"
    assert found["identity_number"].place == "memo.docx"
    with pytest.raises(PolicyRefusal):
        office.submit(page)


def test_a_replaced_file_is_read_again(office):
    document = a_document(b"nothing", "notes.txt")
    page = office.draft(body=linking(document))
    assert unanswered(page) == []
    document.file.save("notes.txt", ContentFile(PHONE.encode()))
    assert len(unanswered(page)) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scan.pdf", a_pdf("")),
        ("broken.pdf", b"%PDF-1.4\nbroken"),
        ("broken.docx", b"PK\x03\x04broken"),
        ("bomb.docx", a_docx("<w:p/>", evil='<!DOCTYPE x [<!ENTITY a "b">]>')),
        ("sheet.xlsx", b"whatever"),
        ("empty.pdf", b""),
    ],
)
def test_a_file_that_cannot_be_read_asks_for_a_look(office, name, data):
    page = office.draft(body=linking(a_document(data, name)))
    ((kind, masked),) = kinds(page)
    assert kind == "unread_file"
    assert masked.startswith(name.partition(".")[0])


def test_a_locked_pdf_asks_for_a_look():
    writer = PdfWriter(clone_from=PdfReader(BytesIO(a_pdf(PHONE))))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    with pytest.raises(UnreadableFileError):
        texts_of(out, name="locked.pdf")


def test_a_word_file_is_read_wherever_it_holds_text():
    data = a_docx(
        paragraph("one")
        + "<w:p><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del></w:p>"
        + "<w:p><w:r><w:instrText>HYPERLINK mailto:x@example.com</w:instrText></w:r></w:p>",
        footnotes=paragraph("foot"),
        header1=paragraph("head"),
        comments=paragraph("comment"),
    )
    text = " ".join(text for _place, text in texts_of(BytesIO(data), name="a.docx"))
    for word in ("one", "deleted", "mailto:x@example.com", "foot", "head", "comment"):
        assert word in text


def test_an_old_thai_text_file_is_read():
    data = "โทร ๐๘๑-๒๓๔-๕๖๗๘".encode("cp874")
    assert texts_of(BytesIO(data), name="old.TXT") == [("", "โทร ๐๘๑-๒๓๔-๕๖๗๘")]


def test_markup_neither_hides_a_number_nor_makes_one():
    assert "1-1017-00230" in without_markup("<p>1-1017-<i>002</i>30</p>")
    assert without_markup("<p>081</p><p>2345678</p>").split() == ["081", "2345678"]
    assert "081" in without_markup("&#48;81")
