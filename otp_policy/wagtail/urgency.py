"""
Important or urgent items (annex 2.1): a timer from the mark until public, and first in every queue.

A mark skips no approval: it orders the work, and tells all who may approve (annex 1 step 5).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .adapters import Held, as_drafted, ask, has_authority, held_authority
from .conf import current_policy, office_day
from .messages import under_step
from .models.evidence import Publication
from .models.lifecycle import UrgentMark
from .models.office import DelegationOrder, Post
from .recording import record
from .refusals import PolicyRefusal
from .signals import urgent_item_submitted

REASONS = {"important": _("important"), "urgent": _("urgent")}
UNKNOWN_REASON = under_step(_("Say whether the item is important or urgent."), "prepare")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """How long a marked item took, or has taken until now, to become public."""

    mark: UrgentMark
    public_at: datetime | None

    @property
    def seconds(self) -> int:
        """Return the seconds from the mark until public, or until now."""
        return int(((self.public_at or timezone.now()) - self.mark.at).total_seconds())

    @property
    def minutes(self) -> int:
        """Return whole minutes, as they are shown."""
        return self.seconds // 60

    @property
    def is_running(self) -> bool:
        """Tell whether the item is still not public."""
        return self.public_at is None


def reason_choices() -> list[tuple[str, Any]]:
    """Return the reasons that the policy knows, with their words."""
    return [(code, REASONS.get(code, code)) for code in current_policy().urgent.reasons]


def timer_of(page_id: int | None) -> Timer | None:
    """Return the timer of the page's standing mark, or None."""
    mark = UrgentMark.objects.filter(page_id=page_id or 0, lifted_at=None).first()
    if mark is None:
        return None
    later = Publication.objects.filter(page_id=mark.page_id, at__gte=mark.at).order_by("at")
    return Timer(mark=mark, public_at=later.values_list("at", flat=True).first())


def urgent_pages(page_ids: Collection[int]) -> dict[int, datetime]:
    """Return since when which of these pages are marked and not public yet: two queries."""
    marks = UrgentMark.objects.filter(page_id__in=page_ids, lifted_at=None)
    since = dict(marks.values_list("page_id", "at"))
    if not since:
        return {}
    published = Publication.objects.filter(page_id__in=since).values_list("page_id", "at")
    done = {page_id for page_id, at in published if at >= since[page_id]}
    return {page_id: at for page_id, at in since.items() if page_id not in done}


def is_urgent(page: Any) -> bool:
    """Tell whether *page* is marked and not public yet."""
    return page.pk in urgent_pages([page.pk])


def urgent_first(rows: Iterable[Any], *, page_of: Any = lambda row: row[0]) -> list[Any]:
    """Return *rows* with those of urgent items first, the longest marked at the head."""
    rows = list(rows)
    since = urgent_pages({page_of(row).pk for row in rows})
    never = timezone.now()
    return sorted(
        rows, key=lambda row: (page_of(row).pk not in since, since.get(page_of(row).pk, never))
    )


def may_mark(page: Any, user: Any) -> bool:
    """Tell whether *user* prepares the item, or answers for the website (annex 2.1)."""
    return _carrying(page, user) is not None


@transaction.atomic
def mark_urgent(page: Any, user: Any, *, reason: str) -> UrgentMark:
    """
    Mark *page* as important or urgent; its timer runs from now, whoever has it.

    Raises:
        PolicyRefusal: If *user* neither prepares the item nor answers for the website, or the
            policy does not know *reason*.
    """
    held = _require(page, user)
    if reason not in current_policy().urgent.reasons:
        raise PolicyRefusal(page.title, also=[UNKNOWN_REASON])
    timer = timer_of(page.pk)
    if timer is not None and timer.is_running and timer.mark.reason == reason:
        return timer.mark
    if timer is not None:
        _lift(timer.mark)
    at = timer.mark.at if timer is not None and timer.is_running else timezone.now()
    mark = UrgentMark.objects.create(page_id=page.pk, reason=reason, by=user, at=at)
    _record("mark_urgent", page, user, held, reason=reason)
    if page.current_workflow_task_state is not None:
        tell(page, mark)
    return mark


@transaction.atomic
def lift_urgency(page: Any, user: Any) -> None:
    """Take the mark away, as whoever may set it; the ledger keeps it."""
    held = _require(page, user)
    timer = timer_of(page.pk)
    if timer is not None:
        _lift(timer.mark)
        _record("lift_urgency", page, user, held, after_seconds=timer.seconds)


def tell_if_urgent(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Tell all who may decide, when a marked item is submitted."""
    from .models import is_governed

    page = instance.content_object
    if page is None or not is_governed(page):
        return
    timer = timer_of(page.pk)
    if timer is not None and timer.is_running:
        tell(page.specific, timer.mark)


def tell(page: Any, mark: UrgentMark) -> None:
    """Send the signal that notices are made from."""
    deciders = who_may_decide(page)
    urgent_item_submitted.send(sender=UrgentMark, page=page, mark=mark, deciders=deciders)


def who_may_decide(page: Any) -> list[Any]:
    """Return the users who may endorse or approve the latest text, delegates included."""
    draft, on = as_drafted(page), office_day()
    held = Post.objects.in_force(on).values("user")
    delegated = DelegationOrder.objects.filter(from_on__lte=on, until_on__gte=on).values("delegate")
    users = get_user_model().objects.filter(Q(pk__in=held) | Q(pk__in=delegated), is_active=True)
    steps = current_policy().approval_steps(draft.disclosure_category, on=on)
    return [
        user
        for user in users.order_by("pk")
        if any(has_authority(ask(draft, step, user, digest="sha256:-")) for step in steps)
    ]


def _carrying(page: Any, user: Any) -> str | None:
    for action in ("prepare", "confirm_slot"):
        if has_authority(ask(page, action, user, digest="sha256:-")):
            return action
    return None


def _require(page: Any, user: Any) -> Held:
    action = _carrying(page, user)
    if action is None:
        raise PolicyRefusal.of(ask(page, "prepare", user), page.title)
    return held_authority(page, action, user)


def _lift(mark: UrgentMark) -> None:
    mark.lifted_at = timezone.now()
    mark.save(update_fields=["lifted_at"])


def _record(action: str, page: Any, user: Any, held: Held, **more: Any) -> None:
    record(
        action,
        user=user,
        page_id=page.pk,
        role=held.role,
        unit=held.unit,
        order=held.order,
        **more,
    )
