"""Workbooks: merged cells, true dates, formulas; twelve months in one; hostile ones."""

import random
import re
import time
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest

from otp_policy.procurement import Code, Month
from otp_policy.procurement.days import thai_month
from otp_policy.procurement.xlsx_files import read_xlsx
from tests.procurement.books import (
    HEADINGS,
    added,
    book,
    read,
    rewritten,
    saved,
    title,
    told,
    with_shared_strings,
)


def row(number=1, **cells):
    values = {
        "sequence": number,
        "work": "จ้างทำความสะอาด",
        "budget": 10000,
        "reference": 10000.5,
        "method": "เฉพาะเจาะจง",
        "bidder": "หจก. ก",
        "offered": 9500,
        "selected": "หจก. ก",
        "agreed": 9500,
        "reason": "ราคาต่ำสุด",
        "contract": f"{number}/2562",
        "signed": datetime(2019, 5, 3),
    }
    return list({**values, **cells}.values())


def may(*rows):
    return book({"พ.ค.": [title("พฤษภาคม 2562"), HEADINGS, *rows]})


def only(reading):
    assert told(reading) == []
    (summary,) = reading.records
    return summary


def test_numbers_and_days_are_read_as_what_they_are():
    summary = only(read(saved(may(row(), row(2, signed=datetime(2562, 5, 4), contract=77)))))
    first, second = summary.rows
    assert str(first.reference_price) == "10000.50"
    assert first.contracts[0].signed_on == date(2019, 5, 3)
    assert (second.contracts[0].number, second.contracts[0].signed_on) == ("77", date(2019, 5, 4))


def test_texts_in_a_part_of_their_own_are_read():
    data = with_shared_strings(saved(may(row())))
    assert b"inlineStr" not in zipfile.ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert only(read(data)) == only(read(saved(may(row()))))


def test_cells_merged_over_the_bidders_hold_for_the_row():
    made = may(row(), [*[None] * 5, "บจก. ข", 9900], row(2))
    sheet = made["พ.ค."]
    sheet.merge_cells("A1:L1")
    for column in "ABCDEHIJKL":
        sheet.merge_cells(f"{column}3:{column}4")
    summary = only(read(saved(made)))
    assert [len(each.bidders) for each in summary.rows] == [2, 1]


def test_a_cell_merged_over_two_purchases_holds_for_both():
    made = may(row(), row(2, method=None, reason=None))
    made["พ.ค."].merge_cells("E3:E4")
    made["พ.ค."].merge_cells("J3:J4")
    summary = only(read(saved(made)))
    assert [each.method for each in summary.rows] == ["เฉพาะเจาะจง", "เฉพาะเจาะจง"]


def test_a_number_that_the_spreadsheet_made_a_date_of_is_told():
    reading = read(saved(may(row(contract=datetime(2562, 12, 1)))))
    assert told(reading) == [(Code.NUMBER_BECAME_DATE, "พ.ค.", "K3")]


@pytest.mark.parametrize(
    ("formula", "code"),
    [
        ("=5000*2", Code.FORMULA_WITHOUT_VALUE),
        ("=[1]Sheet1!C5", Code.FORMULA_EXTERNAL),
        ("='C:\\x\\[book.xlsx]Sheet1'!C5", Code.FORMULA_EXTERNAL),
        ("=cmd|' /C calc'!A0", Code.FORMULA_EXTERNAL),
    ],
)
def test_a_formula_that_has_no_value_of_its_own_is_told(formula, code):
    assert told(read(saved(may(row(budget=formula))))) == [(code, "พ.ค.", "C3")]


def test_the_value_that_was_saved_with_a_formula_counts():
    data = rewritten(
        saved(may(row(budget="=5000*2"))),
        lambda name, part: re.sub(rb"(<f>5000\*2</f>)<v ?/>", rb"\1<v>10000</v>", part),
    )
    assert only(read(data)).rows[0].budget == 10000


def test_an_error_of_a_formula_is_told():
    made = may(row(budget="#REF!"))
    assert told(read(saved(made))) == [(Code.FORMULA_ERROR, "พ.ค.", "C3")]


def test_a_text_that_looks_like_a_formula_is_a_text():
    made = may(row())
    made["พ.ค."]["B3"].value = "=cmd|' /C calc'!A0"
    made["พ.ค."]["B3"].data_type = "s"
    assert only(read(saved(made))).rows[0].work == "=cmd|' /C calc'!A0"


def test_a_hidden_sheet_is_left_out_and_told():
    made = may(row())
    made.create_sheet("ซ่อน").append(["ร่าง"])
    made["ซ่อน"].sheet_state = "hidden"
    reading = read(saved(made))
    assert told(reading) == [(Code.SHEET_HIDDEN, "ซ่อน", "")]
    assert len(reading.records) == 1


def test_the_name_of_a_sheet_may_name_the_month():
    made = book({"พ.ค. 2562": [HEADINGS, row()]})
    assert only(read(saved(made))).month == Month(2019, 5)


def test_a_month_stands_in_one_sheet():
    made = book(
        {name: [title("พ.ค. 2562"), HEADINGS, row(contract="-", signed="-")] for name in "กข"}
    )
    assert (Code.MONTH_REPEATED, "ข", "3") in told(read(saved(made)))


def test_a_sheet_whose_headings_are_not_those_of_the_form_stops_the_import():
    wrong = [["x", "y", "z", "ก", "ข"], [1, 2, 3, 4, 6]]
    made = book({"ก": [title("พ.ค. 2562"), HEADINGS, row()], "ข": wrong})
    reading = read(saved(made))
    assert told(reading) == [(Code.TABLE_MISSING, "ข", "")]
    assert reading.records == ()


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        ({"offered": "เก้าพันห้าร้อย"}, "G3"),
        ({"agreed": "1,23"}, "I3"),
        ({"bidder": "หจก. ก\nหจก. ข", "offered": "9,500\nเก้าพัน"}, "G3"),
    ],
)
def test_a_price_that_cannot_be_read_is_named_at_its_own_column_and_once(cells, cell):
    assert told(read(saved(may(row(**cells))))) == [(Code.AMOUNT_UNCLEAR, "พ.ค.", cell)]


def test_prices_that_are_not_as_many_as_names_are_told_at_the_names():
    reading = read(saved(may(row(bidder="หจก. ก\nหจก. ข", offered="9,500"))))
    assert told(reading) == [(Code.OFFERS_UNPAIRED, "พ.ค.", "F3")]


# Twelve months, two thousand rows


MONTHS = [Month(2025, month) for month in (10, 11, 12)] + [
    Month(2026, month) for month in range(1, 10)
]
PLANTED = [
    ({"budget": "1,23"}, Code.AMOUNT_UNCLEAR, "C"),
    ({"offered": "9,50"}, Code.AMOUNT_UNCLEAR, "G"),
    ({"agreed": "เก้าพัน"}, Code.AMOUNT_UNCLEAR, "I"),
    ({"signed": "3/5/69"}, Code.YEAR_TWO_DIGITS, "L"),
    ({"method": "ตกลงราคากันเอง"}, Code.METHOD_UNKNOWN, "E"),
    ({"selected": "บจก. อื่น"}, Code.SELECTED_NOT_BIDDER, "H"),
    ({"work": None}, Code.CELL_MISSING, "B"),
    ({"reference": -1}, Code.AMOUNT_NEGATIVE, "D"),
    ({"signed": datetime(2027, 1, 1)}, Code.CONTRACT_OUTSIDE_MONTH, "L"),
    ({"agreed": 10001}, Code.PRICE_ABOVE_BUDGET, "I"),
    ({"contract": "1/2025-10"}, Code.CONTRACT_REPEATED, "K"),
    ({"reason": "เลข 1101700230708"}, Code.IDENTITY_NUMBER, "J"),
]


def year(per_month, planted=()):
    """Return the sheets of a year; *planted* is (month, number of the row, cells)."""
    wrong = {(month, number): cells for month, number, cells in planted}
    sheets = {}
    for month in MONTHS:
        rows = [title(thai_month(month)), ["สำนักงานตัวอย่าง"], HEADINGS]
        for number in range(1, per_month + 1):
            base = {
                "contract": f"{number}/{month}",
                "signed": datetime(month.year, month.month, 1 + number % 28),
            }
            rows.append(row(number, **{**base, **wrong.get((month, number), {})}))
            rows.append([*[None] * 5, f"บจก. {number}", 9900])
        sheets[thai_month(month, short=True)] = rows
    return sheets


def test_a_year_of_two_thousand_rows_is_read_in_one_go_with_every_planted_error_found():
    chance = random.Random(2562)
    places = chance.sample([(month, number) for month in MONTHS for number in range(2, 167)], 60)
    planted, expected = [], set()
    for index, (month, number) in enumerate(places):
        cells, code, column = PLANTED[index % len(PLANTED)]
        planted.append((month, number, cells))
        expected.add((code, thai_month(month, short=True), f"{column}{2 + 2 * number}"))
    data = saved(book(year(167, planted)))
    reading = read(data)
    assert reading.records == ()
    # An agreed price that is above the budget is above the offer too.
    found = {one for one in told(reading) if one[0] is not Code.PRICE_ABOVE_OFFER}
    assert found == expected


def test_a_year_without_errors_is_twelve_summaries():
    reading = read(saved(book(year(10))))
    assert told(reading) == []
    assert [summary.month for summary in reading.records] == MONTHS
    assert {len(summary.rows) for summary in reading.records} == {10}
    assert {summary.agency for summary in reading.records} == {"สำนักงานตัวอย่าง"}


# Hostile workbooks


def codes(data):
    return [finding.code for finding in read_xlsx(data)[1]]


def bomb(name, content):
    """Return a workbook with that content in one of its parts."""
    made = saved(may(row()))
    if name == "xl/sharedStrings.xml":
        return added(made, name, content)
    return rewritten(made, lambda each, part: content if each == name else part)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    sheet = b"<worksheet>" + b" " * (33 * 1024 * 1024) + b"</worksheet>"
    started = time.process_time()
    assert codes(bomb("xl/worksheets/sheet1.xml", sheet)) == [Code.FILE_TOO_LARGE]
    assert codes(bomb("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 1_500_000 + b"</sst>")) == [
        Code.FILE_TOO_LARGE
    ]
    assert codes(bomb("xl/styles.xml", b" " * (3 * 1024 * 1024))) == [Code.FILE_TOO_LARGE]
    # Each part is within its bound, and all of them together are not.
    half = b"<worksheet>" + b" " * (17 * 1024 * 1024) + b"</worksheet>"
    two = added(bomb("xl/worksheets/sheet1.xml", half), "xl/worksheets/sheet2.xml", half)
    assert codes(two) == [Code.FILE_TOO_LARGE]
    assert time.process_time() - started < 60
    assert codes(b"\0" * (10 * 1024 * 1024 + 1)) == [Code.FILE_TOO_LARGE]


def test_a_part_that_lies_about_its_size_is_refused():
    data = bytearray(
        bomb("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 9_000_000 + b"</worksheet>")
    )
    with zipfile.ZipFile(BytesIO(bytes(data))) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lied = bytes(data).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert codes(lied) == [Code.FILE_UNREADABLE]


def sheet_with(rows: bytes) -> bytes:
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return bomb(
        "xl/worksheets/sheet1.xml",
        b"<worksheet %s><dimension ref='A1:XFD1048576'/><sheetData>%s</sheetData></worksheet>"
        % (space, rows),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>', [Code.TOO_MANY_ROWS]),
        (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', [Code.TOO_MANY_COLUMNS]),
        (b"<row/>" * 200_000, [Code.TOO_MANY_ROWS]),
        (b"<row>" + b"<c/>" * 610_000 + b"</row>", [Code.TOO_MANY_ROWS]),
        # Only painted, and nothing in them.
        (b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>', []),
    ],
    ids=["far down", "far right", "many rows", "many cells", "only painted"],
)
def test_huge_dimensions_cost_nothing(rows, expected):
    started = time.process_time()
    assert codes(sheet_with(rows)) == expected
    assert time.process_time() - started < 60


def test_merged_ranges_without_end_are_refused():
    data = rewritten(
        saved(may(row())),
        lambda name, part: part.replace(
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>',
        ),
    )
    assert codes(data) == [Code.FILE_TOO_LARGE]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(encoding):
    entities = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    ).encode(encoding)
    assert codes(bomb("xl/sharedStrings.xml", entities)) == [Code.FILE_UNREADABLE]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        saved(may(row()))[:3000],
    ],
)
def test_what_is_no_workbook_is_told(data):
    assert codes(data) == [Code.FILE_UNREADABLE]


def test_a_damaged_part_never_raises():
    good = saved(may(row()))
    chance = random.Random(2562)
    for _ in range(150):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        read(bytes(data))


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/styles.xml"]
)
def test_a_part_of_other_xml_never_raises(name):
    for content in (b"", b"<a/>", b"<a>", b"\xff\xfe", b"<worksheet/>"):
        read(bomb(name, content))
    # A value of the wrong kind for its cell.
    read(sheet_with(b'<row r="x"><c r="A1" t="d"><v>nonsense</v></c></row>'))
    read(sheet_with(b'<row r="1"><c r="A1" t="s"><v>99</v></c></row>'))
