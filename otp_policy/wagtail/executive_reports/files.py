"""A submitted report as a workbook and as PDF, from what was frozen alone."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext, override

from otp_policy.procurement.tables import TableColumn
from otp_policy.procurement.xlsx_writing import tables_xlsx
from otp_policy.wagtail.typeset import typeset

from .documents import ReportDocument
from .table import Cell, Table

__all__ = ["as_pdf", "as_xlsx"]

_LAYOUT = Path(__file__).with_name("report.typ")
_WIDTHS = (40, 16)


def as_xlsx(document: ReportDocument) -> bytes:
    """Return a workbook: a sheet of what the report is, then one for each table."""
    about: list[Sequence[Cell]] = [*document.facts, (document.title, document.findings)]
    about += [("", line) for line in (*document.missing, *document.closing)]
    columns = [TableColumn(document.office, width=40), TableColumn("", width=100)]
    sheets: list[tuple[str, list[TableColumn], Sequence[Sequence[Cell]]]] = [
        (document.title, columns, about)
    ]
    sheets += [(table.heading, _columns(table), table.rows) for table in document.tables]
    return tables_xlsx(sheets)


def _columns(table: Table) -> list[TableColumn]:
    return [
        TableColumn(heading, width=_WIDTHS[at >= table.texts])
        for at, heading in enumerate(table.columns)
    ]


def as_pdf(document: ReportDocument) -> bytes:
    """
    Return the report as a tagged PDF file, the same bytes for the same report.

    Raises:
        RuntimeError: If no face with Thai letters is set.
    """
    return typeset(_LAYOUT, "report", _said(document))


def _said(document: ReportDocument) -> dict[str, Any]:
    return {
        "language": document.language,
        "office": document.office,
        "title": document.title,
        "facts": document.facts,
        "findings": document.findings.splitlines(),
        "missing": document.missing,
        "closing": document.closing,
        "tables": [_table(table, document.language) for table in document.tables],
    }


def _table(table: Table, language: str) -> dict[str, Any]:
    with override(language):
        charted = gettext("The bars show: %(column)s") % {"column": table.charted}
    return {
        "heading": table.heading,
        "columns": table.columns,
        "texts": table.texts,
        "rows": [[shown(cell) for cell in row] for row in table.rows],
        "chart": table.chart,
        "charted": charted,
    }


def shown(cell: Cell) -> str:
    """Return a cell as it is read: thousands apart, and a dash for what is not known."""
    if cell is None:
        return "–"
    return f"{cell:,}" if isinstance(cell, int | Decimal) else cell
