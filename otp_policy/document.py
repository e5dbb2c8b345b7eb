"""
What a policy file may say: one frozen value for each kind of entry.

These classes are the format. The loader takes keys, types and defaults from them, so nothing
about the format is said twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain

from otp_policy.model import Action, ReasonCode

__all__ = [
    "TABLES",
    "Authority",
    "Binding",
    "Category",
    "Channel",
    "Commencement",
    "Document",
    "Duty",
    "Entry",
    "Header",
    "Label",
    "Law",
    "Place",
    "Provision",
    "Remark",
    "Report",
    "Requirement",
    "Role",
    "Rule",
    "Step",
    "Unit",
    "Urgent",
    "UrgentMode",
]


class Binding(StrEnum):
    """Where a role counts: the item's own unit, units named in the file, or everywhere."""

    ITEM_UNIT = "item_unit"
    FIXED_UNITS = "fixed_units"
    OFFICE = "office"


class Authority(StrEnum):
    """Who a rule speaks of: the roles it names, or whoever publishes for the channel's owner."""

    ROLES = "roles"
    CHANNEL_OWNER = "channel_owner"


class UrgentMode(StrEnum):
    """What urgency changes. `approve_first`: the order of work, never the approval."""

    APPROVE_FIRST = "approve_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What people read, in both languages."""

    th: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry stands in its file; `lines` gives the line of each of its keys."""

    table: str = ""
    index: int | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    def where(self, key: str = "") -> str:
        """Return the place in words, as `duty[1].category`."""
        index = "" if self.index is None else f"[{self.index}]"
        return f"{self.table}{index}{'.' if key else ''}{key}"

    def line(self, key: str = "") -> int | None:
        """Return the line of *key*, or of the head of the table if the key is not there."""
        return self.lines.get(key, self.lines.get(""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the file is: `version` names the state of the rules in every decision."""

    id: str
    version: str
    timezone: str
    label: Label
    clauses: tuple[str, ...]
    place: Place = field(default=Place(table="policy"), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    What every entry carries.

    `effective_until` is the last day, included. `interpretation` gives the reason why this is a
    reading, where the clause does not bear it literally.
    """

    clause: str
    effective_from: date
    label: Label
    effective_until: date | None = None
    interpretation: str = ""
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
    """A role, where it counts, and whether an order may assign it to another official."""

    code: str
    binding: Binding
    units: tuple[str, ...] = ()
    delegable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Entry):
    """A kind of information that must be published."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Entry):
    """Where information goes out. A channel that waits for another names it in `requires_live`."""

    code: str
    owner: str
    publisher_role: str
    requires_live: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Entry):
    """One row of the annex: the step, its actions, and who is responsible in its own words."""

    number: int
    actions: tuple[Action, ...]
    roles: tuple[str, ...]
    responsible: Label


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
    """How often what is published in a category must be looked at again."""

    category: str
    review_every_months: int
    due_soon_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgent(Entry):
    """What it means that an item is urgent, and for which reasons it may be."""

    mode: UrgentMode
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Entry):
    """What a unit reports to the executives, and how often at least."""

    code: str
    unit: str
    every_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Law(Entry):
    """A law under which an action is done; its own rules are data of their own."""

    code: str
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision(Entry):
    """A clause that only orders others to exist: the clauses that carry it out."""

    carried_out_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole policy file as it was read, every entry of every date."""

    policy: Header
    commencement: Commencement
    unit: tuple[Unit, ...] = ()
    role: tuple[Role, ...] = ()
    category: tuple[Category, ...] = ()
    channel: tuple[Channel, ...] = ()
    step: tuple[Step, ...] = ()
    remark: tuple[Remark, ...] = ()
    rule: tuple[Rule, ...] = ()
    requirement: tuple[Requirement, ...] = ()
    duty: tuple[Duty, ...] = ()
    urgent: tuple[Urgent, ...] = ()
    report: tuple[Report, ...] = ()
    law: tuple[Law, ...] = ()
    provision: tuple[Provision, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Return every entry, in the order of the kinds above."""
        yield self.commencement
        yield from chain.from_iterable(getattr(self, name) for name in TABLES)

    def on(self, day: date) -> Document:
        """Return the same document with only the entries that are in force on *day*."""
        kept = {
            name: tuple(entry for entry in getattr(self, name) if entry.holds(day))
            for name in TABLES
        }
        return Document(policy=self.policy, commencement=self.commencement, **kept)

    def turning_points(self) -> tuple[date, ...]:
        """Return the days, from the commencement on, on which what is in force may change."""
        start = self.commencement.effective_from
        days = {start}
        for entry in self.entries():
            days.add(entry.effective_from)
            if entry.effective_until is not None and entry.effective_until < date.max:
                days.add(entry.effective_until + timedelta(days=1))
        return tuple(sorted(day for day in days if day >= start))


TABLES = tuple(f.name for f in fields(Document) if f.name not in {"policy", "commencement"})
"""The names of the tables that hold any number of entries, in the order of the format."""
