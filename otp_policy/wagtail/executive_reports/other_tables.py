"""The tables of what is not counted by item: standing, requests, use and channels."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.wording import office_month

from .table import Table, both, named
from .words import OUTCOMES

__all__ = ["channels", "information", "outcomes", "requests", "standing", "use", "use_by_category"]


def standing(figures: dict[str, Any]) -> Table | None:
    names = {
        "current": _("Up to date"),
        "due_soon": _("Due for review soon"),
        "overdue": _("Review overdue"),
        "missing": _("Never published"),
    }
    heading = gettext("How the items stood when they were counted")
    return _crossed("standing", heading, figures, names, bars=(4,))


def requests(figures: dict[str, Any]) -> Table | None:
    names = {
        "asked": _("Asked for"),
        "met_in_time": _("Met in time"),
        "met_late": _("Met late"),
        "called_off": _("Called off"),
        "open": _("Open"),
        "late": _("Open, and late"),
    }
    return _crossed("requests", gettext("Update requests to divisions"), figures, names, bars=(2,))


def _crossed(
    part: str, heading: str, figures: dict[str, Any], names: dict[str, Any], *, bars: int
) -> Table | None:
    """Return a table of rows that name division and category."""
    if figures[part] is None:
        return None
    return Table(
        code=part,
        heading=heading,
        columns=(gettext("Division"), gettext("Category"), *map(str, names.values())),
        rows=tuple((*both(figures, row), *(row[name] for name in names)) for row in figures[part]),
        bars=bars,
    )


def information(figures: dict[str, Any]) -> Table | None:
    found = figures["information"]
    if found is None:
        return None
    words: dict[str, Any] = {
        "received": _("Received"),
        "closed_in_time": _("Answered in time"),
        "closed_late": _("Answered late"),
        "open": _("Open, in time"),
        "open_late": _("Open, and late"),
        "days_median": _("Median time until answered (days)"),
        "days_longest": _("Longest time until answered (days)"),
    }
    return Table(
        code="information",
        heading=gettext("Requests for information"),
        columns=(gettext("What is counted"), gettext("How many")),
        rows=tuple((str(words[name]), found[name]) for name in words),
    )


def outcomes(figures: dict[str, Any]) -> Table | None:
    found = figures["information"]
    if found is None or not found["outcomes"]:
        return None
    return _pairs(
        "outcomes",
        gettext("How requests for information ended"),
        (gettext("Outcome"), gettext("How many")),
        [(str(OUTCOMES.get(code, code)), number) for code, number in found["outcomes"].items()],
    )


def use(figures: dict[str, Any]) -> Table | None:
    if figures["use"] is None:
        return None
    names: dict[str, Any] = {
        "view": _("Pages read"),
        "download": _("Files downloaded"),
        "search": _("Searches"),
        "found_nothing": _("Searches without a result"),
    }
    return Table(
        code="use",
        heading=gettext("Use of the website by month"),
        columns=(gettext("Month"), *(str(name) for name in names.values())),
        rows=tuple(
            (_month(row["month"]), *(row[name] for name in names))
            for row in figures["use"]["months"]
        ),
        bars=(1,),
    )


def _month(code: str) -> str:
    return office_month(date.fromisoformat(f"{code}-01"))


def use_by_category(figures: dict[str, Any]) -> Table | None:
    if figures["use"] is None:
        return None
    return _pairs(
        "use_categories",
        gettext("Pages read by category"),
        (gettext("Category"), gettext("Pages read")),
        [
            (named(figures, "categories", row["category"]), row["view"])
            for row in figures["use"]["categories"]
        ],
    )


def channels(figures: dict[str, Any]) -> Table | None:
    if figures["channels"] is None:
        return None
    names: dict[str, Any] = {
        "owed": _("Messages owed"),
        "sent": _("Sent"),
        "stuck": _("Held, failed or unknown"),
        "posted": _("Posted by hand"),
        "failures": _("Failed attempts"),
        "reached": _("Reached"),
        "saw": _("Saw it"),
        "followed": _("Followed its link"),
    }
    return Table(
        code="channels",
        heading=gettext("LINE, Facebook and other channels"),
        columns=(gettext("Channel"), *(str(name) for name in names.values())),
        rows=tuple(
            (named(figures, "channels", row["channel"]), *(row[name] for name in names))
            for row in figures["channels"]
        ),
        bars=(2,),
    )


def _pairs(
    code: str, heading: str, columns: tuple[str, str], rows: Sequence[tuple[str, int]]
) -> Table:
    return Table(code=code, heading=heading, columns=columns, rows=tuple(rows), bars=(1,))
