"""Amounts, days, months and names as procurement forms write them; what is unclear is refused."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from otp_policy.procurement.amounts import read_amount
from otp_policy.procurement.days import read_day, read_month
from otp_policy.procurement.findings import CellError, Code
from otp_policy.procurement.grid import text_of
from otp_policy.procurement.methods import load_methods, shipped_methods
from otp_policy.procurement.offers import contracts_of, offers_of, paired_offers
from otp_policy.procurement.records import Month
from otp_policy.procurement.texts import name_key, plain


def refused(read, *values) -> Code:
    with pytest.raises(CellError) as caught:
        read(*values)
    return caught.value.code


@pytest.mark.parametrize(
    ("written", "baht"),
    [
        ("1,234,567.50", "1234567.50"),
        ("๑,๒๓๔.๕๐", "1234.50"),
        ("฿ 500", "500"),
        ("500,000.-", "500000"),
        ("500,000 บาท", "500000"),
        ("500 บาทถ้วน", "500"),
        ("12.340", "12.34"),
        ("0", "0"),
        (1234567.5, "1234567.50"),
        (0.1 + 0.2, "0.30"),
        (7, "7"),
    ],
)
def test_an_amount_is_read_as_offices_write_it(written, baht):
    assert read_amount(written) == Decimal(baht)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1,23", Code.AMOUNT_UNCLEAR),
        ("12,3456", Code.AMOUNT_UNCLEAR),
        ("1.234.567,00", Code.AMOUNT_UNCLEAR),
        ("5 ล้านบาท", Code.AMOUNT_UNCLEAR),
        ("1e5", Code.AMOUNT_UNCLEAR),
        ("nan", Code.AMOUNT_UNCLEAR),
        ("ประมาณ 500", Code.AMOUNT_UNCLEAR),
        ("5 USD", Code.AMOUNT_UNCLEAR),
        (True, Code.AMOUNT_UNCLEAR),
        (datetime(2019, 5, 25), Code.AMOUNT_UNCLEAR),
        ("-5", Code.AMOUNT_NEGATIVE),
        ("(5.00)", Code.AMOUNT_NEGATIVE),
        (-1, Code.AMOUNT_NEGATIVE),
        ("1.234", Code.AMOUNT_PRECISION),
        (1.005, Code.AMOUNT_PRECISION),
        ("10000000000000", Code.AMOUNT_TOO_LARGE),
        (1e300, Code.AMOUNT_TOO_LARGE),
        (float("nan"), Code.AMOUNT_TOO_LARGE),
        ("9" * 5000, Code.AMOUNT_UNCLEAR),
    ],
)
def test_an_amount_that_is_not_surely_one_is_refused(written, code):
    assert refused(read_amount, written) is code


@pytest.mark.parametrize(
    "written",
    [
        "25/5/2562",
        "25-05-2562",
        "25.5.2562",
        "25/05/2019",
        "๒๕/๕/๒๕๖๒",
        "25 พฤษภาคม 2562",
        "25 พ.ค. 2562",
        "25พค2562",
        "วันที่ 25 เดือน พฤษภาคม พ.ศ. 2562",
        "ลว. 25 พ.ค. 2562",
        "25 พ.ค. ค.ศ. 2019",
        "25 May 2019",
        "2019-05-25",
        "2562-05-25",
        date(2019, 5, 25),
        datetime(2019, 5, 25, 0, 0),
        # Typed into a spreadsheet with a Buddhist year, and kept as if it were a common one.
        datetime(2562, 5, 25),
    ],
)
def test_a_day_is_read_in_either_era(written):
    assert read_day(written) == date(2019, 5, 25)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("25/5/62", Code.YEAR_TWO_DIGITS),
        ("25 พ.ค. 62", Code.YEAR_TWO_DIGITS),
        ("25/5/2300", Code.YEAR_UNCLEAR),
        ("25 พ.ค. พ.ศ. 2019", Code.YEAR_UNCLEAR),
        ("25 พ.ค. ค.ศ. 2562", Code.YEAR_UNCLEAR),
        (datetime(2301, 5, 25), Code.YEAR_UNCLEAR),
        ("5/25/2562", Code.DATE_IMPOSSIBLE),
        ("29 ก.พ. 2562", Code.DATE_IMPOSSIBLE),
        ("31/6/2562", Code.DATE_IMPOSSIBLE),
        ("25/5.2562", Code.DATE_UNCLEAR),
        ("พ.ค. 2562", Code.DATE_UNCLEAR),
        ("25-26 พ.ค. 2562", Code.DATE_UNCLEAR),
        (43610, Code.DATE_UNCLEAR),
        ("-", Code.DATE_UNCLEAR),
    ],
)
def test_a_day_that_can_be_read_in_two_ways_is_refused(written, code):
    assert refused(read_day, written) is code


def test_the_leap_day_follows_the_common_year():
    assert read_day("29 ก.พ. 2567") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "written",
    ["05/2562", "5/2019", "พ.ค. 2562", "พฤษภาคม พ.ศ. 2562", "ประจำเดือนพฤษภาคม ๒๕๖๒", "2019-05"],
)
def test_a_month_is_read_in_either_era(written):
    assert read_month(written) == Month(2019, 5)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("พ.ค. 62", Code.YEAR_TWO_DIGITS),
        ("13/2562", Code.MONTH_UNCLEAR),
        ("ต.ค. 2568 - ธ.ค. 2568", Code.MONTH_UNCLEAR),
        ("ไตรมาส 1", Code.MONTH_UNCLEAR),
        ("05/2300", Code.YEAR_UNCLEAR),
    ],
)
def test_a_month_that_is_not_surely_one_is_refused(written, code):
    assert refused(read_month, written) is code


def test_the_fiscal_year_begins_in_october():
    assert [Month(2026, month).fiscal_year for month in (9, 10)] == [2569, 2570]


def test_text_keeps_the_marks_of_thai_and_loses_what_cannot_be_seen():
    assert plain("น้ำ\u200bมัน\u00a0 ที่\x00") == "น้ำมัน ที่"


def test_a_number_that_became_a_date_is_told():
    assert refused(text_of, datetime(2562, 12, 1)) is Code.NUMBER_BECAME_DATE


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("บริษัท ก จำกัด", "บจก. ก", True),
        ("บริษัท ก จำกัด (มหาชน)", "บมจ.ก", True),
        ("ห้างหุ้นส่วนจำกัด ก", "หจก.ก", True),
        ("ร้าน  ก. การค้า", "ร้าน ก การค้า", True),
        ("บริษัท ก จำกัด", "บริษัท ก จำกัด (มหาชน)", False),
        ("บริษัท ก จำกัด", "หจก. ก", False),
        ("บริษัท ก จำกัด", "บริษัท ข จำกัด", False),
        ("ป่า", "ป้า", False),
    ],
)
def test_names_agree_whatever_their_abbreviations(one, other, are_same):
    assert (name_key(one) == name_key(other)) is are_same


def pairs(offers):
    return [(offer.name, offer.price) for offer in offers]


@pytest.mark.parametrize(
    "written",
    [
        "หจก. ก 9,500.00 บาท\nบจก. ข 9,900 บาท",
        "1. หจก. ก ราคา 9500\n2. บจก. ข ราคา 9900",
        "1) หจก. ก\n9,500\n2) บจก. ข\n9,900",
        "- หจก. ก / 9500\n- บจก. ข / 9900",
        "หจก. ก เสนอราคา ๙,๕๐๐ บาท\r\nบจก. ข (9,900.-)",
    ],
)
def test_bidders_and_prices_are_told_apart(written):
    assert pairs(offers_of(written)) == [("หจก. ก", 9500), ("บจก. ข", 9900)]


@pytest.mark.parametrize(
    "written",
    ["ร้านตัวอย่าง 2000", "หจก. ก\nบจก. ข 9,900 บาท", "9,500 บาท", "หจก. ก\nจำกัด 9,500 บาท"],
)
def test_a_price_that_may_be_part_of_a_name_is_refused(written):
    assert refused(offers_of, written) is Code.PRICE_UNCLEAR


def test_prices_in_their_own_column_pair_with_names_by_line():
    assert pairs(paired_offers("ร้านตัวอย่าง 2000\nบจก. ข", "9500\n-")) == [
        ("ร้านตัวอย่าง 2000", 9500),
        ("บจก. ข", None),
    ]
    assert refused(paired_offers, "หจก. ก\nบจก. ข", 9500) is Code.OFFERS_UNPAIRED


@pytest.mark.parametrize(
    "written",
    [
        "12/2562 ลว. 3 พ.ค. 2562",
        "เลขที่ 12/2562 ลงวันที่ 3 พฤษภาคม 2562",
        "12/2562\n3/5/2562",
        "12/2562, 2019-05-03",
        "สัญญาเลขที่ 12/2562 วันที่ 3/5/2562",
    ],
)
def test_a_contract_has_a_number_and_a_day(written):
    (contract,) = contracts_of(written)
    assert (contract.number, contract.signed_on) == ("12/2562", date(2019, 5, 3))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12/2562", Code.CONTRACTS_UNPAIRED),
        ("3 พ.ค. 2562", Code.CONTRACTS_UNPAIRED),
        ("12/2562\n13/2562\n3/5/2562", Code.CONTRACTS_UNPAIRED),
        ("12/2562 ลว. 3 พ.ค. 62", Code.YEAR_TWO_DIGITS),
        ("12/2562 ลว. 31 เม.ย. 2562", Code.DATE_IMPOSSIBLE),
    ],
)
def test_a_contract_without_a_day_that_is_one_is_refused(written, code):
    assert refused(contracts_of, written) is code


@pytest.mark.parametrize(
    ("name", "ocds"),
    [
        ("วิธีเฉพาะเจาะจง", "direct"),
        ("เฉพาะเจาะจง", "direct"),
        ("โดยวิธีคัดเลือก", "selective"),
        ("e-bidding", "open"),
        ("วิธีประกวดราคาอิเล็กทรอนิกส์ (e-bidding)", "open"),
    ],
)
def test_a_method_is_known_by_its_names(name, ocds):
    assert shipped_methods().find(name).ocds == ocds


@pytest.mark.parametrize("name", ["", "วิธี", "พิเศษมาก", "-"])
def test_another_method_is_not_known(name):
    assert shipped_methods().find(name) is None


def test_a_file_of_methods_tells_all_its_defects(tmp_path):
    path = tmp_path / "methods.toml"
    path.write_text('[[method]]\ncode = "a"\nnames = []\nocds = "any"\n', encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        load_methods(path)
    assert [defect.where for defect in caught.value.exceptions] == [
        "method[0].names",
        "method[0].ocds",
    ]
