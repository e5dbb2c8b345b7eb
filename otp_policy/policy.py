"""The policy of one agency, ready to decide."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NoReturn, TypeVar

from otp_policy.document import Document
from otp_policy.entries import (
    Calendar,
    Category,
    Channel,
    Clock,
    Duty,
    Entry,
    Kind,
    ReviewReminder,
    Role,
    Step,
    Unit,
    Urgent,
    Wait,
)
from otp_policy.eras import Cell, CellKey, Era, eras, first_channels
from otp_policy.errors import PolicyError, QuestionError
from otp_policy.instruments import LawFile
from otp_policy.model import Action, Decision, Finding, Question, ReasonCode
from otp_policy.roles import missing_authority

__all__ = ["Policy"]

AnyEntry = TypeVar("AnyEntry", bound=Entry)
ACTIONS = frozenset(action.value for action in Action)


class Refusals(dict[tuple[Finding, ...], Decision]):
    """
    Reasons → the refusal for them, built when they first come up.

    The reasons are found for every question anew; only the frozen value that says them is shared,
    since building one takes as long as finding them. A policy has few, however much it is asked.
    """

    def __init__(self, policy: str) -> None:
        super().__init__()
        self.policy = policy

    def __missing__(self, reasons: tuple[Finding, ...]) -> Decision:
        refusal = Decision(allowed=False, reasons=reasons, policy=self.policy)
        return self.setdefault(reasons, refusal)


class Policy:
    """
    A policy that has passed every check; `load_policy` makes one.

    `categories`, `channels`, `units`, `roles` and `steps` show the latest entry of each name.
    Decisions use the entries in force on the day of the question.
    """

    def __init__(self, document: Document, *, laws: Mapping[str, LawFile] | None = None) -> None:
        self.document = document
        self.laws: Mapping[str, LawFile] = MappingProxyType(dict(laws or {}))
        self.id = document.policy.id
        self.version = document.policy.version
        self.label = f"{self.id}@{self.version}"
        self.timezone = document.policy.timezone
        self.units: Mapping[str, Unit] = _latest((unit.code, unit) for unit in document.unit)
        self.roles: Mapping[str, Role] = _latest((role.code, role) for role in document.role)
        self.categories: Mapping[str, Category] = _latest(
            (category.code, category) for category in document.category
        )
        self.kinds: Mapping[str, Kind] = _latest((kind.code, kind) for kind in document.kind)
        self.channels: Mapping[str, Channel] = _latest(
            (channel.code, channel) for channel in document.channel
        )
        self.first_channel: str = max(
            first_channels(document), key=lambda channel: channel.effective_from
        ).code
        steps = _latest((f"{step.number:04}", step) for step in document.step)
        self.steps: tuple[Step, ...] = tuple(steps[number] for number in sorted(steps))
        self.urgent: Urgent = max(document.urgent, key=lambda urgent: urgent.effective_from)
        self._compile()

    def _compile(self) -> None:
        compiled = eras(self.document)
        # The stretch before the commencement comes first, so that a bisection finds any day.
        before = Era(starts_on=date.min, first_channel=self.first_channel, cells={})
        self._eras: tuple[Era, ...] = (before, *compiled)
        self._starts: tuple[date, ...] = tuple(era.starts_on for era in compiled)
        self._known_roles = frozenset(self.roles)
        self._known_channels = frozenset(self.channels)
        self._urgent_reasons = frozenset(
            reason for urgent in self.document.urgent for reason in urgent.reasons
        )
        self._allowed = Decision(allowed=True, reasons=(), policy=self.label)
        self._refusals = Refusals(self.label)
        commencement = self.document.commencement
        not_in_force = Finding(
            code=ReasonCode.NOT_IN_FORCE,
            clause=commencement.clause,
            interpretation=bool(commencement.interpretation),
        )
        self._not_in_force = self._refusals[not_in_force,]

    def decide(self, question: Question) -> Decision:
        """
        Return whether the actor may, and every reason against it: authority first.

        Raises:
            QuestionError: If a role, action, category, channel or urgent reason is unknown.

        >>> from otp_policy import Actor, Item, Post, load_policy
        >>> director = Actor(id="u1", posts=(Post(role="division_director", unit="division-a"),))
        >>> news = Item(
        ...     category="news", unit="division-a", digest="sha256:aa", contributors=("u1", "u2")
        ... )
        >>> decision = load_policy("tpso").decide(
        ...     Question(on=date(2026, 11, 23), action="approve", actor=director, item=news)
        ... )
        >>> decision.allowed, [(reason.code.value, reason.clause) for reason in decision.reasons]
        (False, [('own_work', 'annex 1 step 3')])
        """
        item = question.item
        if not self._knows_names(question):
            self._refuse_names(question)
        era = self._eras[bisect_right(self._starts, question.on)]
        channel = item.channel or era.first_channel
        cell = era.cells.get((question.action, item.category, channel, item.urgent))
        if cell is None:
            return self._without_cell(question, era)
        authority = missing_authority(
            question.actor, grants=cell.grants, unit=item.unit, on=question.on
        )
        reasons: tuple[Finding, ...] = () if authority is None else (authority,)
        for obstacle, finding in cell.obstacles:
            if obstacle(question, channel):
                reasons += (finding,)
        if not reasons:
            return self._allowed
        return self._refusals[reasons]

    def approval_steps(self, category: str, *, on: date) -> tuple[str, ...]:
        """
        Return the assents that an item of *category* needs, in their order.

        Raises:
            QuestionError: If no such category is in force on that day.
            PolicyError: If the policy itself is not in force on that day.
        """
        if not self._cells(on):
            raise PolicyError(f"{self.label} is not in force on `{on.isoformat()}`")
        if self.roles_for(Action.ENDORSE, category, on=on):
            return (Action.ENDORSE.value, Action.APPROVE.value)
        return (Action.APPROVE.value,)

    def roles_for(
        self,
        action: str,
        category: str | None = None,
        channel: str | None = None,
        *,
        on: date,
        urgent: bool = False,
    ) -> frozenset[str]:
        """
        Return the roles that carry *action*, over all categories or channels if None is given.

        Nobody, before the policy is in force.

        Raises:
            QuestionError: If the action, category or channel is not known on that day.
        """
        cells = self._cells(on)
        wanted = [
            cell
            for (act, cat, chan, is_urgent), cell in cells.items()
            if act == action
            and category in (None, cat)
            and channel in (None, chan)
            and is_urgent == urgent
        ]
        if cells and not wanted:
            _refuse_unknown(cells, action, category, channel, prefix="")
        return frozenset(role for cell in wanted for role in cell.grants.by_role)

    def is_in_force(self, on: date) -> bool:
        """Return whether the policy is in force on that day."""
        return self.document.commencement.holds(on)

    def calendar(self, *, on: date) -> Calendar:
        """Return the calendar in force on that day."""
        return next(entry for entry in self.document.calendar if entry.holds(on))

    def wait(self, action: str, *, on: date) -> Wait | None:
        """Return how long *action* may wait by the entry in force on that day, if any says so."""
        if not self.is_in_force(on):
            return None
        fitting = (one for one in self.document.wait if action in one.actions and one.holds(on))
        return next(fitting, None)

    def review_reminders(self, *, on: date) -> tuple[ReviewReminder, ...]:
        """Return who is reminded of reviews by the entries in force on that day, in order."""
        if not self.is_in_force(on):
            return ()
        holding = (one for one in self.document.review_reminder if one.holds(on))
        return tuple(sorted(holding, key=lambda one: one.offset))

    def duty(self, category: str, kind: str = "", *, on: date) -> Duty:
        """
        Return the duty in force on that day: that of the kind, or else of its category.

        Raises:
            QuestionError: If the category or kind is unknown, or the policy not yet in force.
        """
        if category not in self.categories:
            raise QuestionError("unknown_category", where="category")
        if kind and (kind not in self.kinds or self.kinds[kind].category != category):
            raise QuestionError("unknown_kind", where="kind")
        found = {
            duty.kind: duty
            for duty in self.document.duty
            if duty.category == category and duty.kind in ("", kind) and duty.holds(on)
        }
        if not found or not self.is_in_force(on):
            raise QuestionError("not_in_force", where="on")
        return found.get(kind) or found[""]

    def clock(self, code: str, *, on: date) -> Clock:
        """
        Return a clock in force on that day, of the policy itself or of a law that it names.

        Raises:
            QuestionError: If no clock has that code, or none is in force on that day.
        """
        of_laws = (clock for law in self.laws.values() for clock in law.clock)
        clocks = [clock for clock in (*self.document.clock, *of_laws) if clock.code == code]
        if not clocks:
            raise QuestionError("unknown_clock", where="clock")
        for clock in clocks:
            if clock.holds(on):
                return clock
        raise QuestionError("not_in_force", where="on")

    def _cells(self, on: date) -> Mapping[CellKey, Cell]:
        return self._eras[bisect_right(self._starts, on)].cells

    def _knows_names(self, question: Question) -> bool:
        """Return whether the policy knows, on any day, every name that is no part of a cell."""
        actor, item = question.actor, question.item
        roles = self._known_roles
        for post in actor.posts:
            if post.role not in roles:
                return False
        for delegation in actor.delegations:
            if delegation.role not in roles:
                return False
        for slot in item.slots:
            if slot.channel not in self._known_channels:
                return False
        return not item.urgent_reason or item.urgent_reason in self._urgent_reasons

    def _refuse_names(self, question: Question) -> NoReturn:
        """Refuse what no day of the policy knows, even where it would change nothing."""
        actor, item = question.actor, question.item
        roles, channels = self._known_roles, self._known_channels
        for index, post in enumerate(actor.posts):
            if post.role not in roles:
                raise QuestionError("unknown_role", where=f"actor.posts[{index}].role")
        for index, delegation in enumerate(actor.delegations):
            if delegation.role not in roles:
                raise QuestionError("unknown_role", where=f"actor.delegations[{index}].role")
        for index, slot in enumerate(item.slots):
            if slot.channel not in channels:
                raise QuestionError("unknown_channel", where=f"item.slots[{index}].channel")
        raise QuestionError("unknown_urgent_reason", where="item.urgent_reason")

    def _without_cell(self, question: Question, era: Era) -> Decision:
        item = question.item
        if era.cells:
            _refuse_unknown(era.cells, question.action, item.category, item.channel, prefix="item.")
        if question.action not in ACTIONS:
            raise QuestionError("unknown_action", where="action")
        if item.category not in self.categories:
            raise QuestionError("unknown_category", where="item.category")
        if item.channel and item.channel not in self.channels:
            raise QuestionError("unknown_channel", where="item.channel")
        return self._not_in_force


def _refuse_unknown(
    cells: Mapping[CellKey, Cell],
    action: str,
    category: str | None,
    channel: str | None,
    *,
    prefix: str,
) -> NoReturn:
    # Cells are a full product, so one of the three names is not there.
    if all(action != key[0] for key in cells):
        raise QuestionError("unknown_action", where="action")
    if category is not None and all(category != key[1] for key in cells):
        raise QuestionError("unknown_category", where=f"{prefix}category")
    raise QuestionError("unknown_channel", where=f"{prefix}channel")


def _latest(named: Iterable[tuple[str, AnyEntry]]) -> Mapping[str, AnyEntry]:
    """Return the entry of each name that comes into force last."""
    latest = dict(sorted(named, key=lambda pair: pair[1].effective_from))
    return MappingProxyType(latest)
