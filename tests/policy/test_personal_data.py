"""What is told to be personal data before it is published, and what an office writes every day."""

import time

import pytest

from otp_policy.personal_data import (
    PersonalDataKind,
    find_personal_data,
    identity_number_is_valid,
)

IDENTITY, E_MAIL = PersonalDataKind.IDENTITY_NUMBER, PersonalDataKind.E_MAIL
ACCOUNT, PHONE = PersonalDataKind.BANK_ACCOUNT, PersonalDataKind.PHONE_NUMBER


def found(text: str, **more) -> list[tuple[str, str]]:
    return [(one.kind, one.value) for one in find_personal_data(text, field="body", **more)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("เลขประจำตัวประชาชน 1101700230708", IDENTITY, "1101700230708"),
        ("เลขประจำตัวประชาชน1-1017-00230-70-8และ", IDENTITY, "1101700230708"),
        ("1 1017 00230 70 8", IDENTITY, "1101700230708"),
        ("1–1017–00230–70–8", IDENTITY, "1101700230708"),
        ("1 - 1017 - 00230 - 70 - 8", IDENTITY, "1101700230708"),
        ("1\u00a01017\u00a000230\u00a070\u00a08", IDENTITY, "1101700230708"),
        ("1\u200b1017\u200b00230\u200b70\u200b8", IDENTITY, "1101700230708"),
        ("1 1 0 1 7 0 0 2 3 0 7 0 8", IDENTITY, "1101700230708"),
        ("๑-๑๐๑๗-๐๐๒๓๐-๗๐-๘", IDENTITY, "1101700230708"),
        ("(3100601234565)", IDENTITY, "3100601234565"),
        ("8100123456783.", IDENTITY, "8100123456783"),
        ("โทร. 081-234-5678", PHONE, "0812345678"),
        ("โทร.0812345678", PHONE, "0812345678"),
        ("โทร ๐๘๑ ๒๓๔ ๕๖๗๘", PHONE, "0812345678"),
        ("081.234.5678", PHONE, "0812345678"),
        ("+66 81 234 5678", PHONE, "0812345678"),
        ("+66(0)81-234-5678", PHONE, "0812345678"),
        ("0066812345678", PHONE, "0812345678"),
        ("02-507-7000", PHONE, "025077000"),
        ("(02) 507 7000", PHONE, "025077000"),
        ("0 2507 7000 ต่อ 12", PHONE, "025077000"),
        ("02-507-7000-5", PHONE, "025077000"),
        ("053-112 345", PHONE, "053112345"),
        ("+66 2 507 7000", PHONE, "025077000"),
        ("ติดต่อ somebody.x@example.co.th ครับ", E_MAIL, "somebody.x@example.co.th"),
        ("อีเมลSOMEBODY@Example.com", E_MAIL, "somebody@example.com"),
        ("123-4-56789-0", ACCOUNT, "1234567890"),
        ("เลขที่บัญชี 1234567890", ACCOUNT, "1234567890"),
        ("ธนาคารออมสิน เลขที่ 020 123 456 789", ACCOUNT, "020123456789"),
        ("พร้อมเพย์ ๑๒๓๔๕๖๗๘๙๐", ACCOUNT, "1234567890"),
    ],
)
def test_each_way_of_writing_it_is_found(text, kind, value):
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "เลขที่โครงการ 1101700230704",  # the check digit is not the one
        "ทะเบียนนิติบุคคล 0105555123450",  # a company's number begins with 0
        "9123456789010",  # 9 begins no person's number
        "11017002307081",  # fourteen digits
        "A1101700230708",
        "งบประมาณ 1,101,700,230,703 บาท",
        "งบประมาณ 1,234,567,890.00 บาท",
        "วงเงิน 1101700230708.50 บาท",
        "เลขที่โครงการ 69017123456",
        "คำสั่งที่ 1234/2569 ลงวันที่ 24 พฤศจิกายน 2569",
        "หนังสือ ที่ พณ 0901/1234 ลงวันที่ 02/05/2569",
        "2026-08-12 09:00 ถึง 2026-08-14 16:30",
        "เวลา 08.30-16.30 น. วันที่ 08-12-2569",
        "ปีงบประมาณ 2565 2566 2567 2568 2569",
        "เลขที่ใบสั่งซื้อ 1234567890",  # ten digits that nobody calls an account
        "สายด่วน 1203 และ 1569",
        "บัญชีรายชื่อ ณ 2569-01-02 09:00",
        "บัญชีงบประมาณ 1,234,567,890 บาท",
        "ISBN 978-616-12-3456-7",
        "ผู้ใช้ @office และ name@ และ @example",
        "พิกัด 13.756331, 100.501765",
        "0.0812345678",
        "",
    ],
)
def test_what_an_office_writes_every_day_is_left_alone(text):
    assert found(text) == []


def test_the_place_and_what_is_shown_of_it():
    text = "ผู้ยื่นคำขอ เลข ๑-๑๐๑๗-๐๐๒๓๐-๗๐-๘ โทร. 081-234-5678 และ someone@example.com"
    identity, phone, address = find_personal_data(text, field="summary")
    assert identity.field == "summary"
    assert text[identity.offset :].startswith("๑-๑๐๑๗")
    assert identity.masked == "x-xxxx-xxxxx-x๐-๘"
    assert phone.masked == "xxx-xxx-xx78"
    assert address.masked == "sxxxxxx@example.com"
    # The words around one do not tell the other, and nothing tells the number by accident.
    assert "081-234-5678" not in identity.excerpt
    assert "x-xxxx-xxxxx-x๐-๘ โทร. xxx-xxx-xx78" in identity.excerpt
    assert "1101700230708" not in repr(identity)


def test_one_number_is_told_once():
    # With a word of a bank before it, an identity number is an identity number still.
    assert found("บัญชีของ 1101700230708") == [(IDENTITY, "1101700230708")]
    assert found("บัญชี 123-4-56789-0") == [(ACCOUNT, "1234567890")]


def test_in_the_order_of_the_text_and_each_place():
    text = "081-234-5678 a@example.com 081-234-5678"
    places = [(one.kind, one.offset) for one in find_personal_data(text, field="body")]
    assert places == [(PHONE, 0), (E_MAIL, 13), (PHONE, 27)]


def test_what_the_office_publishes_as_its_own_is_not_asked_about():
    known = ["0 2507 7000", "@Example.go.th", "๑๒๓-๔-๕๖๗๘๙-๐"]
    text = "02-507-7000 info@example.go.th 123-4-56789-0 me@sub.example.go.th 02-507-7001"
    assert found(text, known=known) == [
        (E_MAIL, "me@sub.example.go.th"),
        (PHONE, "025077001"),
    ]


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("1101700230708", True),
        ("5123456789017", True),
        ("1101700230713", False),
        ("0105555123450", False),
        ("110170023070", False),
        ("11017002307O8", False),
        ("๑๑๐๑๗๐๐๒๓๐๗๐๘", False),
        ("", False),
    ],
)
def test_an_identity_number_has_its_check_digit(digits, valid):
    assert identity_number_is_valid(digits) is valid


def test_every_single_wrong_digit_is_noticed():
    right = "1101700230708"
    # The third digit weighs 11, which the check digit cannot see: so the scheme is.
    for place in (0, 1, *range(3, 13)):
        for digit in "0123456789":
            wrong = f"{right[:place]}{digit}{right[place + 1 :]}"
            assert identity_number_is_valid(wrong) is (wrong == right), wrong


@pytest.mark.parametrize("bit", ["0", "1 ", "a.", "a@", "0-", "๑", "08 ", "@a.", "บัญชี 1-"])
def test_a_hostile_text_takes_no_long_time(bit):
    started = time.perf_counter()
    find_personal_data(bit * 50_000, field="body")
    assert time.perf_counter() - started < 5
