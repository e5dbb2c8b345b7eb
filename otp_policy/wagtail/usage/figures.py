"""What the counts say of a period; the number of queries does not depend on how much was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from wagtail.documents import get_document_model
from wagtail.models import Page

from otp_policy.wagtail.models.choices import label_of

from .conf import rare_below
from .models import Kind, Use

__all__ = ["ChannelLine", "Figures", "Line", "figures"]

MOST_LINES = 50
_DAYS_SHOWN_ONE_BY_ONE = 62


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; `on` is the day, or the first day of a month."""

    label: str
    number: int
    url: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """What a channel told of its messages; None where it told nothing."""

    label: str
    messages: int
    reached: int | None
    saw: int | None
    followed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    The use of the website from the first day to the last, both included.

    Words that hardly anybody searched for are counted in the totals and not shown.
    """

    first: date
    last: date
    totals: dict[Kind, int]
    by_time: tuple[Line, ...]
    by_category: tuple[Line, ...]
    pages: tuple[Line, ...]
    downloads: tuple[Line, ...]
    words: tuple[Line, ...]
    words_without_result: tuple[Line, ...]
    channels: tuple[ChannelLine, ...]

    @property
    def is_by_month(self) -> bool:
        """Tell whether `by_time` has a line for each month instead of each day."""
        return _is_long(self.first, self.last)


def figures(first: date, last: date) -> Figures:
    """Return the figures of the days from *first* to *last*."""
    rows = Use.objects.filter(day__range=(first, last))
    totals = dict(rows.order_by().values_list("kind").annotate(Sum("number")))
    views = rows.filter(kind=Kind.VIEW)
    return Figures(
        first=first,
        last=last,
        totals={kind: totals.get(str(kind), 0) for kind in Kind},
        by_time=_by_time(views, _is_long(first, last)),
        by_category=_by_category(views),
        pages=_pages(views),
        downloads=_downloads(rows.filter(kind=Kind.DOWNLOAD)),
        words=_words(rows.filter(kind=Kind.SEARCH)),
        words_without_result=_words(rows.filter(kind=Kind.FOUND_NOTHING)),
        channels=_channels(first, last),
    )


def _is_long(first: date, last: date) -> bool:
    return (last - first).days >= _DAYS_SHOWN_ONE_BY_ONE


def _by_time(views: Any, is_long: bool) -> tuple[Line, ...]:
    when = TruncMonth("day") if is_long else "day"
    rows = views.order_by().annotate(on=when) if is_long else views.order_by()
    name = "on" if is_long else "day"
    found = rows.values_list(name).annotate(total=Sum("number")).order_by(name)
    return tuple(Line(on.isoformat(), total, on=on) for on, total in found)


def _by_category(views: Any) -> tuple[Line, ...]:
    found = views.exclude(category="").order_by().values_list("category").annotate(
        total=Sum("number")
    )  # fmt: skip
    labelled = (Line(str(label_of("categories", code)), total) for code, total in found)
    return tuple(sorted(labelled, key=lambda line: -line.number))


def _pages(views: Any) -> tuple[Line, ...]:
    items = _most(views.exclude(page_id=Use.NO_PAGE), "page_id")
    own = _most(views.filter(page_id=Use.NO_PAGE), "name")
    titles = dict(Page.objects.filter(pk__in=[key for key, _n in items]).values_list("pk", "title"))
    names = dict(
        views.filter(page_id__in=[key for key, _n in items if key not in titles])
        .order_by()
        .values_list("page_id", "name")
    )
    lines = [Line(titles.get(key) or names.get(key, ""), number) for key, number in items]
    lines += [Line(name, number, url=name) for name, number in own]
    return tuple(sorted(lines, key=lambda line: -line.number)[:MOST_LINES])


def _downloads(rows: Any) -> tuple[Line, ...]:
    found = _most(rows, "name")
    keys = {name: int(part) for name, _n in found if (part := _key_in(name))}
    titles = dict(
        get_document_model().objects.filter(pk__in=keys.values()).values_list("pk", "title")
    )
    return tuple(
        Line(titles.get(keys.get(name, 0), name), number, url=name) for name, number in found
    )


def _key_in(path: str) -> str:
    parts = path.strip("/").split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "documents" and parts[1].isdigit() else ""


def _words(rows: Any) -> tuple[Line, ...]:
    found = _most(rows.exclude(name=""), "name", least=rare_below())
    return tuple(Line(name, number) for name, number in found)


def _most(rows: Any, name: str, *, least: int = 1) -> list[tuple[Any, int]]:
    totals = rows.order_by().values_list(name).annotate(total=Sum("number"))
    return list(totals.filter(total__gte=least).order_by("-total", name)[:MOST_LINES])


def _channels(first: date, last: date) -> tuple[ChannelLine, ...]:
    """Return what LINE, Facebook and others told, where the channels are installed."""
    if not apps.is_installed("otp_policy.wagtail.syndication"):
        return ()
    deliveries = apps.get_model("otp_policy_syndication", "Delivery").objects
    sent = deliveries.filter(state="sent", sent_at__date__range=(first, last), in_place=False)
    found: Iterable[Any] = (
        sent.order_by()
        .values_list("channel")
        .annotate(
            Count("pk"), Sum("readers__reached"), Sum("readers__saw"), Sum("readers__followed")
        )
        .order_by("channel")
    )
    return tuple(
        ChannelLine(str(label_of("channels", channel)), *numbers) for channel, *numbers in found
    )
