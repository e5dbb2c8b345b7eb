"""How items stand, what was asked for, and how website and channels were used."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from otp_policy.reporting import FiscalPeriod

from .periods import bounds
from .tallies import median

__all__ = ["channels", "information", "requests", "standing", "use"]

Rows = list[dict[str, Any]]
# What an attempt proved where nothing went out, or nobody knows; see `otp_policy.channels.base`.
_FAILED = ("not_sent", "rejected", "held", "unknown")


def standing(on: date) -> Rows | None:
    """Return how many items of each division and category stand how on a day."""
    if not apps.is_installed("otp_policy.wagtail.monitoring"):
        return None
    from otp_policy.wagtail.monitoring.models import DueItem
    from otp_policy.wagtail.monitoring.standing import matrix

    codes = _unit_codes()
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for cell in matrix(DueItem.objects.all(), on):
        counts = {str(state): number for state, number in cell.counts.items()}
        found[codes.get(cell.unit_id, ""), cell.category].update(counts)
    states = ("current", "due_soon", "overdue", "missing")
    return [
        {"unit": unit, "category": category, **{state: counts[state] for state in states}}
        for (unit, category), counts in sorted(found.items())
    ]


def _unit_codes() -> dict[int, str]:
    return dict(apps.get_model("otp_policy", "Unit").objects.values_list("pk", "code"))


def requests(period: FiscalPeriod, on: date) -> Rows | None:
    """Return what became of the update requests that were sent in the period, by division."""
    if not apps.is_installed("otp_policy.wagtail.monitoring"):
        return None
    within = bounds(period)
    rows = apps.get_model("otp_policy_monitoring", "UpdateRequest").objects.filter(
        asked_at__gte=within.since, asked_at__lt=within.until
    )
    is_met, is_open = Q(state="met"), Q(state="open")
    counts = {
        "asked": Count("pk"),
        "met_in_time": Count("pk", filter=is_met & Q(met_on__lte=F("wanted_by"))),
        "met_late": Count("pk", filter=is_met & Q(met_on__gt=F("wanted_by"))),
        "called_off": Count("pk", filter=Q(state="called_off")),
        "open": Count("pk", filter=is_open),
        "late": Count("pk", filter=is_open & Q(wanted_by__lt=on)),
    }
    counted = rows.order_by().values_list("unit__code", "category").annotate(**counts)
    found = _named(("unit", "category", *counts), counted)
    return sorted(found, key=lambda row: (row["unit"], row["category"]))


def information(period: FiscalPeriod, on: date) -> dict[str, Any] | None:
    """
    Return how the requests for information that came in the period were answered.

    Numbers alone: of a request nothing is read but its days, and its outcome.
    """
    if not apps.is_installed("otp_policy.wagtail.information_requests"):
        return None
    rows = apps.get_model("otp_policy_requests", "InformationRequest").objects.filter(
        received_on__gte=period.first, received_on__lte=period.last
    )
    columns = ("received_on", "closed_on", "due_on", "outcome")
    counts, outcomes, quarters = Counter[str](), Counter[str](), Counter[int]()
    days: list[int] = []
    for received_on, closed_on, due_on, outcome in rows.order_by().values_list(*columns):
        counts["received"] += 1
        quarters[period.quarter_of(received_on)] += 1
        counts[_in_time(closed_on, due_on, on)] += 1
        if closed_on is not None:
            days.append((closed_on - received_on).days)
            outcomes[outcome or "none"] += 1
    return {
        **{name: counts[name] for name in _INFORMATION},
        "days_median": median(days),
        "days_longest": max(days, default=None),
        "outcomes": dict(sorted(outcomes.items())),
        "quarters": {str(quarter): number for quarter, number in sorted(quarters.items())},
    }


_INFORMATION = ("received", "closed_in_time", "closed_late", "open", "open_late")


def _in_time(closed_on: date | None, due_on: date | None, on: date) -> str:
    if closed_on is None:
        return "open_late" if due_on is not None and due_on < on else "open"
    return "closed_late" if due_on is not None and closed_on > due_on else "closed_in_time"


def use(period: FiscalPeriod) -> dict[str, Any] | None:
    """Return how often pages and files were read, and what was searched for, without the words."""
    if not apps.is_installed("otp_policy.wagtail.usage"):
        return None
    rows = apps.get_model("otp_policy_usage", "Use").objects.filter(
        day__gte=period.first, day__lte=period.last
    )
    totals, categories = Counter[str](), Counter[str]()
    months: dict[str, Counter[str]] = defaultdict(Counter)
    grouped = rows.order_by().annotate(month=TruncMonth("day"))
    for kind, category, month, number in (
        grouped.values_list("kind", "category", "month").annotate(total=Sum("number")).order_by()
    ):
        totals[kind] += number
        months[month.isoformat()[:7]][kind] += number
        if kind == "view" and category:
            categories[category] += number
    kinds = ("view", "download", "search", "found_nothing")
    return {
        "totals": {kind: totals[kind] for kind in kinds},
        "months": [
            {"month": month, **{kind: counts[kind] for kind in kinds}}
            for month, counts in sorted(months.items())
        ],
        "categories": [
            {"category": category, "view": number}
            for category, number in sorted(categories.items(), key=lambda one: (-one[1], one[0]))
        ],
    }


def channels(period: FiscalPeriod) -> Rows | None:
    """Return the messages that each channel was owed in the period, their readers and failures."""
    if not apps.is_installed("otp_policy.wagtail.syndication"):
        return None
    within = bounds(period)
    span = {"gte": within.since, "lt": within.until}
    deliveries = apps.get_model("otp_policy_syndication", "Delivery").objects.filter(
        **{f"created_at__{name}": at for name, at in span.items()}
    )
    counts = {
        "owed": Count("pk"),
        "sent": Count("pk", filter=Q(state="sent")),
        "stuck": Count("pk", filter=Q(state__in=("held", "failed", "unknown"))),
        "posted": Count("by_hand"),
        "reached": Sum("readers__reached"),
        "saw": Sum("readers__saw"),
        "followed": Sum("readers__followed"),
    }
    counted = deliveries.order_by().values_list("channel").annotate(**counts)
    attempts = apps.get_model("otp_policy_syndication", "Attempt").objects.filter(
        outcome__in=_FAILED, kind="send", **{f"at__{name}": at for name, at in span.items()}
    )
    tried = attempts.order_by().values_list("delivery__channel").annotate(number=Count("pk"))
    failures: dict[str, int] = {channel: number for channel, number in tried}
    names = ("channel", *counts)
    found = {row["channel"]: row for row in _named(names, counted)}
    for channel in failures.keys() - found.keys():
        found[channel] = dict.fromkeys(names, 0) | {"channel": channel}
    return [{**row, "failures": failures.get(channel, 0)} for channel, row in sorted(found.items())]


def _named(names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Rows:
    return [dict(zip(names, row, strict=True)) for row in rows]
