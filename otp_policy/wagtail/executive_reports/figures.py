"""All figures of a period as plain values that canonical JSON takes, with the names in them."""

from datetime import date
from typing import Any

from otp_policy.entries import Entry
from otp_policy.reporting import WHOLE_YEAR, FiscalPeriod
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import Unit

from . import other_figures
from .item_figures import count_items
from .tallies import Tallies

__all__ = ["figures_of"]

RECIPE = 1
"""Grows when what is counted, or where it stands, changes; old submissions keep theirs."""


def figures_of(period: FiscalPeriod, *, on: date | None = None) -> dict[str, Any]:
    """
    Return the figures of *period* as they are known on the day *on*, by default today.

    Thirteen queries, however many items there are. What an app that is not installed
    would tell is None, and `absent` names it.
    """
    on = on or office_day()
    tallies = count_items(period, on=on)
    others = {
        "standing": other_figures.standing(on),
        "requests": other_figures.requests(period, on),
        "information": other_figures.information(period, on),
        "use": other_figures.use(period),
        "channels": other_figures.channels(period),
    }
    return {
        "recipe": RECIPE,
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "counted_on": on.isoformat(),
        "items": _items(tallies, period),
        **others,
        "absent": sorted(name for name, found in others.items() if found is None),
        "names": _names(),
    }


def _items(tallies: Tallies, period: FiscalPeriod) -> dict[str, Any]:
    quarters = range(1, 5) if period.quarter == WHOLE_YEAR else (period.quarter,)
    return {
        "total": tallies.total.as_json(),
        "quarters": [
            {"quarter": quarter, **tallies.quarters[quarter].as_json()} for quarter in quarters
        ],
        "units": [
            {"unit": unit, **tally.as_json()} for unit, tally in sorted(tallies.units.items())
        ],
        "categories": [
            {"category": code, **tallies.categories[code].as_json()}
            for code in _in_order(tallies.categories)
        ],
        "cells": [
            {"unit": unit, "category": category, **tally.as_json()}
            for (unit, category), tally in sorted(tallies.cells.items())
        ],
    }


def _in_order(found: dict[str, Any]) -> list[str]:
    """Return the categories of the policy in its order, then what has none of them."""
    known = list(current_policy().categories)
    return [*known, *sorted(found.keys() - set(known))]


def _names() -> dict[str, dict[str, dict[str, str]]]:
    """Return what each code is called: a unit may have another name in some years."""
    policy = current_policy()
    units = Unit.objects.values_list("code", "name_th", "name_en")
    return {
        "units": {code: {"th": thai, "en": english or thai} for code, thai, english in units},
        "categories": _labels(policy.categories.items()),
        "channels": _labels(policy.channels.items()),
    }


def _labels(entries: Any) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    entry: Entry
    for code, entry in entries:
        found[code] = {"th": entry.label.th, "en": entry.label.en}
    return found
