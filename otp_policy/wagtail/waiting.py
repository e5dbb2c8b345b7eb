"""
What waits: for the reader, and for others of whom the reader's items wait.

Read in a constant number of queries, whatever waits; urgent items come first, then the oldest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import TaskState

from .authority import Authority
from .conf import current_policy, office_day
from .drafts import DraftFacts
from .models import Post, Slot
from .models.choices import label_of
from .pending import Pending, last_approvals, last_contributions, pending_items
from .withdrawals import waiting_withdrawals
from .wording import office_datetime

__all__ = ["Waiting", "Waits", "waiting_for"]


@dataclass(frozen=True, slots=True)
class Waits:
    """That an item waits: for whom or what, in words, and since when (None: nobody knows)."""

    item: DraftFacts
    what: str
    since: datetime | None = None
    slot: Slot | None = None
    task_state: TaskState | None = None

    @property
    def order(self) -> tuple[bool, float]:
        """Return the place in a list: urgent ones first, then what has waited longest."""
        return not self.item.is_urgent, self.since.timestamp() if self.since else 0.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the reader (`decisions`, `slots`, `own`), and for `others`."""

    decisions: list[Waits] = field(default_factory=list)
    slots: list[Waits] = field(default_factory=list)
    own: list[Waits] = field(default_factory=list)
    others: list[Waits] = field(default_factory=list)
    withdrawals: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing waits for the reader."""
        return not (self.decisions or self.slots or self.own or self.withdrawals)


def waiting_for(user: Any) -> Waiting:
    """Collect what waits for *user*, and what *user* waits for."""
    desk = _Desk(user)
    found = Waiting()
    for pending in desk.pending:
        for rows, waits in ((found.decisions, desk.decision), (found.slots, desk.slots)):
            rows.extend(waits(pending))
        found.own.extend(desk.to_finish(pending))
        found.others.extend(desk.with_others(pending))
    for rows in (found.decisions, found.slots, found.own, found.others):
        rows.sort(key=lambda row: row.order)
    found.withdrawals.extend(waiting_withdrawals(user))
    return found


class _Desk:
    """One person's view of what is pending."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.authority = Authority.of(user)
        self.pending = pending_items(user)

    def decision(self, pending: Pending) -> Iterator[Waits]:
        """The decision that this person may take now, own work aside (annex 1 step 3)."""
        if pending.task_state is not None and self._decides(pending):
            yield Waits(
                pending.draft,
                pending.decision_wanted,
                pending.task_state.started_at,
                task_state=pending.task_state,
            )

    def slots(self, pending: Pending) -> Iterator[Waits]:
        """The times that this person may answer (annex 1 step 2)."""
        for slot in pending.slots:
            action = _ANSWERED_BY.get(slot.state)
            if action and self._holds(action, pending, slot.channel):
                yield Waits(pending.draft, _time(slot), slot.updated_at, slot)

    def to_finish(self, pending: Pending) -> Iterator[Waits]:
        """What this person's division has to do itself: submit, change, or agree a time."""
        if pending.task_state is not None or not self._prepares(pending):
            return
        draft = pending.draft
        if pending.changes_asked:
            yield Waits(draft, _("Changes are asked for"), draft.drafted_at)
        elif draft.owner_id == self.user.pk and draft.has_unpublished_changes:
            if not self._is_approved(pending):
                yield Waits(draft, _("Not submitted yet"), draft.drafted_at)
            elif not pending.slots:
                yield Waits(draft, _("Approved; no time is agreed"), draft.drafted_at)

    def with_others(self, pending: Pending) -> Iterator[Waits]:
        """What somebody else has to do with an item of this person, or of the same unit."""
        mine = pending.draft.owner_id == self.user.pk or pending.draft.unit in self.units
        if mine and pending.task_state is not None and not self._decides(pending):
            since = pending.task_state.started_at
            yield Waits(pending.draft, self._who_decides(pending), since)
        if mine and pending.changes_asked and not self._prepares(pending):
            what = _("Changes are asked for: %(unit)s") % {"unit": pending.draft.unit_name}
            yield Waits(pending.draft, what, pending.draft.drafted_at)
        for slot in pending.slots:
            what = self._who_has_the_slot(pending, slot, mine=mine)
            if what:
                yield Waits(pending.draft, what, slot.updated_at, slot)

    def _who_has_the_slot(self, pending: Pending, slot: Slot, *, mine: bool) -> str:
        words = {
            "unit": label_of("units", current_policy().channels[slot.channel].owner),
            "division": pending.draft.unit_name,
            "time": _time(slot),
        }
        if slot.state == Slot.State.PROPOSED:
            if mine and not self._holds("confirm_slot", pending, slot.channel):
                return _("%(unit)s answers the time: %(time)s") % words
        elif slot.state == Slot.State.COUNTERED:
            own = self._holds("confirm_slot", pending, slot.channel)
            if (own or mine) and not self._holds("propose_slot", pending, slot.channel):
                return _("%(division)s answers the time: %(time)s") % words
        elif mine and slot.state == Slot.State.HELD:
            return _("%(unit)s holds it back: %(time)s") % words
        elif mine and self._is_approved(pending):
            return _("Approved; goes out: %(time)s") % words
        return ""

    def _who_decides(self, pending: Pending) -> str:
        return f"{pending.decision_wanted} · {pending.draft.unit_name}"

    def _decides(self, pending: Pending) -> bool:
        if pending.action:
            return (
                self._holds(pending.action, pending) and pending.draft.page_id not in self._own_work
            )
        # A task that somebody added by hand: Wagtail says who takes it.
        return pending.task_state.pk in self._reviewable

    def _prepares(self, pending: Pending) -> bool:
        return self.user.is_superuser or self._holds("prepare", pending)

    def _holds(self, action: str, pending: Pending, channel: str = "") -> bool:
        draft = pending.draft
        return self.authority.holds(
            action, category=draft.category, unit=draft.unit, channel=channel
        )

    def _is_approved(self, pending: Pending) -> bool:
        draft, approval = pending.draft, self._approvals.get(pending.draft.page_id)
        return (
            approval is not None
            and approval.revision_id == draft.latest_revision_id
            and (draft.drafted_at is None or approval.at >= draft.drafted_at)
        )

    @cached_property
    def units(self) -> set[str]:
        """The units in which this person holds a post."""
        posts = Post.objects.in_force(office_day()).filter(user=self.user, unit__isnull=False)
        return set(posts.values_list("unit__code", flat=True))

    @cached_property
    def _approvals(self) -> dict[int, Any]:
        return last_approvals([pending.draft.page_id for pending in self.pending])

    @cached_property
    def _own_work(self) -> set[int]:
        """Items that this person worked on since their last approval: others decide on them."""
        contributions = last_contributions(self.user)
        return {
            page_id
            for page_id, at in contributions.items()
            if (approval := self._approvals.get(page_id)) is None or at > approval.at
        }

    @cached_property
    def _reviewable(self) -> set[int]:
        return set(TaskState.objects.reviewable_by(self.user).values_list("pk", flat=True))


# Who answers a time: the channel's unit what the division proposed, and the other way round.
_ANSWERED_BY = {Slot.State.PROPOSED: "confirm_slot", Slot.State.COUNTERED: "propose_slot"}


def _time(slot: Slot) -> str:
    return f"{label_of('channels', slot.channel)}, {office_datetime(slot.at)}"
