"""
Reminds of reviews before, on and after their due day, and tells on (annex 2.1).

When, and whom, is the policy's (`[[review_reminder]]`). Each item is reminded once in each stage,
however often the dispatcher looks; a stage that nobody looked in is passed over for the next.
"""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from otp_policy.review_stages import ReviewStage as Stage
from otp_policy.review_stages import stages_on
from otp_policy.wagtail.askers import Asker
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import NoticeKind
from otp_policy.wagtail.models.notices import Subject
from otp_policy.wagtail.notices import About, put
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.recipients import holders
from otp_policy.wagtail.recording import record

from .models import DueItem, ReviewStage
from .reckoning import catch_up

__all__ = ["remind_of_reviews", "review_asker"]

logger = logging.getLogger(__name__)
# What one round tells at most: the next goes on, and nobody's other notices wait for it.
_BATCH = 500


def remind_of_reviews(now: datetime | None = None) -> int:
    """Remind of whatever has reached a stage, and return how many items that were."""
    now = now or timezone.now()
    on = office_day(now)
    stages = stages_on(current_policy().review_reminders(on=on), on=on)
    if not stages:
        return 0
    catch_up(on)
    reminded = 0
    for stage in stages:
        for item in list(_reached(stage)[: _BATCH - reminded]):
            try:
                reminded += _remind(item, stage, now)
            except Exception:
                # One item that cannot be reminded of must not keep the others from it.
                logger.exception("review of %s: stage %s failed", item.pk, stage.offset)
    return reminded


def _reached(stage: Stage) -> QuerySet[DueItem]:
    """Return the items that are in *stage* and were not reminded of it: one query."""
    given = ReviewStage.objects.filter(
        page_id=OuterRef("page_id"), due_on=OuterRef("due_on"), offset=stage.offset
    )
    rows = DueItem.objects.filter(due_on__gte=stage.first, due_on__lte=stage.last)
    return rows.filter(~Exists(given)).order_by("due_on", "page_id")


@transaction.atomic
def _remind(item: DueItem, stage: Stage, now: datetime) -> bool:
    key = {"page_id": item.pk, "due_on": item.due_on, "offset": stage.offset}
    _row, is_new = ReviewStage.objects.get_or_create(**key, defaults={"at": now})
    page = governed_page(item.pk)
    if not is_new or page is None:
        return False
    people = holders(stage.to, page.owning_unit)
    put(
        f"review:{item.pk}:{item.due_on}:{stage.offset}",
        people,
        kind=NoticeKind.REMINDER if stage.offset <= 0 else NoticeKind.ESCALATION,
        what=_what(stage.offset),
        about=About(page=page, subject=Subject.REVIEW, subject_id=item.pk),
    )
    if stage.offset > 0:
        _record(item, stage, page, people)
    return True


def _record(item: DueItem, stage: Stage, page: Any, people: list[Any]) -> None:
    record(
        "escalate_review",
        user=None,
        page_id=page.pk,
        due_on=str(item.due_on),
        days_after_due=stage.offset,
        told=sorted(str(user.pk) for user in people),
    )


def _what(offset: int) -> str:
    if offset < 0:
        return "review_due_soon"
    return "review_due_today" if offset == 0 else "review_overdue"


def _nothing(now: datetime) -> Iterator[Any]:
    # The stages of a review are its own, and no waiting of the plugin's.
    return iter(())


def _over(unread: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    """Return the notices of reviews that were done since, or that another item does."""
    soonest = min((one.offset for one in current_policy().review_reminders(on=_today())), default=0)
    still = DueItem.objects.filter(
        pk=OuterRef("subject_id"), due_on__lte=_today() + timedelta(days=-min(soonest, 0))
    )
    yield unread.filter(~Exists(still))


def _today() -> date:
    return office_day()


def _nobody(key: int, page: Any) -> list[Any]:
    return []


review_asker = Asker(subject=Subject.REVIEW, waiting=_nothing, answerers=_nobody, over=_over)
