"""
What a policy file may say: one frozen value for each kind of entry.

These classes are the format. The loader takes keys, types and defaults from them, and so does
the reference of the format, so nothing about it is said twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from otp_policy.model import Action, ReasonCode
from otp_policy.vocabulary import (
    Authority,
    Binding,
    Capacity,
    Confidence,
    Counts,
    EventKind,
    UrgentMode,
    Weekday,
)

__all__ = [
    "Calendar",
    "Category",
    "Channel",
    "Clock",
    "Commencement",
    "Duty",
    "Entry",
    "Header",
    "Kind",
    "Label",
    "Law",
    "NonNegative",
    "Path",
    "Pause",
    "Place",
    "Position",
    "PositionsOfPaths",
    "Provision",
    "Remark",
    "Report",
    "Requirement",
    "ReviewReminder",
    "Role",
    "Rule",
    "Step",
    "Unit",
    "Urgent",
    "Wait",
]

NonNegative = int
"""A whole number from 0; a plain `int` in an entry starts at 1."""

Position = tuple[int, int]
"""Line and column in a file, both counted from 1; the column counts characters."""

Path = tuple[str | int, ...]
"""The way to a value of a file: names of tables and keys, and places in lists from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What people read, in both languages."""

    th: str
    en: str


class PositionsOfPaths(Protocol):
    """Knows where the paths of a file stand."""

    def at(self, path: Path) -> Position | None:
        """Return the position of a path, or of the nearest table or list around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry stands in its file; without `positions` that is only known in words."""

    table: str = ""
    index: int | None = None
    positions: PositionsOfPaths | None = None

    def where(self, key: str = "", *within: str | int) -> str:
        """Return the place in words, as `duty[1].category` or `rule[2].roles[0]`."""
        words = f"{self.table}{'' if self.index is None else f'[{self.index}]'}"
        for step in (key, *within) if key else within:
            words += f"[{step}]" if isinstance(step, int) else f".{step}"
        return words

    def at(self, key: str = "", *within: str | int) -> Position | None:
        """Return the position of *key* and what is in it, or of what is nearest around it."""
        if self.positions is None:
            return None
        index = () if self.index is None else (self.index,)
        return self.positions.at((self.table, *index, *((key,) if key else ()), *within))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the file is: `version` names the state of the rules in every decision."""

    id: str
    version: str
    timezone: str
    label: Label
    clauses: tuple[str, ...]
    announced_on: date | None = None
    place: Place = field(default=Place(table="policy"), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    What every entry carries.

    `effective_until` is the last day, included. `interpretation` gives the reason why this is a
    reading, where the clause does not bear it literally. `wording` is the clause in full, where
    the label is shorter; each of its lines is a point of a list.
    """

    clause: str
    effective_from: date
    label: Label
    effective_until: date | None = None
    interpretation: str = ""
    wording: Label | None = None
    place: Place = field(default=Place(), compare=False, repr=False)

    def holds(self, on: date) -> bool:
        """Return whether the entry is in force on that day."""
        until = self.effective_until
        return self.effective_from <= on and (until is None or on <= until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commencement(Entry):
    """From when the whole policy is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Entry):
    """A unit that the policy names. Divisions are the agency's own data."""

    code: str
    abbreviation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Entry):
    """
    A role, where it counts, and in what capacities it may be exercised.

    By whoever holds the post, by whoever acts in it, and, if `assigned` is among the
    capacities, by an official whom a dated order assigns.
    """

    code: str
    binding: Binding
    units: tuple[str, ...] = ()
    capacities: tuple[Capacity, ...] = (Capacity.HOLDER, Capacity.ACTING)

    @property
    def delegable(self) -> bool:
        """Whether a dated order may assign the role to another official."""
        return Capacity.ASSIGNED in self.capacities


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Entry):
    """A class of information that must be published."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Entry):
    """A kind of information within a category, which may have an interval of its own."""

    code: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Entry):
    """Where information goes out. A channel that waits for another names it in `requires_live`."""

    code: str
    owner: str
    publisher_role: str
    requires_live: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Entry):
    """
    One row of the annex: the step, its actions, and who is responsible in its own words.

    `responsible_wording` is to `responsible` what `wording` is to the label.
    """

    number: int
    actions: tuple[Action, ...]
    roles: tuple[str, ...]
    responsible: Label
    responsible_wording: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Entry):
    """What the annex notes beside a step."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Entry):
    """
    Who may do an action. No categories means all of them; no roles means nobody.

    With `authority = "channel_owner"` it is the publishing role of the question's channel, in
    the unit that owns it.
    """

    action: Action
    roles: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authority: Authority = Authority.ROLES
    urgent_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement(Entry):
    """What else can stand in the way of an action, and which clause says so."""

    code: ReasonCode
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Entry):
    """
    When what is published in a category, or as one kind of it, must be looked at again.

    Exactly one of the four says how the day is found:

    `review_every_months`: the same day of the month, so many months after the last review.
    `working_days_after_month_end`: so many working days after the month that comes next.
    `days_after_fiscal_year_end`: so many days after the fiscal year that comes next; 0 is its
    last day. `covers_current_year`: the last day that the information covers, as a plan of
    several years does; without one, the last day of the fiscal year of the last review.
    """

    category: str
    due_soon_days: int
    kind: str = ""
    review_every_months: int | None = None
    working_days_after_month_end: NonNegative | None = None
    days_after_fiscal_year_end: NonNegative | None = None
    covers_current_year: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(Entry):
    """When a fiscal year begins (on the first of that month, 1 to 12); which weekdays are free."""

    fiscal_year_starts_month: int
    weekend: tuple[Weekday, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch that a clock does not count: from one event to another."""

    begins: EventKind
    ends: EventKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(Entry):
    """
    How long something may take, and what stops the time.

    The day of receipt is not counted. `days` 0 means the same day. `moves_to_working_day`: a due
    date on a day off moves to the next working day. `pauses`: from the day after the first event
    to the day of the second, that day included, nothing is counted. `extendable`: an extension
    sets a new date, if it was made in time. `closed_by`: the events that end the case.
    """

    code: str
    days: NonNegative
    counts: Counts
    due_soon_days: int
    closed_by: tuple[EventKind, ...]
    moves_to_working_day: bool = False
    extendable: bool = False
    pauses: tuple[Pause, ...] = ()
    source: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent(Entry):
    """
    What it means that an item is urgent, and for which reasons it may be.

    With `ratify_within`, `ratify_clock` names the clock of the approval that follows, and
    `public_mark` is what the public reads beside the item until then.
    """

    mode: UrgentMode
    reasons: tuple[str, ...]
    ratify_clock: str = ""
    public_mark: Label | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Entry):
    """
    How long an action may wait before whoever may take it is reminded, and before it is told on.

    Working days are counted as in `calendar`, the day on which the wait began not counted; hours
    are counted round the clock, and only for urgent items. `escalate_to` are the roles that are
    told when it waits on, each where it counts: in the item's own unit, or in its own.
    """

    actions: tuple[Action, ...]
    remind_after_working_days: int
    escalate_after_working_days: int
    urgent_remind_after_hours: int
    urgent_escalate_after_hours: int
    escalate_to: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReminder(Entry):
    """
    When somebody is reminded of a review, and which roles are.

    Exactly one of the two says when: so many days before the due day, or so many after it, 0 being
    the due day itself. `to` are roles, each where it counts: in the item's own unit, or in its own.
    """

    to: tuple[str, ...]
    days_before_due: int | None = None
    days_after_due: NonNegative | None = None

    @property
    def names_one_day(self) -> bool:
        """Tell whether one of the two was given, and not both."""
        return (self.days_before_due is None) is not (self.days_after_due is None)

    @property
    def offset(self) -> int:
        """Return how many days after the due day it is; before it, the number is negative."""
        before = self.days_before_due
        return -before if before is not None else self.days_after_due or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Entry):
    """
    What a unit reports to the executives, and how often at least.

    `days_after_fiscal_year_end`: the report on a fiscal year is due no later than so many days
    after its last day, if the policy says so; 0 is that day itself.
    """

    code: str
    unit: str
    every_months: int
    days_after_fiscal_year_end: NonNegative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Law(Entry):
    """A law under which an action is done; its clocks are a data file of its own, `code`.toml."""

    code: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Entry):
    """
    The words of a clause, and the clauses that carry it out.

    `numeral` is its number as the document prints it, in any digits; `heading` stands above the
    first clause of a part of the document, as of an annex.
    """

    carried_out_by: tuple[str, ...]
    numeral: str = ""
    heading: Label | None = None
