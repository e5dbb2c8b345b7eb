"""The periods of this office: by its policy's fiscal year, in its time zone, in words."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import get_language, gettext

from otp_policy.entries import Report as ReportEntry
from otp_policy.reporting import QUARTERS, WHOLE_YEAR, FiscalPeriod
from otp_policy.wagtail.conf import (
    BUDDHIST_ERA_OFFSET,
    current_policy,
    office_day,
    office_timezone,
)

__all__ = ["Bounds", "bounds", "name_of", "period", "report_entry", "this_year", "year_name"]


def report_entry(on: date | None = None) -> ReportEntry | None:
    """Return the report to the executives that the policy asks for on a day, or None."""
    on = on or office_day()
    policy = current_policy()
    if not policy.is_in_force(on):
        return None
    return next((entry for entry in policy.document.report if entry.holds(on)), None)


def starts_month(on: date | None = None) -> int:
    """Return the month on whose first day a fiscal year begins."""
    return current_policy().calendar(on=on or office_day()).fiscal_year_starts_month


def period(year: int, quarter: int = WHOLE_YEAR) -> FiscalPeriod:
    """
    Return a period of the fiscal year that ends in the common year *year*.

    Raises:
        ValueError: If there is none.
    """
    return FiscalPeriod.of(year, quarter, starts_month=starts_month())


def this_year(on: date | None = None) -> FiscalPeriod:
    """Return the fiscal year of a day, by default of today."""
    on = on or office_day()
    return FiscalPeriod.year_with(on, starts_month=starts_month(on))


@dataclass(frozen=True, slots=True)
class Bounds:
    """A period as instants: from `since` on, and before `until`; and as days, both included."""

    since: datetime
    until: datetime
    first: date
    last: date


def bounds(of: FiscalPeriod) -> Bounds:
    """Return where a period begins and ends, at midnight in the office's time zone."""
    zone = office_timezone()
    since = datetime.combine(of.first, time.min, tzinfo=zone)
    until = datetime.combine(of.last + timedelta(days=1), time.min, tzinfo=zone)
    return Bounds(since, until, of.first, of.last)


def year_name(year: int) -> str:
    """Return a fiscal year as the reader's language writes it: in Thai in the Buddhist era."""
    is_english = (get_language() or "th").startswith("en")
    return str(year if is_english else year + BUDDHIST_ERA_OFFSET)


def name_of(year: int, quarter: int = WHOLE_YEAR) -> str:
    """Return the name of a period in the reader's language."""
    named = {"year": year_name(year), "quarter": quarter}
    if quarter == WHOLE_YEAR:
        return gettext("fiscal year %(year)s") % named
    return gettext("quarter %(quarter)s of fiscal year %(year)s") % named


def quarters_of(year: int) -> list[FiscalPeriod]:
    """Return the four quarters of a fiscal year."""
    return [period(year, quarter) for quarter in QUARTERS]
