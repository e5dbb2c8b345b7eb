"""The policy of one agency, ready to decide."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import NoReturn, TypeVar

from otp_policy.document import (
    Category,
    Channel,
    Document,
    Entry,
    Role,
    Step,
    Unit,
    Urgent,
)
from otp_policy.eras import Cell, CellKey, Era, eras, first_channels
from otp_policy.errors import PolicyError, QuestionError
from otp_policy.model import Action, Decision, Finding, Question, ReasonCode
from otp_policy.roles import missing_authority

__all__ = ["Policy"]

AnyEntry = TypeVar("AnyEntry", bound=Entry)
ACTIONS = frozenset(action.value for action in Action)


class Policy:
    """
    A policy that has passed every check; `load_policy` makes one.

    `categories`, `channels`, `units`, `roles` and `steps` show the latest entry of each name.
    Decisions use the entries in force on the day of the question.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.id = document.policy.id
        self.version = document.policy.version
        self.label = f"{self.id}@{self.version}"
        self.timezone = document.policy.timezone
        self.units: Mapping[str, Unit] = _latest((unit.code, unit) for unit in document.unit)
        self.roles: Mapping[str, Role] = _latest((role.code, role) for role in document.role)
        self.categories: Mapping[str, Category] = _latest(
            (category.code, category) for category in document.category
        )
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
        self._urgent_reasons = frozenset(
            {
                "",
                *(reason for urgent in self.document.urgent for reason in urgent.reasons),
            }
        )
        self._allowed = Decision(allowed=True, reasons=(), policy=self.label)
        commencement = self.document.commencement
        not_in_force = Finding(
            code=ReasonCode.NOT_IN_FORCE,
            clause=commencement.clause,
            interpretation=bool(commencement.interpretation),
        )
        self._not_in_force = Decision(allowed=False, reasons=(not_in_force,), policy=self.label)

    def decide(self, question: Question) -> Decision:
        """
        Return whether the actor may, and every reason against it: authority first.

        Raises:
            QuestionError: If a role, action, category, channel or urgent reason is unknown.
        """
        item = question.item
        era = self._eras[bisect_right(self._starts, question.on)]
        self._check_names(question)
        channel = item.channel or era.first_channel
        cell = era.cells.get((question.action, item.category, channel, item.urgent))
        if cell is None:
            return self._without_cell(question, era)
        reasons = []
        authority = missing_authority(
            question.actor, grants=cell.grants, unit=item.unit, on=question.on
        )
        if authority is not None:
            reasons.append(authority)
        for obstacle, finding in cell.obstacles:
            if obstacle(question, channel):
                reasons.append(finding)
        if not reasons:
            return self._allowed
        return Decision(allowed=False, reasons=tuple(reasons), policy=self.label)

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

    def _cells(self, on: date) -> Mapping[CellKey, Cell]:
        return self._eras[bisect_right(self._starts, on)].cells

    def _check_names(self, question: Question) -> None:
        """Refuse what no day of the policy knows, even where it would change nothing."""
        actor, item = question.actor, question.item
        roles, channels = self.roles, self.channels
        for index, post in enumerate(actor.posts):
            if post.role not in roles:
                raise QuestionError("unknown_role", where=f"actor.posts[{index}].role")
        for index, delegation in enumerate(actor.delegations):
            if delegation.role not in roles:
                raise QuestionError("unknown_role", where=f"actor.delegations[{index}].role")
        for index, slot in enumerate(item.slots):
            if slot.channel not in channels:
                raise QuestionError("unknown_channel", where=f"item.slots[{index}].channel")
        if item.urgent_reason not in self._urgent_reasons:
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
