"""
What one day of a policy decides, and what two policies decide otherwise on the same day.

Compared is the meaning, not the file: who may do what, from the tables that `decide` itself uses,
and what each entry sets. Where the two files only put the same thing in other words, that is a
difference too, of a kind of its own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from otp_policy.document import TABLES, Document
from otp_policy.entries import (
    Duty,
    Entry,
    Remark,
    Requirement,
    ReviewReminder,
    Rule,
    Step,
    Wait,
)
from otp_policy.eras import Cell, CellKey, eras
from otp_policy.instruments import LawFile
from otp_policy.model import Action
from otp_policy.policy import Policy
from otp_policy.steps import OBSTACLES

__all__ = ["Contrast", "Scope", "Side", "contrasts", "sides"]

BASE = frozenset({"clause", "label", "wording", "interpretation", "place", "effective_from",
                  "effective_until", "responsible", "responsible_wording"})  # fmt: skip
"""What an entry carries beside what it sets."""

WORDS = ("label", "wording", "clause", "interpretation", "responsible", "responsible_wording")

SETTINGS = ("unit", "role", "category", "kind", "channel", "step", "duty", "calendar", "clock",
            "urgent", "wait", "review_reminder", "report", "law")  # fmt: skip
"""The tables whose entries are compared by what they set; rules and requirements are by effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One policy on one day: its entries, its laws' clocks among them, and its cells."""

    label: str
    in_force: bool
    document: Document
    cells: Mapping[CellKey, Cell]

    def entries(self, table: str) -> dict[str, Entry]:
        """Return the entries of a table by what they speak of."""
        return {_subject(entry): entry for entry in getattr(self.document, table)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a difference applies; an empty tuple means everywhere, None whether urgent or not."""

    action: str
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    urgent: bool | None = None

    def __str__(self) -> str:
        urgency = {None: "*", True: "urgent", False: "usual"}[self.urgent]
        places = (",".join(names) or "*" for names in (self.categories, self.channels))
        return "/".join((self.action, *places, urgency))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """
    One difference of one day.

    `key` is what it is compared by from day to day; `old` and `new` are the entries, if any.
    """

    kind: str
    subject: str
    before: Hashable
    after: Hashable
    table: str = ""
    scope: Scope | None = None
    kept: tuple[str, ...] = ()
    old: Entry | None = field(default=None, compare=False)
    new: Entry | None = field(default=None, compare=False)


def sides(policy: Policy, days: Iterable[date]) -> dict[date, Side]:
    """Return the policy as it stands on each of the days."""
    document = _with_laws(policy.document, policy.laws.values())
    by_start = {era.starts_on: era for era in eras(policy.document)}
    found = {}
    for day in days:
        start = max((one for one in by_start if one <= day), default=None)
        found[day] = Side(
            label=policy.label,
            in_force=policy.is_in_force(day),
            document=document.on(day),
            cells={} if start is None else by_start[start].cells,
        )
    return found


def _with_laws(document: Document, laws: Iterable[LawFile]) -> Document:
    own = {clock.code for clock in document.clock}
    others = (clock for law in laws for clock in law.clock if clock.code not in own)
    return replace(document, clock=(*document.clock, *others))


def contrasts(old: Side, new: Side) -> Iterator[Contrast]:
    """Return every difference of the day, what matters most first."""
    if old.in_force != new.in_force:
        before, after = (side.label if side.in_force else None for side in (old, new))
        yield Contrast(kind="commencement", subject="", before=before, after=after)
    if not (old.in_force and new.in_force):
        return
    yield from _authority(old, new)
    yield from _conditions(old, new)
    for table in SETTINGS:
        yield from _settings(table, old, new)
    yield from _citations(old, new)
    ours, theirs = ({"": side.document.commencement} for side in (old, new))
    yield from _words("commencement", ours, theirs)
    for table in TABLES:
        yield from _words(table, old.entries(table), new.entries(table))


def _subject(entry: Entry) -> str:
    """Return what an entry speaks of, among the entries of its table on one day."""
    match entry:
        case Duty():
            return "/".join(filter(None, (entry.category, entry.kind)))
        case Requirement():
            return "/".join((entry.code, *sorted(entry.actions)))
        case Rule():
            whose = (*sorted(entry.roles), entry.authority.value, *["urgent"] * entry.urgent_only)
            return "/".join((entry.action, ",".join(entry.categories), *whose))
        case Wait():
            return ",".join(sorted(entry.actions))
        case ReviewReminder():
            return f"{entry.offset:+}/{','.join(sorted(entry.to))}"
        case Step():
            return str(entry.number)
        case Remark():
            return str(entry.step)
    code = getattr(entry, "code", "")
    if code and hasattr(entry, "actions"):
        return "/".join((code, *sorted(entry.actions)))
    # Of a calendar or of what urgency means there is one; a provision speaks of its clause.
    return str(code or (entry.clause if hasattr(entry, "carried_out_by") else ""))


def _cells_of_both(old: Side, new: Side) -> Iterator[tuple[CellKey, Cell, Cell]]:
    for key, cell in old.cells.items():
        if key in new.cells:
            yield key, cell, new.cells[key]


def _authority(old: Side, new: Side) -> Iterator[Contrast]:
    """Return for whom an action opens or closes, in categories and channels that both know."""
    found: dict[Hashable, list[CellKey]] = {}
    for key, before, after in _cells_of_both(old, new):
        earlier, later = set(before.grants.by_role), set(after.grants.by_role)
        if earlier != later:
            rights = (tuple(sorted(earlier)), tuple(sorted(later)))
            found.setdefault((key[0], rights), []).append(key)
        for role in sorted(earlier & later):
            units = [_units(cell, role) for cell in (before, after)]
            if units[0] != units[1]:
                found.setdefault((key[0], role, *units), []).append(key)
    for delta, keys in found.items():
        for scope in _scopes(keys, old, new):
            yield _authority_contrast(delta, scope)


def _units(cell: Cell, role: str) -> tuple[str, ...] | None:
    units = cell.grants.by_role[role].units
    return None if units is None else tuple(sorted(units))


def _authority_contrast(delta: Any, scope: Scope) -> Contrast:
    if len(delta) == 2:
        before, after = delta[1]
        kept = tuple(role for role in before if role in after)
        return Contrast(
            kind="authority", subject=str(scope), before=before, after=after, scope=scope, kept=kept
        )
    _, role, before, after = delta
    return Contrast(
        kind="authority_units",
        subject=f"{role}/{scope}",
        before=before,
        after=after,
        scope=scope,
        kept=(role,),
    )


def _conditions(old: Side, new: Side) -> Iterator[Contrast]:
    """Return what newly stands in the way of an action, and what no longer does."""
    found: dict[tuple[str, str, bool], list[CellKey]] = {}
    for key, before, after in _cells_of_both(old, new):
        earlier, later = ({f.code.value for _, f in cell.obstacles} for cell in (before, after))
        for code in OBSTACLES:
            if (code in earlier) != (code in later):
                found.setdefault((key[0], code.value, code in later), []).append(key)
    for (action, name, added), keys in found.items():
        for scope in _scopes(keys, old, new):
            yield Contrast(
                kind="condition",
                subject=f"{name}/{scope}",
                before=None if added else name,
                after=name if added else None,
                scope=scope,
                old=_requirement(old, name, action),
                new=_requirement(new, name, action),
            )


def _requirement(side: Side, code: str, action: str) -> Entry | None:
    fitting = (
        one for one in side.document.requirement if one.code == code and action in one.actions
    )
    return next(fitting, None)


def _citations(old: Side, new: Side) -> Iterator[Contrast]:
    """Return which refusals cite another clause, or cite it as a reading where they did not."""
    found: dict[tuple[str, Hashable, Hashable], list[CellKey]] = {}
    for key, before, after in _cells_of_both(old, new):
        earlier, later = _cited(before), _cited(after)
        for code in earlier.keys() & later.keys():
            if earlier[code] != later[code]:
                delta = (key[0], (code, *earlier[code]), (code, *later[code]))
                found.setdefault(delta, []).append(key)
    for (_, cited, cites), keys in sorted(found.items(), key=lambda one: str(one[0])):
        for scope in _scopes(keys, old, new):
            yield Contrast(
                kind="citation",
                subject=f"{cited[0]}/{scope}",  # type: ignore[index]
                before=cited,
                after=cites,
                scope=scope,
            )


def _cited(cell: Cell) -> dict[str, tuple[str, bool]]:
    findings = [cell.grants.role_missing, *(finding for _, finding in cell.obstacles)]
    if any(grant.delegable for grant in cell.grants.by_role.values()):
        findings.append(cell.grants.delegation_not_in_force)
    return {one.code.value: (one.clause, one.interpretation) for one in findings}


def _scopes(keys: Sequence[CellKey], old: Side, new: Side) -> Iterator[Scope]:
    """Return the fewest scopes that hold exactly these cells of one action."""
    by_category: dict[str, set[tuple[str, bool]]] = {}
    for _, category, channel, urgent in keys:
        by_category.setdefault(category, set()).add((channel, urgent))
    both = [(key[1], key[2]) for key in old.cells if key in new.cells]
    for categories, places in _grouped(by_category):
        by_channel: dict[str, set[bool]] = {}
        for channel, urgent in sorted(places):
            by_channel.setdefault(channel, set()).add(urgent)
        for channels, urgencies in _grouped(by_channel):
            yield Scope(
                action=keys[0][0],
                categories=_unless_all(categories, {one for one, _ in both}),
                channels=_unless_all(channels, {one for _, one in both}),
                urgent=None if len(urgencies) == 2 else urgencies == {True},
            )


def _grouped(values: Mapping[str, set[Any]]) -> Iterator[tuple[tuple[str, ...], set[Any]]]:
    groups: dict[Hashable, list[str]] = {}
    for name, value in values.items():
        groups.setdefault(frozenset(value), []).append(name)
    for names in groups.values():
        yield tuple(names), values[names[0]]


def _unless_all(names: tuple[str, ...], everything: set[str]) -> tuple[str, ...]:
    return () if set(names) == everything else names


def _settings(table: str, old: Side, new: Side) -> Iterator[Contrast]:
    earlier, later = old.entries(table), new.entries(table)
    for subject in dict.fromkeys((*earlier, *later)):
        was, is_now = earlier.get(subject), later.get(subject)
        before, after = (None if entry is None else _values(entry) for entry in (was, is_now))
        if before != after:
            yield Contrast(
                kind=table,
                subject=subject,
                before=before,
                after=after,
                table=table,
                kept=_approvers(subject, new) if table == "category" else (),
                old=was,
                new=is_now,
            )


def _approvers(category: str, side: Side) -> tuple[str, ...]:
    roles = {
        role
        for (action, cell_category, _, urgent), cell in side.cells.items()
        if action == Action.APPROVE and cell_category == category and not urgent
        for role in cell.grants.by_role
    }
    return tuple(sorted(roles))


def _values(entry: Entry) -> tuple[tuple[str, Hashable], ...]:
    """Return what an entry sets, field by field."""
    return tuple(
        (one.name, getattr(entry, one.name)) for one in fields(entry) if one.name not in BASE
    )


def _words(table: str, old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Iterator[Contrast]:
    """Return what is only put in other words, or cited otherwise."""
    told_whole = table not in (*SETTINGS, "rule", "requirement")
    for subject in dict.fromkeys((*old, *new)):
        earlier, later = old.get(subject), new.get(subject)
        names = [*WORDS, *(["numeral", "heading", "carried_out_by"] if told_whole else [])]
        if earlier is None or later is None:
            names = ["entry"] if told_whole else []
        for name in names:
            before, after = (_word(entry, name) for entry in (earlier, later))
            if before != after:
                yield Contrast(
                    kind="wording",
                    subject=f"{table}/{subject}/{name}",
                    before=before,
                    after=after,
                    table=table,
                    old=earlier,
                    new=later,
                )


def _word(entry: Entry | None, name: str) -> Hashable:
    if entry is None:
        return None
    value: Hashable = getattr(entry, "label" if name == "entry" else name, None)
    return value
