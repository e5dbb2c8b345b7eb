"""How fresh everything is: by division, by category, as a list, and as files."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from otp_policy.freshness import FreshnessState
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.disclosure.rows import harmless_cell
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import category_choices, label_of

from ..access import of_the_office
from ..reckoning import catch_up
from ..report import COLUMNS, Filters, chosen, columns, count_of, rows_of
from ..requests import counts_of_requests
from ..standing import Cell, gaps, matrix, total, totals
from ..words import STATES

ROWS_A_PAGE = 50
# More cells than a spreadsheet program takes kindly, and than a server should hold at once.
MOST_ROWS_OF_WORKBOOK = 20_000


@require_GET
@of_the_office
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show how many items stand how, by division and category, and what is missing altogether."""
    screen = _Screen(request)
    parts = {
        "by_unit": screen.lines("unit_id", {unit.pk: unit for unit in screen.units}),
        "by_category": screen.lines("category", dict(category_choices())),
        "requests": counts_of_requests(
            screen.on, unit=screen.filters.unit, category=screen.filters.category
        ),
        "gaps": [] if screen.filters.unit else gaps(screen.cells, screen.on),
    }
    return render(request, "otp_policy/monitoring/dashboard.html", parts | screen.context())


@require_GET
@of_the_office
def matrix_of_divisions(request: HttpRequest) -> HttpResponse:
    """Show every division against every category: how many items are late, of how many."""
    screen = _Screen(request)
    parts = {"categories": category_choices(), "lines": screen.crossed()}
    return render(request, "otp_policy/monitoring/matrix.html", parts | screen.context())


@require_GET
@of_the_office
def report(request: HttpRequest) -> HttpResponse:
    """List the items, what was due first at the head."""
    screen = _Screen(request)
    items = chosen(screen.filters, screen.on)
    pages = _Counted(count_of(screen.counts, screen.filters.state), ROWS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    begin = (page.number - 1) * ROWS_A_PAGE
    rows = list(rows_of(items, screen.on, begin=begin, end=begin + ROWS_A_PAGE))
    context = screen.context() | {"rows": rows, "page_of_rows": page}
    return render(request, "otp_policy/monitoring/report.html", context)


@require_GET
@of_the_office
def report_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Give the report away as CSV, row by row."""
    screen = _Screen(request)
    lines = (row.values() for row in rows_of(chosen(screen.filters, screen.on), screen.on))
    response = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    return _as_file(response, f"freshness-{screen.on}.csv")


@require_GET
@of_the_office
def report_xlsx(request: HttpRequest) -> HttpResponse:
    """Give the report away as a workbook; too many rows for one are refused, with the way out."""
    from otp_policy.procurement.xlsx_writing import table_xlsx
    from otp_policy.wagtail.procurement_forms.exports import XLSX

    screen = _Screen(request)
    count = count_of(screen.counts, screen.filters.state)
    if count > MOST_ROWS_OF_WORKBOOK:
        said = _(
            "These are %(count)d rows; a workbook takes %(most)d. Narrow the report, or take CSV."
        )
        text = said % {"count": count, "most": MOST_ROWS_OF_WORKBOOK}
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    lines = (row.values() for row in rows_of(chosen(screen.filters, screen.on), screen.on))
    content = table_xlsx(_("Freshness"), columns(), lines)
    return _as_file(HttpResponse(content, content_type=XLSX), f"freshness-{screen.on}.xlsx")


class _Screen:
    """What every screen of the monitoring asks first: the day, the filters, and the counts."""

    def __init__(self, request: HttpRequest) -> None:
        catch_up()
        self.on = office_day()
        self.units = list(Unit.objects.all())
        self.filters = Filters.of(request.GET, self.units)

    @cached_property
    def cells(self) -> list[Cell]:
        return matrix(chosen(self.filters, self.on, with_state=False), self.on)

    @cached_property
    def counts(self) -> dict[FreshnessState, int]:
        """How many items stand how, in whatever state; by the cells, if they are there already."""
        is_narrow = self.filters.unit is not None or bool(self.filters.category)
        if is_narrow or "cells" in vars(self):
            return total(self.cells)
        return totals(self.on)

    def context(self) -> dict[str, Any]:
        counts = self.counts
        return {
            "on": self.on,
            "filters": self.filters,
            "query": urlencode(self.filters.as_query()),
            "units": self.units,
            "category_choices": category_choices(),
            "states": [
                (state, label, counts[state], self._link(state=state))
                for state, label in STATES.items()
            ],
            "count": sum(counts.values()),
        }

    def lines(self, name: str, labels: dict[Any, Any]) -> list[dict[str, Any]]:
        """Return the counts by one column of the cells, those with the most overdue first."""
        found: dict[Any, list[Cell]] = {}
        for cell in self.cells:
            found.setdefault(getattr(cell, name), []).append(cell)
        lines = [
            {
                "label": labels.get(key) or label_of("categories", str(key)),
                "link": self._link(
                    **({"unit": labels.get(key)} if name == "unit_id" else {"category": key})
                ),
                "counts": [(state, count) for state, count in total(cells).items()],
                "overdue": total(cells)[FreshnessState.OVERDUE],
                "count": sum(total(cells).values()),
            }
            for key, cells in found.items()
        ]
        return sorted(lines, key=lambda line: (-line["overdue"], str(line["label"])))

    def crossed(self) -> list[dict[str, Any]]:
        """Return a line for each division with its counts in each category of the policy."""
        found: dict[tuple[int, str], list[Cell]] = {}
        for cell in self.cells:
            found.setdefault((cell.unit_id, cell.category), []).append(cell)
        there = {unit_id for unit_id, _category in found}
        return [
            {
                "unit": unit,
                "cells": [
                    {
                        "counts": total(found.get((unit.pk, code), [])),
                        "overdue": total(found.get((unit.pk, code), []))[FreshnessState.OVERDUE],
                        "count": sum(total(found.get((unit.pk, code), [])).values()),
                        "link": self._link(unit=unit, category=code),
                    }
                    for code, _label in category_choices()
                ],
            }
            for unit in self.units
            if unit.pk in there
        ]

    def _link(self, **more: Any) -> str:
        return urlencode(replace(self.filters, **more).as_query())


class _Counted(Paginator):
    """Pages of rows that were counted already."""

    def __init__(self, count: int, per_page: int) -> None:
        super().__init__(range(count), per_page)


class _Echo:
    def write(self, value: str) -> str:
        return value


def _csv(lines: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # A mark at its head lets spreadsheets read the Thai.
    yield "\ufeff" + writer.writerow(list(COLUMNS))
    for line in lines:
        yield writer.writerow([harmless_cell(value) for value in line])


def _as_file(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
