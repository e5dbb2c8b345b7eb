"""Step 2: the calendar of agreed and proposed times, by month and as a list."""

import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.views.decorators.http import require_GET

from ..calendar_entries import (
    Day,
    month_entries,
    next_month,
    previous_month,
    weeks_of,
)
from ..conf import current_policy, office_day
from ..models.choices import channel_choices

_MONTH = re.compile(r"(\d{4})-(\d{2})")


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the times of one month, on all channels or on one."""
    first = _month(request.GET.get("month", ""))
    channel = request.GET.get("channel", "")
    if channel not in current_policy().channels:
        channel = ""
    entries = month_entries(first, request.user, channel=channel)
    weeks = weeks_of(first, entries, begins_on=_first_weekday())
    return render(
        request,
        "otp_policy/calendar.html",
        {
            "first": first,
            "channel": channel,
            "channels": channel_choices(),
            "as_list": request.GET.get("view") == "list",
            "weeks": weeks,
            "days": _days_to_list(weeks),
            "previous": previous_month(first),
            "next": next_month(first),
            "clashing": sum(1 for entry in entries if entry.clash),
            "today": office_day(),
        },
    )


def _month(asked: str) -> date:
    """Return the first day of the month that was asked for, or of this one."""
    found = _MONTH.fullmatch(asked)
    if found and 1 <= int(found[2]) <= 12 and 1900 <= int(found[1]) <= 9000:
        return date(int(found[1]), int(found[2]), 1)
    return office_day().replace(day=1)


def _first_weekday() -> int:
    # Django counts the days of a week from Sunday, Python from Monday.
    return (int(formats.get_format("FIRST_DAY_OF_WEEK")) - 1) % 7


def _days_to_list(weeks: list[list[Day]]) -> list[Any]:
    return [day for week in weeks for day in week if day.in_month and (day.entries or day.holiday)]
