"""Letters: what they say, in which language, with the appeal, and the same as PDF."""

from io import BytesIO

import pytest
from django.utils.html import escape
from pypdf import PdfReader

from otp_policy.wagtail.information_requests.letters import letter_of, pdf_of
from otp_policy.wagtail.information_requests.models import CaseEvent
from otp_policy.wagtail.information_requests.sealing import identity_of
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.pdf_letters import letters_of

from .cases import HANDLER, WHO, move, new_case, on_day

REFUSAL = {
    "outcome": "refused",
    "reasons": ["14", "15(5)"],
    "ordered_by": "office_director",
    "note": "เหตุผลของการไม่เปิดเผยเขียนไว้ที่นี่",
}


def said(letter) -> str:
    return "\n".join((*letter.addressee, letter.subject, *letter.paragraphs, *letter.legal))


def letter(case, kind):
    return letter_of(case.events.get(kind=kind), identity_of(case))


def test_a_refusal_names_its_sections_its_reasons_and_the_appeal(office):
    case = move(office, new_case(identity=WHO), "decided", **REFUSAL)
    text = said(letter(case, "decided"))
    assert WHO.name in text
    assert "มาตรา 14:" in text
    assert "มาตรา 15(5):" in text
    assert REFUSAL["note"] in text
    assert "อุทธรณ์" in text
    assert "15 วัน" in text
    # Neither the grounds nor the appeal was read in the Act, and the letter says so.
    assert text.count("ยังไม่ได้ตรวจ") == 3


def test_what_is_not_held_leads_to_the_complaint_and_not_to_the_appeal(office):
    case = move(office, new_case(), "decided", outcome="not_held", note="ค้นแล้วไม่พบ")
    text = said(letter(case, "decided"))
    assert "ร้องเรียน" in text
    assert "อุทธรณ์" not in text


def test_what_is_given_in_full_has_no_appeal(office):
    case = move(office, new_case(), "decided", outcome="full", note="ตามแนบ")
    assert not letter(case, "decided").legal


def test_a_third_party_is_told_its_last_day_and_not_who_asks(office):
    with on_day("2026-11-23"):
        case = move(office, new_case(identity=WHO), "third_party_notified", note="เรื่องสัญญาของท่าน")
    text = said(letter(case, "third_party_notified"))
    assert "8 ธันวาคม 2569" in text
    assert "เรื่องสัญญาของท่าน" in text
    for kept in (WHO.name, WHO.address, WHO.phone, WHO.e_mail):
        assert kept not in text


def test_an_extension_tells_the_new_date_in_the_requesters_language(office):
    with on_day("2026-11-23"):
        case = new_case(language="en", identity=WHO)
        move(office, case, "extended", until="2026-12-25", note="Many files have to be looked at.")
    text = said(letter(case, "extended"))
    assert "now due on 25 December 2026" in text
    assert "Many files" in text


def test_no_letter_is_written_about_the_offices_own_work(office):
    case = move(office, new_case(), "decided", outcome="full")
    move(office, case, "delivered")
    with pytest.raises(LookupError):
        letter(case, "delivered")


@pytest.mark.parametrize("language", ["th", "en"])
def test_the_pdf_says_the_same_and_reads_back_in_thai(office, language):
    case = move(office, new_case(identity=WHO, language=language), "decided", **REFUSAL)
    made = letter(case, "decided")
    content = pdf_of(made)
    assert pdf_of(made) == content
    pages = PdfReader(BytesIO(content)).pages
    text = "".join(letters_of(page) for page in pages).replace("\n", "").replace(" ", "")
    for line in (*made.paragraphs, *made.legal, *made.addressee, made.number):
        assert line.replace(" ", "").replace("\n", "") in text


def test_markup_in_what_was_written_stays_text(office, client):
    case = move(
        office, new_case(), "decided", outcome="not_held", note="<script>alert(1)</script> #panic()"
    )
    client.force_login(office[HANDLER])
    event = CaseEvent.objects.get(kind="decided")
    address = f"/admin/measures/requests/{case.pk}/letter/{event.pk}/"
    page = client.get(address).content.decode()
    assert "<script>alert" not in page
    assert escape("<script>alert(1)</script>") in page
    pdf = client.get(f"{address}pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert LedgerEntry.objects.filter(action="request_letter_made").count() == 2


def test_a_division_makes_no_letter(office, client):
    from otp_policy.wagtail.information_requests.division_work import assign
    from otp_policy.wagtail.models import Unit

    case = new_case(identity=WHO)
    assign(
        case.pk,
        user=office[HANDLER],
        subject="เรื่องหนึ่ง",
        producer=Unit.objects.get(code="division-a"),
    )
    client.force_login(office["pr.division-a"])
    event = case.events.get(kind="received")
    response = client.get(f"/admin/measures/requests/{case.pk}/letter/{event.pk}/")
    assert WHO.name not in response.content.decode()
    assert not LedgerEntry.objects.filter(action="request_identity_read").exists()
