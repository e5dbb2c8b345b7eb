"""The annual procurement plan from CSV, and back."""

import csv
import io

import pytest

from otp_policy.procurement import AnnualPlan, Code, Month
from otp_policy.procurement.annual_plan import read_annual_plan
from otp_policy.procurement.checks import check_annual_plan
from otp_policy.procurement.csv_files import read_csv
from otp_policy.procurement.tables import annual_plan_csv

TITLE = ["แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. ๒๕๖๙"]
HEADINGS = [
    "ลำดับ",
    "รหัสแผนจัดซื้อจัดจ้าง",
    "ชื่อโครงการ",
    "งบประมาณโครงการ (บาท)",
    "คาดว่าจะประกาศจัดซื้อจัดจ้าง (เดือน/ปี)",
]


def project(number=1, **cells):
    row = {
        "sequence": f"{number}",
        "code": f"P681100{number:05}",
        "project": "จ้างพัฒนาระบบ",
        "budget": "2,500,000.00",
        "expected": "11/2568",
    }
    return list({**row, **cells}.values())


def read(*rows, **more):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    grids, findings = read_csv(out.getvalue().encode())
    return read_annual_plan(grids, findings=findings, **more)


def told(reading):
    return [(finding.code, finding.place.cell) for finding in reading.findings]


def only(reading) -> AnnualPlan:
    assert told(reading) == []
    (plan,) = reading.records
    return plan


def test_a_plan_has_its_year_its_agency_and_its_projects():
    plan = only(read(TITLE, ["หน่วยงาน สำนักงานตัวอย่าง"], HEADINGS, project(), project(2)))
    assert (plan.fiscal_year, plan.agency) == (2569, "สำนักงานตัวอย่าง")
    assert [entry.code for entry in plan.entries] == ["P68110000001", "P68110000002"]
    assert (plan.entries[0].budget, plan.entries[0].expected) == (2500000, Month(2025, 11))


def test_a_project_below_the_threshold_has_no_code():
    plan = only(read(TITLE, HEADINGS, project(code="-"), project(2, code="-")))
    assert [entry.code for entry in plan.entries] == ["", ""]


@pytest.mark.parametrize(
    ("cells", "code", "cell"),
    [
        ({"sequence": "2"}, Code.SEQUENCE_BROKEN, "A3"),
        ({"code": ""}, Code.CELL_MISSING, "B3"),
        ({"project": ""}, Code.CELL_MISSING, "C3"),
        ({"project": "จ้าง 1-1017-00230-70-8"}, Code.IDENTITY_NUMBER, "C3"),
        ({"budget": "2.5 ล้าน"}, Code.AMOUNT_UNCLEAR, "D3"),
        ({"expected": "พ.ย. 68"}, Code.YEAR_TWO_DIGITS, "E3"),
        ({"expected": "ไตรมาส 1"}, Code.MONTH_UNCLEAR, "E3"),
    ],
)
def test_one_wrong_cell_is_one_error_and_nothing_is_imported(cells, code, cell):
    reading = read(TITLE, HEADINGS, project(**cells))
    assert told(reading) == [(code, cell)]
    assert reading.records == ()


def test_a_code_is_used_once():
    reading = read(TITLE, HEADINGS, project(), project(2, code="P68110000001"))
    assert told(reading) == [(Code.PLAN_CODE_REPEATED, "B4")]


def test_an_announcement_outside_of_the_year_is_a_warning():
    reading = read(TITLE, HEADINGS, project(expected="10/2569"))
    assert told(reading) == [(Code.EXPECTED_OUTSIDE_YEAR, "E3")]
    assert check_annual_plan(reading.records[0])[0].code is Code.EXPECTED_OUTSIDE_YEAR
    only(read(TITLE, HEADINGS, project(expected="10/2568"), project(2, expected="9/2569")))


def test_a_plan_without_its_year_is_refused_unless_the_year_is_known():
    assert told(read(HEADINGS, project())) == [(Code.FISCAL_YEAR_MISSING, "")]
    assert only(read(HEADINGS, project(), fiscal_year=2569)).fiscal_year == 2569


def test_nothing_planned_is_a_record_and_an_empty_table_is_none():
    plan = only(read(TITLE, HEADINGS, ["ไม่มีแผนการจัดซื้อจัดจ้าง"]))
    assert plan.nothing_planned
    assert told(read(TITLE, HEADINGS)) == [(Code.ROWS_MISSING, "")]
    assert told(read(TITLE, HEADINGS, project(), ["ไม่มีแผนการจัดซื้อจัดจ้าง"])) == [
        (Code.NOTHING_BUT_ROWS, "4")
    ]


@pytest.mark.parametrize("rows", [[project(project="=1+1"), project(2, code="-")], []])
def test_what_is_written_is_read_back_the_same(rows):
    nothing = [] if rows else [["ไม่มีแผนการจัดซื้อจัดจ้าง"]]
    plan = only(read(TITLE, ["สำนักงานตัวอย่าง"], HEADINGS, *rows, *nothing))
    grids, findings = read_csv(annual_plan_csv(plan))
    assert only(read_annual_plan(grids, findings=findings)) == plan
