"""A whole policy file as it was read: the entries of every date, by their tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import chain

from otp_policy.entries import (
    Calendar,
    Category,
    Channel,
    Clock,
    Commencement,
    Duty,
    Entry,
    Header,
    Kind,
    Law,
    Provision,
    Remark,
    Report,
    Requirement,
    ReviewReminder,
    Role,
    Rule,
    Step,
    Unit,
    Urgent,
    Wait,
)

__all__ = ["TABLES", "Document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole policy file as it was read, every entry of every date."""

    policy: Header
    commencement: Commencement
    unit: tuple[Unit, ...] = ()
    role: tuple[Role, ...] = ()
    category: tuple[Category, ...] = ()
    kind: tuple[Kind, ...] = ()
    channel: tuple[Channel, ...] = ()
    step: tuple[Step, ...] = ()
    remark: tuple[Remark, ...] = ()
    rule: tuple[Rule, ...] = ()
    requirement: tuple[Requirement, ...] = ()
    duty: tuple[Duty, ...] = ()
    calendar: tuple[Calendar, ...] = ()
    clock: tuple[Clock, ...] = ()
    urgent: tuple[Urgent, ...] = ()
    wait: tuple[Wait, ...] = ()
    review_reminder: tuple[ReviewReminder, ...] = ()
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
