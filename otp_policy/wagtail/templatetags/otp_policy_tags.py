"""Template tags of the plugin: values only, no rules."""

import json
from datetime import date, datetime

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..adapters import latest_text
from ..models import Publication
from ..models.choices import label_of

register = template.Library()
_BUDDHIST_ERA_OFFSET = 543


def _day_in_words(day: date) -> str:
    if (get_language() or "th").startswith("en"):
        return f"{day.day} {formats.date_format(day, 'F')} {day.year}"
    return f"{day.day} {formats.date_format(day, 'F')} {day.year + _BUDDHIST_ERA_OFFSET}"


@register.filter
def office_date(value: date | datetime | None) -> str:
    """Write a day: in Thai with the Buddhist year, in English with the common one."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day_in_words(value)


@register.filter
def office_datetime(value: datetime | None) -> str:
    """Write an instant in the office's time zone, as `office_date` writes its day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    suffix = "" if (get_language() or "th").startswith("en") else " น."
    return f"{_day_in_words(local.date())} {local:%H:%M}{suffix}"


@register.filter
def policy_label(code: str, kind: str) -> str:
    """Return the label of a code of the policy, such as a channel, in the reader's language."""
    return label_of(kind, code)


@register.simple_tag
def latest_digest(page) -> str:
    """Return the digest of the page's latest text, for the form of a decision."""
    return latest_text(page.specific)[1]


@register.filter
def short_digest(digest: str) -> str:
    """Return the first twelve digits of a digest, enough to compare by eye."""
    return digest.removeprefix("sha256:")[:12]


@register.simple_tag
def publication_of(page):
    """Return the open publication of *page*, or None while it is only previewed."""
    return Publication.objects.filter(page_id=page.pk or 0, ended_at=None).first()


DEEDS = {
    "approve": _("approved"),
    "confirm_slot": _("confirmed the time"),
    "counter_slot": _("proposed another time"),
    "delivered": _("delivered"),
    "endorse": _("endorsed"),
    "enqueue": _("handed to the channel"),
    "hold_slot": _("held back"),
    "propose_slot": _("proposed a time"),
    "publish": _("published"),
    "publish_refused": _("could not be published"),
    "reject": _("asked for changes"),
    "send_now": _("ordered to send now"),
    "submit": _("submitted for approval"),
    "take_down": _("taken down"),
}


@register.filter
def what_was_done(entry) -> str:
    """Say in words what a row of the ledger records."""
    body = json.loads(entry.body)
    words = [str(DEEDS.get(entry.action, entry.action))]
    if body.get("channel"):
        words.append(label_of("channels", body["channel"]))
    if body.get("comment") or body.get("note"):
        words.append(f"“{body.get('comment') or body.get('note')}”")
    return " · ".join(words)


@register.filter
def who_did_it(entry) -> str:
    """Say who stands in a row of the ledger, and in which role."""
    body = json.loads(entry.body)
    words = [body["actor"]["username"]] if body.get("actor") else []
    if body.get("role"):
        words.append(label_of("roles", body["role"]))
    if body.get("order"):
        words.append(body["order"])
    return " · ".join(words)
