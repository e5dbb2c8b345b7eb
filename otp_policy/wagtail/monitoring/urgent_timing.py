"""
How long important and urgent items took, from the mark until public (annex 2.1, “immediately”).

The mark is set when the information is received; its timer ends with the first publication after
it. A mark that was lifted before that is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from wagtail.models import Page

from otp_policy.wagtail.models import Publication, UrgentMark

__all__ = ["Summary", "Timing", "summary_of", "timings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One marked item; `public_at` is None while its timer runs."""

    page_id: int
    title: str
    reason: str
    received_at: datetime
    public_at: datetime | None
    seconds: int

    @property
    def minutes(self) -> int:
        """Return whole minutes, as they are shown."""
        return self.seconds // 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many were marked, how many still run, and how long those that are public took."""

    count: int
    running: int
    median_minutes: int | None
    longest_minutes: int | None


def timings(now: datetime) -> list[Timing]:
    """Return every marked item, those whose timer runs first, then the latest: one query."""
    return [_timing(row, now) for row in _marks()]


def summary_of(found: Sequence[Timing]) -> Summary:
    """Return the figures of the report."""
    took = [one.minutes for one in found if one.public_at is not None]
    return Summary(
        count=len(found),
        running=len(found) - len(took),
        median_minutes=int(median(took)) if took else None,
        longest_minutes=max(took, default=None),
    )


def _marks() -> QuerySet[UrgentMark]:
    later = Publication.objects.filter(page_id=OuterRef("page_id"), at__gte=OuterRef("at"))
    titles = Page.objects.filter(pk=OuterRef("page_id")).values("draft_title")[:1]
    marks = UrgentMark.objects.annotate(
        public_at=Subquery(later.order_by("at").values("at")[:1]), title=Subquery(titles)
    )
    stands = Q(lifted_at__isnull=True) | Q(lifted_at__gte=F("public_at"))
    return marks.filter(stands).order_by(F("public_at").desc(nulls_first=True), "-at")


def _timing(row: Any, now: datetime) -> Timing:
    return Timing(
        page_id=row.page_id,
        title=row.title or str(row.page_id),
        reason=row.reason,
        received_at=row.at,
        public_at=row.public_at,
        seconds=int(((row.public_at or now) - row.at).total_seconds()),
    )
