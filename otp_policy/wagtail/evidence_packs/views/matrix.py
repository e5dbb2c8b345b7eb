"""The completeness matrix of a year: as a screen, and as the rows that are typed into the form."""

import csv
import io
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from otp_policy.assessing import Answer
from otp_policy.procurement.tables import TableColumn
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.disclosure.rows import harmless_cell
from otp_policy.wagtail.monitoring.access import of_the_office

from ..access import may_keep
from ..matrix import MatrixRow, matrix_of, rows_of_years
from ..models import InstrumentYear
from ..words import ANSWERS, NOT_CHECKED, answer_label
from .frames import as_file, year_of_request

COLUMNS = {
    "item": (gettext_lazy("Item of the assessment"), 8),
    "heading": (gettext_lazy("Heading"), 48),
    "answer": (gettext_lazy("Answer"), 20),
    "url": (gettext_lazy("Address"), 60),
    "explanation": (gettext_lazy("Explanation"), 48),
    "checked": (gettext_lazy("Checked against the form of the year"), 24),
}


@require_GET
@of_the_office
def matrix(request: HttpRequest) -> HttpResponse:
    """Show every item of a year's assessment with how the office stands on it."""
    everything = rows_of_years()
    years = list({row.instrument_id: row.instrument for row in everything}.values())
    year, on = year_of_request(request, years), office_day()
    rows = matrix_of(year, everything, on=on) if year else []
    state = _state_of(request)
    counts = Counter(row.answer for row in rows)
    return render(
        request,
        "otp_policy/evidence_packs/matrix.html",
        {
            "years": years,
            "year": year,
            "on": on,
            "rows": [_shown(row) for row in rows if state in (None, row.answer)],
            "states": [
                (code, label, counts[code], _query(year, code)) for code, label in ANSWERS.items()
            ],
            "state": state,
            "count": len(rows),
            "unchecked": sum(not row.row.is_checked for row in rows),
            "query": _query(year, state),
            "may_keep": may_keep(request.user),
        },
    )


@require_GET
@of_the_office
def matrix_csv(request: HttpRequest, year_id: int) -> HttpResponse:
    """Give the rows away as CSV; a mark at its head lets spreadsheets read the Thai."""
    year = get_object_or_404(InstrumentYear, pk=year_id)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(str(name) for name, _width in COLUMNS.values())
    for line in _lines(request, year):
        writer.writerow([harmless_cell(value) for value in line])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    return as_file(response, f"assessment-{year.fiscal_year}.csv")


@require_GET
@of_the_office
def matrix_xlsx(request: HttpRequest, year_id: int) -> HttpResponse:
    """Give the rows away as a workbook."""
    from otp_policy.procurement.xlsx_writing import table_xlsx
    from otp_policy.wagtail.procurement_forms.exports import XLSX

    year = get_object_or_404(InstrumentYear, pk=year_id)
    columns = [TableColumn(heading=str(name), width=width) for name, width in COLUMNS.values()]
    content = table_xlsx(_("Assessment"), columns, _lines(request, year))
    return as_file(HttpResponse(content, content_type=XLSX), f"assessment-{year.fiscal_year}.xlsx")


def _lines(request: HttpRequest, year: InstrumentYear) -> list[list[str]]:
    state = _state_of(request)
    rows = matrix_of(year, rows_of_years(), on=office_day())
    return [_line(row) for row in rows if state in (None, row.answer)]


def _line(row: MatrixRow) -> list[str]:
    return [
        row.row.code,
        row.row.label,
        answer_label(row.answer),
        row.url,
        row.explanation,
        "" if row.row.is_checked else str(NOT_CHECKED),
    ]


def _shown(row: MatrixRow) -> dict[str, Any]:
    return {"one": row, "row": row.row, "label": answer_label(row.answer)}


def _state_of(request: HttpRequest) -> Answer | None:
    return {str(answer): answer for answer in Answer}.get(request.GET.get("state", ""))


def _query(year: InstrumentYear | None, state: Answer | None) -> str:
    return urlencode({"year": year.pk if year else "", "state": str(state or "")})
