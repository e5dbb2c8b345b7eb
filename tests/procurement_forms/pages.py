"""Months, plans and stages as an office would have them, for the tests of the forms."""

from typing import Any

from procurement.models import MonthlySummaryPage, SummaryRow
from tests.office import fresh
from tests.pages.samples import publish, summary_row


def month(office: Any, *, rows: list[Any] | None = None, **more: Any) -> Any:
    """Return a draft of the summary of October 2569."""
    usual = {"title": "สรุปผล ตุลาคม 2569", "month": 10, "year": 2569}
    given = [summary_row(), summary_row(2)] if rows is None else rows
    return office.draft(MonthlySummaryPage, rows=given, **{**usual, **more})


def live_month(office: Any, **more: Any) -> Any:
    """Return the live summary of October 2569."""
    return publish(office, month(office, **more))


def corrected(office: Any, page: Any, change: Any) -> Any:
    """Return *page* with a draft in which *change* was made to its rows."""
    draft = fresh(page).get_latest_revision_as_object()
    rows = list(draft.rows.all())
    change(rows)
    draft.set_rows(rows)
    draft.correction_note = f"{draft.correction_note} แก้ไขรายการ"[-900:]
    draft.save_revision(user=office["pr.division-a"])
    return fresh(page)


def many(count: int, *, first: int = 1) -> list[SummaryRow]:
    """Return so many purchases, each with a number and a contract of its own."""
    return [
        summary_row(
            number,
            project_number=f"69109{number:06}",
            contracts=[{"number": f"จ {number}/2570", "signed_on": "2026-10-12"}],
        )
        for number in range(first, first + count)
    ]
