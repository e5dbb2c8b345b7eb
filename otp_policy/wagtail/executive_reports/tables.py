"""
The figures as tables in the reader's language: one list for the screen, the files and the page.

Nothing is counted here, and no query is asked: names and numbers are those of the figures.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy.reporting import WHOLE_YEAR

from . import other_tables
from .table import Cell, Table, both, named
from .words import MISSING_PARTS

__all__ = ["missing_parts", "tables_of"]

_MINUTES_IN_AN_HOUR = 60


def tables_of(figures: dict[str, Any], *, quarter: int = WHOLE_YEAR) -> list[Table]:
    """Return every table of *figures* in the active language; what is not installed is left out."""
    makers: list[Callable[[dict[str, Any]], Table | None]] = [
        _summary,
        *([_by_quarter] if quarter == WHOLE_YEAR else []),
        _by_unit,
        _by_category,
        _by_both,
        other_tables.standing,
        other_tables.requests,
        other_tables.information,
        other_tables.outcomes,
        other_tables.use,
        other_tables.use_by_category,
        other_tables.channels,
    ]
    return [table for make in makers if (table := make(figures)) is not None]


def missing_parts(figures: dict[str, Any]) -> list[str]:
    """Return a sentence for each part that could not be counted here."""
    return [str(MISSING_PARTS[name]) for name in figures["absent"]]


_ITEM_COLUMNS = {
    "made": _("Updates made"),
    "published": _("Published for the first time"),
    "updated": _("Updated"),
    "attested": _("Attested as still right"),
    "missed": _("Reviews missed"),
    "corrected": _("Corrections"),
    "withdrawn": _("Withdrawn"),
    "late": _("Late"),
    "draft_minutes_median": _("Median time from draft to public (hours)"),
}


# Where these two stand in a table whose first column is words.
_MADE_AND_MISSED = (1, 5)
_MADE = ("published", "updated", "attested")


def _item_row(row: dict[str, Any]) -> tuple[Cell, ...]:
    row = row | {"made": sum(row[name] for name in _MADE)}
    return tuple(
        hours(row[name]) if name.startswith("draft_minutes") else row[name]
        for name in _ITEM_COLUMNS
    )


def _item_heads(*first: str) -> tuple[str, ...]:
    return (*first, *(str(name) for name in _ITEM_COLUMNS.values()))


def hours(minutes: int | None) -> Decimal | None:
    """Return minutes as hours, to the tenth."""
    if minutes is None:
        return None
    return (Decimal(minutes) / _MINUTES_IN_AN_HOUR).quantize(Decimal("0.1"))


def _summary(figures: dict[str, Any]) -> Table:
    total = figures["items"]["total"]
    rows: list[tuple[str, Cell]] = [
        (str(name), value)
        for name, value in zip(_ITEM_COLUMNS.values(), _item_row(total), strict=True)
    ]
    rows += [
        (gettext("Corrections that were material"), total["material"]),
        (
            gettext("Longest time from draft to public (hours)"),
            hours(total["draft_minutes_longest"]),
        ),
        (gettext("Longest lateness (minutes)"), total["late_minutes_longest"]),
        (gettext("Readers' reports of errors"), total["reported"]),
    ]
    rows += _summary_of_others(figures)
    return Table(
        code="summary",
        heading=gettext("Key figures"),
        columns=(gettext("What is counted"), gettext("How many")),
        rows=tuple(rows),
    )


def _summary_of_others(figures: dict[str, Any]) -> list[tuple[str, Cell]]:
    rows: list[tuple[str, Cell]] = []
    if figures["requests"] is not None:
        asked = figures["requests"]
        rows.append((gettext("Update requests sent"), _sum(asked, "asked")))
        rows.append((gettext("Update requests met in time"), _sum(asked, "met_in_time")))
    if figures["information"] is not None:
        found = figures["information"]
        rows.append((gettext("Requests for information received"), found["received"]))
        rows.append((gettext("Requests for information answered in time"), found["closed_in_time"]))
    if figures["use"] is not None:
        totals = figures["use"]["totals"]
        rows += [
            (gettext("Pages read"), totals["view"]),
            (gettext("Files downloaded"), totals["download"]),
            (gettext("Searches"), totals["search"]),
            (gettext("Searches without a result"), totals["found_nothing"]),
        ]
    if figures["channels"] is not None:
        rows.append((gettext("Messages on channels"), _sum(figures["channels"], "sent")))
        rows.append((gettext("Failures of channels"), _sum(figures["channels"], "failures")))
    return rows


def _sum(rows: Iterable[dict[str, Any]], name: str) -> int:
    return sum(row[name] or 0 for row in rows)


def _by_quarter(figures: dict[str, Any]) -> Table:
    rows = figures["items"]["quarters"]
    return Table(
        code="quarters",
        heading=gettext("By quarter"),
        columns=_item_heads(gettext("Quarter")),
        rows=tuple(
            (gettext("Quarter %(number)s") % {"number": row["quarter"]}, *_item_row(row))
            for row in rows
        ),
        bars=_MADE_AND_MISSED,
    )


def _by_unit(figures: dict[str, Any]) -> Table:
    rows = figures["items"]["units"]
    return Table(
        code="units",
        heading=gettext("By division"),
        columns=_item_heads(gettext("Division")),
        rows=tuple((named(figures, "units", row["unit"]), *_item_row(row)) for row in rows),
        bars=_MADE_AND_MISSED,
    )


def _by_category(figures: dict[str, Any]) -> Table:
    rows = figures["items"]["categories"]
    return Table(
        code="categories",
        heading=gettext("By category"),
        columns=_item_heads(gettext("Category")),
        rows=tuple(
            (named(figures, "categories", row["category"]), *_item_row(row)) for row in rows
        ),
        bars=_MADE_AND_MISSED,
    )


def _by_both(figures: dict[str, Any]) -> Table:
    rows = figures["items"]["cells"]
    return Table(
        code="cells",
        heading=gettext("By division and category"),
        columns=_item_heads(gettext("Division"), gettext("Category")),
        rows=tuple((*both(figures, row), *_item_row(row)) for row in rows),
    )
