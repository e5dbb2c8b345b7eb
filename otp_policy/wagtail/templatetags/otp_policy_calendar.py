"""Template tags of the calendar of times: values only, no rules."""

from datetime import date
from typing import Any

from django import template
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext

from ..calendar_entries import entries_of
from ..clashes import clash_of
from ..wording import office_date, office_month

register = template.Library()
register.filter("office_month", office_month)


@register.filter
def weekday_name(day: date) -> str:
    """Return the name of the weekday in the reader's language."""
    return formats.date_format(day, "l")


@register.filter
def day_heading(day: date) -> str:
    """Return a day with the name of its weekday, in the reader's language."""
    words = {"weekday": weekday_name(day), "day": office_date(day)}
    return gettext("%(weekday)s, %(day)s") % words


@register.simple_tag(takes_context=True)
def calendar_query(context: Any, month: date, as_list: bool | None = None) -> str:
    """Return the query of the calendar's address for another month, or in another form."""
    query = {"month": f"{month:%Y-%m}"}
    if context["channel"]:
        query["channel"] = context["channel"]
    if context["as_list"] if as_list is None else as_list:
        query["view"] = "list"
    return urlencode(query)


@register.inclusion_tag("otp_policy/_slot_clash.html", takes_context=True)
def slot_clash(context: Any, page: Any, slot: Any) -> dict[str, Any]:
    """Show what stands against the open time of *page*, before anybody accepts it."""
    clash = clash_of(page.pk, channel=slot.channel, at=slot.at) if slot else None
    near: list[Any] = []
    if clash:
        near = entries_of(clash.near, context["request"].user, clashing={})
    return {"clash": clash, "near": near}
