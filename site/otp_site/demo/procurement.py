"""Examples of procurement forms, marked as such: no purchase of any office stands behind them."""

from datetime import date
from decimal import Decimal
from typing import Any

from otp_policy.procurement import (
    AnnualPlan,
    ContractReference,
    Month,
    MonthlySummary,
    Offer,
    PlanEntry,
    SummaryRow,
)
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.procurement_forms.imports import fill
from procurement.models import AnnualPlanPage, MonthlySummaryPage

EXAMPLE = "ตัวอย่างเพื่อทดลองระบบ ไม่ใช่ข้อมูลการจัดซื้อจัดจ้างจริง"
EXAMPLE_EN = "An example to try the system with. No purchase of any office stands behind it."


def procurement_examples() -> list[Any]:
    """Return a plan of the fiscal year and the summary of last month, not saved yet."""
    month = _month_before(office_day())
    plan = AnnualPlanPage(
        title=f"ตัวอย่าง: แผนการจัดซื้อจัดจ้าง ประจำปีงบประมาณ พ.ศ. {month.fiscal_year}",
        title_en=f"Example: annual procurement plan, fiscal year {month.fiscal_year - 543}",
        slug=f"example-plan-{month.fiscal_year}",
        summary=EXAMPLE,
        summary_en=EXAMPLE_EN,
    )
    fill(plan, _plan(month))
    summary = MonthlySummaryPage(
        title="ตัวอย่าง: สรุปผลการจัดซื้อจัดจ้างรายเดือน (สขร.1)",
        title_en="Example: monthly procurement summary",
        slug=f"example-summary-{month}",
        summary=EXAMPLE,
        summary_en=EXAMPLE_EN,
    )
    fill(summary, _summary(month))
    return [plan, summary]


def _month_before(day: date) -> Month:
    return Month(day.year, day.month - 1) if day.month > 1 else Month(day.year - 1, 12)


def _plan(month: Month) -> AnnualPlan:
    named = (
        ("ตัวอย่าง-001", "ตัวอย่าง ซื้อเครื่องคอมพิวเตอร์พร้อมอุปกรณ์", 1_500_000),
        ("ตัวอย่าง-002", "ตัวอย่าง จ้างปรับปรุงระบบสารสนเทศ", 2_400_000),
        ("", "ตัวอย่าง จ้างพิมพ์รายงานประจำปี", 180_000),
    )
    entries = tuple(
        PlanEntry(sequence=at, code=code, project=project, budget=Decimal(budget), expected=month)
        for at, (code, project, budget) in enumerate(named, start=1)
    )
    return AnnualPlan(fiscal_year=month.fiscal_year, entries=entries)


def _summary(month: Month) -> MonthlySummary:
    rows = (
        _row(1, month, "ตัวอย่าง จ้างทำความสะอาดอาคาร", ("9400.00", "9900.50")),
        _row(2, month, "ตัวอย่าง ซื้อวัสดุสำนักงาน", ("24800.00",)),
        _row(3, month, "ตัวอย่าง จ้างพิมพ์เอกสารเผยแพร่", ("47500.00", "48000.00", "49950.00")),
    )
    return MonthlySummary(month=month, rows=rows)


def _row(number: int, month: Month, work: str, prices: tuple[str, ...]) -> SummaryRow:
    bidders = tuple(
        Offer(name=f"ผู้เสนอราคาตัวอย่าง {letter}", price=Decimal(price))
        for letter, price in zip("กขค", prices, strict=False)
    )
    return SummaryRow(
        sequence=number,
        work=work,
        budget=Decimal(50_000),
        reference_price=bidders[0].price,
        method="เฉพาะเจาะจง",
        bidders=bidders,
        selected=bidders[:1],
        reason="เสนอราคาต่ำสุดและอยู่ในวงเงิน",
        contracts=(
            ContractReference(
                number=f"ตัวอย่าง {number}/{month.fiscal_year}",
                signed_on=date(month.year, month.month, 5 * number),
            ),
        ),
    )
