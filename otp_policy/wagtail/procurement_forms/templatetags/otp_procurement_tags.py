"""Filters for the procurement forms: values only, no rules."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template

from otp_policy.procurement.records import Month
from otp_policy.wagtail.wording import office_month

register = template.Library()


@register.filter
def baht(amount: Decimal | None) -> str:
    """Write an amount with its satang, as the files have it; a dash for none."""
    return "–" if amount is None else f"{amount:,.2f}"


@register.filter
def month_in_words(value: Any) -> str:
    """Write a month in the reader's language and calendar."""
    day = date(value.year, value.month, 1) if isinstance(value, Month) else value
    return office_month(day) if day else ""


@register.filter
def total_budget(record: Any) -> Decimal:
    """Return the sum of the budgets of a form."""
    rows = getattr(record, "rows", None) or getattr(record, "entries", ())
    return sum((row.budget for row in rows), Decimal(0))
