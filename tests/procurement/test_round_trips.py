"""What is written is read back the same, and no text raises anything, over generated forms."""

import csv
import io
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from otp_policy.procurement import (
    AnnualPlan,
    ContractReference,
    Month,
    MonthlySummary,
    Offer,
    PlanEntry,
    SummaryRow,
)
from otp_policy.procurement.annual_plan import read_annual_plan
from otp_policy.procurement.csv_files import harmless, read_csv
from otp_policy.procurement.monthly_summary import read_monthly_summaries
from otp_policy.procurement.tables import annual_plan_csv, monthly_summaries_csv
from otp_policy.procurement.xlsx_files import read_xlsx
from otp_policy.procurement.xlsx_writing import FONT, annual_plan_xlsx, monthly_summaries_xlsx

forms = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# No digits, which could make an identity number, and no first character that numbers a line.
LETTERS = "กขคงจฉชซดตถทนบปพฟมยรลวสหอ่้ำาิเโไabc"
WORDS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["งาน", "=งาน", "+งาน", "@งาน", "'=งาน", "'งาน", 'ซื้อ, "หมึก";ก', "ก\nข"]),
    st.text(LETTERS, max_size=12),
    st.sampled_from(["", ".", " ฉบับที่ 2 ก"]),
)
AMOUNTS = st.integers(0, 10**14).map(lambda satang: Decimal(satang) / 100)
MONTHS = st.builds(Month, st.integers(1960, 2150), st.integers(1, 12))


@st.composite
def rows(draw, sequence, month):
    names = [f"บริษัท {letter} จำกัด" for letter in "กขคง"[: draw(st.integers(1, 4))]]
    bidders = tuple(Offer(name=name, price=draw(AMOUNTS)) for name in names)
    selected = bidders[: draw(st.integers(1, len(bidders)))]
    count = draw(st.sampled_from([0, 1, len(selected)]))
    return SummaryRow(
        sequence=sequence,
        work=draw(WORDS),
        budget=sum((offer.price for offer in selected), Decimal(0)),
        reference_price=draw(st.none() | AMOUNTS),
        method=draw(st.sampled_from(["เฉพาะเจาะจง", "วิธีคัดเลือก", "e-bidding"])),
        bidders=bidders,
        selected=selected,
        reason=draw(WORDS),
        contracts=tuple(
            ContractReference(
                number=f"จ{sequence}-{index}/{month}",
                signed_on=date(month.year, month.month, draw(st.integers(1, 28))),
            )
            for index in range(count)
        ),
        project_number=draw(st.sampled_from(["", "68019000001"])),
    )


@st.composite
def summaries(draw):
    month = draw(MONTHS)
    count = draw(st.integers(0, 4))
    return MonthlySummary(
        month=month,
        agency=draw(st.sampled_from(["", "สำนักงานตัวอย่าง", "กอง ก สำนัก ข"])),
        rows=tuple(draw(rows(number, month)) for number in range(1, count + 1)),
        nothing_to_report=not count,
    )


@st.composite
def plans(draw):
    year = draw(st.integers(2520, 2600))
    count = draw(st.integers(0, 4))
    return AnnualPlan(
        fiscal_year=year,
        agency=draw(st.sampled_from(["", "สำนักงานตัวอย่าง"])),
        entries=tuple(
            PlanEntry(
                sequence=number,
                code=draw(st.sampled_from(["", f"P{number}"])),
                project=draw(WORDS),
                budget=draw(AMOUNTS),
                expected=Month(year - 543, draw(st.integers(1, 9))),
            )
            for number in range(1, count + 1)
        ),
        nothing_planned=not count,
    )


def distinct(found):
    return list(
        {summary.month: summary for summary in sorted(found, key=lambda one: one.month)}.values()
    )


@forms
@given(st.lists(summaries(), min_size=1, max_size=3).map(distinct))
@pytest.mark.parametrize(
    ("write", "read"), [(monthly_summaries_csv, read_csv), (monthly_summaries_xlsx, read_xlsx)]
)
def test_summaries_come_back_the_same(write, read, found):
    grids, findings = read(write(found))
    reading = read_monthly_summaries(grids, findings=findings)
    assert reading.findings == ()
    assert list(reading.records) == found


@forms
@given(plans())
@pytest.mark.parametrize(
    ("write", "read"), [(annual_plan_csv, read_csv), (annual_plan_xlsx, read_xlsx)]
)
def test_a_plan_comes_back_the_same(write, read, plan):
    grids, findings = read(write(plan))
    reading = read_annual_plan(grids, findings=findings)
    assert reading.findings == ()
    assert reading.records == (plan,)


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "", "-", "ลำดับที่", "งานที่จัดซื้อหรือจัดจ้าง", "วงเงิน", "ราคากลาง", "วิธีซื้อหรือจ้าง",
            "ผู้เสนอราคา", "ราคาที่เสนอ", "ผู้ได้รับการคัดเลือก", "ราคาที่ตกลง", "เหตุผล",
            "เลขที่สัญญา", "วันที่สัญญา", "เดือน", "รอบเดือน พฤษภาคม 2562", "1", "2", "๓", "1,000",
            "9,500 บาท", "3/5/2562", "31/2/2562", "ไม่มีการจัดซื้อจัดจ้าง", "รวม", "รหัสแผน", "โครงการ",
            "คาดว่าจะประกาศ", "งบประมาณ", "ปีงบประมาณ 2569", "พ.ค. 2562",
        ]
    ),
)  # fmt: skip
HEAD = [
    "ลำดับที่", "งานที่จัดซื้อ", "วงเงิน", "ราคากลาง", "วิธี", "ผู้เสนอราคาและราคา",
    "ผู้ได้รับการคัดเลือกและราคา", "เหตุผล", "เลขที่และวันที่",
]  # fmt: skip


def judged(grids, findings):
    """Read both forms, and hold that nothing is half read."""
    for reading in (
        read_monthly_summaries(grids, findings=findings),
        read_annual_plan(grids, findings=findings),
    ):
        has_error = any(not finding.is_warning for finding in reading.findings)
        assert bool(reading.records) is not has_error


@settings(forms, max_examples=300)
@given(st.lists(st.lists(CELLS, max_size=13), max_size=8), st.booleans())
def test_any_table_is_read_or_told(table, has_head):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEAD, *table] if has_head else table)
    judged(*read_csv(out.getvalue().encode("utf-8", "surrogatepass")))


@settings(forms, max_examples=300)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_told(data):
    judged(*read_csv(data))
    judged(*read_xlsx(data))


@settings(forms, max_examples=200)
@given(st.text("=+-@'\t\r กa1＝", max_size=8))
def test_no_written_text_runs_and_each_comes_back(text):
    written = harmless(text)
    assert written.lstrip(" \u00a0")[:1] not in set("=+-@\t\r＝＋－＠") or not written
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(["x", written])
    (grid,), _ = read_csv(out.getvalue().encode())
    assert grid.lines[0].cells.get(2, "") == (text if text.strip() else "")


def test_a_workbook_is_fit_for_printing_and_none_of_its_texts_is_a_formula():
    row = SummaryRow(
        sequence=1,
        work="=HYPERLINK(1)",
        budget=Decimal(1000),
        reference_price=None,
        method="เฉพาะเจาะจง",
        bidders=(Offer(name="+บริษัท ก จำกัด", price=Decimal("999.5")),),
        selected=(Offer(name="+บริษัท ก จำกัด", price=Decimal("999.5")),),
        reason="@",
        contracts=(ContractReference(number="-1/2562", signed_on=date(2019, 5, 3)),),
    )
    data = monthly_summaries_xlsx(
        [
            MonthlySummary(month=Month(2019, 5), agency="สำนักงาน", rows=(row,)),
            MonthlySummary(month=Month(2019, 6), nothing_to_report=True),
        ]
    )
    book = load_workbook(BytesIO(data))
    assert book.sheetnames == ["พ.ค. 2562", "มิ.ย. 2562"]
    sheet = book["พ.ค. 2562"]
    cells = [cell for line in sheet.iter_rows() for cell in line]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {cell.font.name for cell in cells if cell.value is not None} == {FONT}
    assert sheet["B5"].quotePrefix
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A5", "$3:$4")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert (sheet["C5"].number_format, sheet["C5"].value) == ("#,##0.00", 1000)
    assert sheet["L5"].value.date() == date(2019, 5, 3)
    assert "bbbb" in sheet["L5"].number_format
    assert "F3:G3" in {str(merged) for merged in sheet.merged_cells.ranges}


def test_a_workbook_has_one_sheet_for_each_month():
    one = MonthlySummary(month=Month(2019, 5), nothing_to_report=True)
    for found in ([], [one, one]):
        with pytest.raises(ValueError, match="one sheet"):
            monthly_summaries_xlsx(found)
