"""The monthly summary from CSV: the shapes that offices give it, and every error at its cell."""

import csv
import io
import time
from datetime import date

import pytest

from otp_policy.procurement import (
    Code,
    Column,
    Month,
    MonthlySummary,
    Place,
    TableFinding,
)
from otp_policy.procurement.checks import check_monthly_summaries
from otp_policy.procurement.csv_files import read_csv
from otp_policy.procurement.monthly_summary import read_monthly_summaries
from otp_policy.procurement.tables import monthly_summaries_csv
from otp_policy.procurement.wording import column_name, place_in_words, sentence

TITLE = ["แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน พฤษภาคม 2562"]
NINE = [
    "ลำดับที่",
    "งานที่จัดซื้อหรือจัดจ้าง",
    "วงเงินที่จะซื้อหรือจ้าง",
    "ราคากลาง",
    "วิธีซื้อหรือจ้าง",
    "รายชื่อผู้เสนอราคาและราคาที่เสนอ",
    "ผู้ได้รับการคัดเลือกและราคาที่ตกลงซื้อหรือจ้าง",
    "เหตุผลที่คัดเลือกโดยสรุป",
    "เลขที่และวันที่ของสัญญาหรือข้อตกลงในการซื้อหรือจ้าง",
]
SPLIT = [
    "ลำดับ",
    "งานจัดซื้อ",
    "วงเงิน (บาท)",
    "ราคากลาง",
    "วิธี",
    "ผู้เสนอราคา",
    "ราคาที่เสนอ",
    "ผู้ได้รับคัดเลือก",
    "ราคาที่ตกลง",
    "เหตุผล",
    "เลขที่สัญญา",
    "วันที่สัญญา",
]


def purchase(number=1, **cells):
    """Return a row of the nine columns; a keyword puts something else into a column."""
    row = {
        "sequence": f"{number}",
        "work": "จ้างทำความสะอาด",
        "budget": "10,000",
        "reference": "10,000",
        "method": "เฉพาะเจาะจง",
        "bidders": "หจก. ก 9,500 บาท",
        "selected": "หจก. ก 9,500 บาท",
        "reason": "ราคาต่ำสุด",
        "contract": f"{number}/2562 ลว. 3 พ.ค. 2562",
    }
    return list({**row, **cells}.values())


def split(number=1, **cells):
    """Return a row of the twelve columns, with names and prices apart."""
    row = {
        "sequence": f"{number}",
        "work": "จ้างทำความสะอาด",
        "budget": "10,000",
        "reference": "-",
        "method": "เฉพาะเจาะจง",
        "bidder": "หจก. ก",
        "offered": "9,500",
        "selected": "หจก. ก",
        "agreed": "9,500",
        "reason": "ราคาต่ำสุด",
        "contract": f"{number}/2562",
        "signed": "3/5/2562",
    }
    return list({**row, **cells}.values())


def read(*rows, encoding="utf-8", **more):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    grids, findings = read_csv(out.getvalue().encode(encoding))
    return read_monthly_summaries(grids, findings=findings, **more)


def told(reading):
    return [(finding.code, finding.place.cell) for finding in reading.findings]


def only(reading) -> MonthlySummary:
    assert told(reading) == []
    (summary,) = reading.records
    return summary


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_characters_may_part_the_cells(delimiter):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([TITLE, NINE, purchase(work="งาน, ก, ข, ค, ง, จ, ฉ, ช, ซ, ฌ, ญ")])
    grids, _ = read_csv(out.getvalue().encode())
    assert only(read_monthly_summaries(grids)).rows[0].budget == 10000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_the_nine_columns_are_read_in_every_encoding(encoding):
    summary = only(
        read(
            TITLE,
            ["สำนักงานตัวอย่าง"],
            ["วันที่ 3 เดือน มิถุนายน พ.ศ. 2562"],
            NINE,
            purchase(bidders="หจก. ก 9,500 บาท\nบจก. ข 9,900 บาท"),
            encoding=encoding,
        )
    )
    assert (summary.month, summary.agency) == (Month(2019, 5), "สำนักงานตัวอย่าง")
    assert summary.reported_on == date(2019, 6, 3)
    (row,) = summary.rows
    assert [(bidder.name, bidder.price) for bidder in row.bidders] == [
        ("หจก. ก", 9500),
        ("บจก. ข", 9900),
    ]
    assert (row.sequence, row.budget, row.contracts[0].number) == (1, 10000, "1/2562")


def test_bidders_may_take_several_rows():
    summary = only(
        read(
            TITLE,
            SPLIT,
            split(),
            ["", "", "", "", "", "บจก. ข", "9,900", "", "", "", "", ""],
            # The page breaks here.
            SPLIT,
            # The number may be repeated, and so may all the rest.
            ["1", "", "", "", "", "บจก. ค", "9,990", "", "", "", "", ""],
            split(bidder="บจก. ง", offered="9,995"),
            split(2),
        )
    )
    assert [len(row.bidders) for row in summary.rows] == [4, 1]
    assert [len(row.selected) for row in summary.rows] == [1, 1]


def test_a_row_that_was_copied_by_mistake_is_no_second_bidder():
    assert (Code.BIDDER_REPEATED, "F3") in told(read(TITLE, SPLIT, split(), split()))


def test_a_bidder_whose_offer_was_never_opened_is_a_warning():
    reading = read(TITLE, SPLIT, split(bidder="หจก. ก\nบจก. ข", offered="9,500\n-"))
    assert told(reading) == [(Code.PRICE_MISSING, "G3")]
    assert [bidder.price for bidder in reading.records[0].rows[0].bidders] == [9500, None]


def test_several_contracts_pair_with_those_who_were_selected():
    summary = only(
        read(
            TITLE,
            SPLIT,
            split(bidder="หจก. ก\nบจก. ข", offered="400\n500", agreed="400"),
            ["", "", "", "", "", "", "", "บจก. ข", "500", "", "2/2562", "4/5/2562"],
        )
    )
    (row,) = summary.rows
    assert [contract.number for contract in row.contracts] == ["1/2562", "2/2562"]
    assert [offer.price for offer in row.selected] == [400, 500]


def test_headings_in_two_rows_and_a_row_of_numbers():
    above = [*NINE[:6], "", NINE[6], "", NINE[7], NINE[8], ""]
    below = [
        "",
        "",
        "",
        "",
        "",
        "ผู้เสนอราคา",
        "ราคาที่เสนอ",
        "ผู้ได้รับการคัดเลือก",
        "ราคาที่ตกลง",
        "",
        "เลขที่",
        "วันที่",
    ]
    numbers = [f"({number})" for number in range(1, 13)]
    summary = only(read(TITLE, above, below, numbers, split()))
    assert summary.rows[0].bidders[0].price == 9500
    assert summary.rows[0].contracts[0].signed_on == date(2019, 5, 3)


def test_titles_blank_rows_sums_and_repeated_headings_are_no_rows():
    summary = only(
        read(
            TITLE,
            [],
            NINE,
            purchase(),
            [""] * 9,
            TITLE,
            ["สำนักงานตัวอย่าง"],
            NINE,
            purchase(2),
            ["", "รวมทั้งสิ้น", "20,000", "", "", "", "", "", ""],
            ["หมายเหตุ ราคารวมภาษีมูลค่าเพิ่ม"],
            ["ลงชื่อ ........................ ผู้รายงาน"],
        )
    )
    assert [row.sequence for row in summary.rows] == [1, 2]


def test_months_may_stand_under_one_another_in_a_sheet():
    june = ["สรุปผลการจัดซื้อจัดจ้าง ประจำเดือน มิ.ย. ๒๕๖๒"]
    reading = read(
        TITLE,
        NINE,
        purchase(),
        june,
        ["สำนักงานตัวอย่าง"],
        NINE,
        purchase(contract="2/2562 ลว. 4 มิ.ย. 2562"),
    )
    assert told(reading) == []
    assert [summary.month for summary in reading.records] == [Month(2019, 5), Month(2019, 6)]
    assert [summary.agency for summary in reading.records] == ["", "สำนักงานตัวอย่าง"]


def test_rows_under_a_title_without_a_year_belong_to_no_month():
    reading = read(TITLE, NINE, purchase(), ["สรุปผลการจัดซื้อจัดจ้าง ประจำเดือน มิ.ย. 62"], purchase())
    assert (Code.MONTH_MISSING, "5") in told(reading)
    assert reading.records == ()


def test_a_column_may_name_the_month():
    reading = read(
        ["เดือน", *NINE],
        ["พ.ค. 2562", *purchase()],
        ["มิ.ย. 2562", *purchase(contract="2/2562 ลว. 4 มิ.ย. 2562")],
        ["07/2562", "", "ไม่มีการจัดซื้อจัดจ้าง"],
    )
    assert told(reading) == []
    assert [len(summary.rows) for summary in reading.records] == [1, 1, 0]
    assert reading.records[2].nothing_to_report


def test_a_month_that_the_file_does_not_name_is_asked_for_once():
    rows = (NINE, purchase(), purchase(2))
    assert told(read(*rows)) == [(Code.MONTH_MISSING, "2")]
    assert only(read(*rows, month=Month(2019, 5))).month == Month(2019, 5)


@pytest.mark.parametrize(
    "words", ["ไม่มีการจัดซื้อจัดจ้าง", "- ไม่มีรายการจัดซื้อจัดจ้าง -", "ไม่มีการดำเนินการจัดซื้อจัดจ้างในเดือนนี้"]
)
def test_nothing_to_report_is_a_record(words):
    summary = only(read(TITLE, ["สำนักงานตัวอย่าง"], NINE, ["", words]))
    assert summary.nothing_to_report
    assert summary.rows == ()


def test_a_table_without_rows_is_no_word_that_there_was_nothing():
    assert told(read(TITLE, NINE)) == [(Code.ROWS_MISSING, "")]
    nothing = ["", "ไม่มีการจัดซื้อจัดจ้าง"]
    assert told(read(TITLE, NINE, purchase(), nothing)) == [(Code.NOTHING_BUT_ROWS, "4")]


def test_a_summary_has_rows_or_says_that_there_are_none():
    with pytest.raises(ValueError, match="nothing to report"):
        MonthlySummary(month=Month(2019, 5))


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"sequence": "ก"}, Code.SEQUENCE_UNCLEAR, "A3"),
        ({"sequence": ""}, Code.CELL_MISSING, "A3"),
        ({"sequence": "2"}, Code.SEQUENCE_BROKEN, "A3"),
        ({"work": ""}, Code.CELL_MISSING, "B3"),
        ({"budget": ""}, Code.CELL_MISSING, "C3"),
        ({"budget": "-"}, Code.AMOUNT_UNCLEAR, "C3"),
        ({"budget": "หนึ่งหมื่น"}, Code.AMOUNT_UNCLEAR, "C3"),
        ({"reference": ""}, Code.CELL_MISSING, "D3"),
        ({"reference": "-5"}, Code.AMOUNT_NEGATIVE, "D3"),
        ({"method": ""}, Code.CELL_MISSING, "E3"),
        ({"method": "ตกลงกันเอง"}, Code.METHOD_UNKNOWN, "E3"),
        ({"bidders": ""}, Code.CELL_MISSING, "F3"),
        ({"bidders": "หจก. ก 9500"}, Code.PRICE_UNCLEAR, "F3"),
        ({"selected": ""}, Code.CELL_MISSING, "G3"),
        ({"selected": "หจก. ก"}, Code.CELL_MISSING, "G3"),
        ({"selected": "บจก. ข 9,500 บาท"}, Code.SELECTED_NOT_BIDDER, "G3"),
        ({"reason": ""}, Code.CELL_MISSING, "H3"),
        ({"contract": ""}, Code.CELL_MISSING, "I3"),
        ({"contract": "1/2562"}, Code.CONTRACTS_UNPAIRED, "I3"),
        ({"contract": "1/2562 ลว. 3 พ.ค. 62"}, Code.YEAR_TWO_DIGITS, "I3"),
        ({"contract": "1/2562 ลว. 3 มิ.ย. 2562"}, Code.CONTRACT_OUTSIDE_MONTH, "I3"),
        ({"contract": "1/2562 ลว. 30 เม.ย. 2562"}, Code.CONTRACT_OUTSIDE_MONTH, "I3"),
        (
            {"contract": "1/2562 ลว. 3 พ.ค. 2562\n2/2562 ลว. 3 พ.ค. 2562"},
            Code.CONTRACTS_UNPAIRED,
            "I3",
        ),
        ({"work": "จ้างนาย ก เลข 1-1017-00230-70-8"}, Code.IDENTITY_NUMBER, "B3"),
        ({"bidders": "นาย ก ๑๑๐๑๗๐๐๒๓๐๗๐๘ ราคา 9,500 บาท"}, Code.IDENTITY_NUMBER, "F3"),
    ],
)
def test_one_wrong_cell_is_one_error_at_that_cell_and_nothing_is_imported(cells, code, cell):
    reading = read(TITLE, NINE, purchase(**cells))
    found = [one for one in reading.findings if not one.is_warning]
    if code is Code.IDENTITY_NUMBER and "bidders" in cells:
        found = [one for one in found if one.code is not Code.SELECTED_NOT_BIDDER]
    assert [(one.code, one.place.cell) for one in found] == [(code, cell)]
    assert reading.records == ()


def test_a_contract_may_be_left_out_with_a_dash():
    assert only(read(TITLE, NINE, purchase(contract="-"))).rows[0].contracts == ()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (
            {"selected": "หจก. ก 10,001 บาท", "bidders": "หจก. ก 10,001 บาท"},
            Code.PRICE_ABOVE_BUDGET,
        ),
        ({"selected": "หจก. ก 9,501 บาท"}, Code.PRICE_ABOVE_OFFER),
    ],
)
def test_a_price_that_is_too_high_is_a_warning(cells, code):
    reading = read(TITLE, NINE, purchase(**cells))
    assert told(reading) == [(code, "G3")]
    assert len(reading.records) == 1


def test_a_price_that_equals_budget_and_offer_is_none():
    only(read(TITLE, NINE, purchase(selected="หจก. ก 10,000 บาท", bidders="หจก. ก 10,000 บาท")))


def test_a_contract_number_is_used_once_in_all_months():
    june = ["ประจำเดือน มิ.ย. 2562"]
    again = purchase(contract="1 /2562 ลว. 4 มิ.ย. 2562")
    reading = read(TITLE, NINE, purchase(), june, NINE, again)
    assert told(reading) == [(Code.CONTRACT_REPEATED, "I6")]
    assert reading.findings[0].expected == "I3"


def test_numbers_with_the_same_digits_are_not_the_same_contract():
    only(
        read(
            TITLE,
            NINE,
            purchase(contract="1/12 ลว. 3 พ.ค. 2562"),
            purchase(2, contract="11/2 ลว. 3 พ.ค. 2562"),
        )
    )


@pytest.mark.parametrize("numbers", [(1, 3), (1, 1), (2, 3)])
def test_rows_count_without_gaps(numbers):
    rows = [
        purchase(number, work=f"งาน {place}", contract="-") for place, number in enumerate(numbers)
    ]
    assert [code for code, _ in told(read(TITLE, NINE, *rows))] == [Code.SEQUENCE_BROKEN]


def test_the_count_may_go_on_over_the_months():
    head, june = ["เดือน", *NINE], "มิ.ย. 2562"
    first = ["พ.ค. 2562", *purchase(1)]
    goes_on = [june, *purchase(2, contract="2/2562 ลว. 4 มิ.ย. 2562")]
    jumps = [june, *purchase(3, contract="3/2562 ลว. 4 มิ.ย. 2562")]
    assert told(read(head, first, goes_on)) == []
    assert told(read(head, first, jumps)) == [(Code.SEQUENCE_BROKEN, "B3")]


def test_headings_may_be_put_in_other_words():
    headings = [*NINE]
    headings[5], headings[6] = "ผู้เสนอราคา/ราคาที่เสนอ", "ผู้ได้รับคัดเลือก/ราคาที่ตกลง"
    only(read(TITLE, headings, purchase()))


def test_a_row_with_endless_bidders_takes_no_endless_time():
    lines = [
        ["", "", "", "", "", f"บจก. {number} ก", "9,900", "", "", "", "", ""]
        for number in range(9000)
    ]
    started = time.process_time()
    summary = only(read(TITLE, SPLIT, split(), *lines))
    assert len(summary.rows[0].bidders) == 9001
    assert time.process_time() - started < 60


@pytest.mark.parametrize("text", ["1,1" * 160, "บาท " * 120, "1 พ.ค. " * 60, "(" * 490, "1" * 490])
def test_a_cell_that_is_made_to_be_slow_is_not(text):
    cell = "\n".join([text] * 8)
    started = time.process_time()
    for _ in range(5):
        read(TITLE, NINE, purchase(bidders=cell, selected=cell, contract=cell))
    assert time.process_time() - started < 60


def test_every_error_is_told_at_once_in_the_order_of_the_sheet():
    reading = read(
        TITLE,
        NINE,
        purchase(budget="x", contract="1/2562 ลว. 31 เม.ย. 2562"),
        purchase(2, method="?"),
        ["", "ข้อความที่ไม่มีลำดับ", "", "", "", "", "", "", ""],
        purchase(4, selected="บจก. ข 9,500 บาท", contract="2/2562 ลว. 3 พ.ค. 2562"),
    )
    assert told(reading) == [
        (Code.AMOUNT_UNCLEAR, "C3"),
        (Code.DATE_IMPOSSIBLE, "I3"),
        (Code.METHOD_UNKNOWN, "E4"),
        (Code.ROW_UNCLEAR, "5"),
        (Code.SEQUENCE_BROKEN, "A6"),
        (Code.SELECTED_NOT_BIDDER, "G6"),
        (Code.CONTRACT_REPEATED, "I6"),
    ]
    assert reading.records == ()


def test_a_missing_heading_is_told_once_and_not_for_each_row():
    headings = [heading for heading in NINE if heading != "ราคากลาง"]
    rows = [[cell for at, cell in enumerate(purchase(number)) if at != 3] for number in (1, 2)]
    assert told(read(TITLE, headings, *rows)) == [(Code.COLUMN_MISSING, "2")]


def test_an_unknown_column_is_a_warning_and_a_repeated_one_an_error():
    reading = read(TITLE, [*NINE, "ผู้รับผิดชอบ"], [*purchase(), "กอง ก"])
    assert told(reading) == [(Code.COLUMN_UNKNOWN, "J2")]
    assert len(reading.records) == 1
    repeated = read(TITLE, [*NINE, "วงเงิน"], [*purchase(), "1"])
    assert told(repeated) == [(Code.COLUMN_REPEATED, "J2")]


def test_a_file_without_the_table_says_so():
    assert told(read(["สวัสดี"])) == [(Code.TABLE_MISSING, ""), (Code.SHEET_WITHOUT_TABLE, "")]
    assert told(read(["ก", "ข", "ค", "ง", "จ"], ["1", "2", "3", "4", "6"])) == [
        (Code.TABLE_MISSING, "")
    ]


def test_an_identity_number_is_never_shown():
    reading = read(TITLE, NINE, purchase(work="จ้างนาย ก 1101700230708", budget="1101700230708 x"))
    assert "1101700230708" not in "".join(finding.value for finding in reading.findings)
    assert {finding.code for finding in reading.findings} >= {Code.IDENTITY_NUMBER}


def test_a_company_registration_number_is_fine():
    only(read(TITLE, NINE, purchase(work="จ้างบริษัท เลขทะเบียน 0105500000000")))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("ก".encode("cp874") + b"\x81\xff", Code.ENCODING_UNKNOWN),
        (b"PK\x03\x04\x00\x00", Code.ENCODING_UNKNOWN),
        (b"\xff\xfe\x00", Code.ENCODING_UNKNOWN),
        (b"x" * (20 * 1024 * 1024 + 1), Code.FILE_TOO_LARGE),
        (b"a,b\r\n" * 20_001, Code.TOO_MANY_ROWS),
        (b"a" + b"," * 100 + b"b", Code.TOO_MANY_COLUMNS),
        (b"a" * 200_000, Code.FILE_UNREADABLE),
    ],
)
def test_a_file_that_is_no_csv_is_told(data, code):
    grids, findings = read_csv(data)
    assert grids == ()
    assert [finding.code for finding in findings] == [code]


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows():
    grids, findings = read_csv('1,งาน\n2,"งาน\n3,งาน\n'.encode())
    assert grids == ()
    assert [(finding.code, finding.place.row) for finding in findings] == [
        (Code.FILE_UNREADABLE, 2)
    ]


def test_what_is_written_is_read_back_the_same_and_no_cell_runs():
    rows = [
        purchase(work="=cmd|' /C calc'!A0", reason="@SUM(1)"),
        purchase(2, work="'=already", reason="+1", reference="-"),
        purchase(3, bidders="หจก. ก 9,500 บาท\n-บจก. ข 9,900.25 บาท"),
    ]
    summary = only(read(TITLE, ["สำนักงานตัวอย่าง"], NINE, *rows))
    assert summary.rows[0].work == "=cmd|' /C calc'!A0"
    data = monthly_summaries_csv(
        [summary, MonthlySummary(month=Month(2019, 6), agency="สำนักงาน ข", nothing_to_report=True)]
    )
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))):
        assert not any(cell.lstrip()[:1] in set("=+-@") and cell != "-" for cell in row[3:])
    grids, findings = read_csv(data)
    again = read_monthly_summaries(grids, findings=findings)
    assert told(again) == []
    assert again.records[0] == summary
    assert (again.records[1].nothing_to_report, again.records[1].agency) == (True, "สำนักงาน ข")


def test_a_further_bidder_repeats_the_number_and_no_amount():
    summary = only(read(TITLE, NINE, purchase(bidders="หจก. ก 9,500 บาท\nบจก. ข 9,900 บาท")))
    rows = list(csv.reader(io.StringIO(monthly_summaries_csv([summary]).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["2019-05", "2019-05"]
    assert [row[2] for row in rows[1:]] == ["1", "1"]
    assert [row[4] for row in rows[1:]] == ["10000", ""]


def test_summaries_that_come_from_no_file_are_checked_too():
    summary = only(read(TITLE, NINE, purchase()))
    moved = MonthlySummary(month=Month(2019, 6), rows=summary.rows)
    (finding,) = check_monthly_summaries([moved])
    assert (finding.code, finding.place.sheet, finding.place.row) == (
        Code.CONTRACT_OUTSIDE_MONTH,
        "2019-06",
        1,
    )


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_finding_has_a_sentence(lang):
    said = {sentence(TableFinding(code=code, place=Place()), lang=lang) for code in Code}
    assert len(said) == len(Code)
    assert all(column_name(column, lang=lang) for column in Column)


def test_a_finding_says_where_it_is():
    reading = read(TITLE, NINE, purchase(budget="x"))
    assert place_in_words(reading.findings[0].place, lang="th") == "แถวที่ 3, คอลัมน์ C"
    assert "“x”" in sentence(reading.findings[0], lang="th")
