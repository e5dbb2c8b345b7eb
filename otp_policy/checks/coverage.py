"""
Gaps and dangling names on one day: everything that a policy in force has to answer for.

Each check takes the document with only the entries in force on that day.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from otp_policy.checks.defects import defect
from otp_policy.checks.safeguards import missing_safeguards
from otp_policy.document import Document
from otp_policy.entries import Entry
from otp_policy.eras import first_channels, matching_rules
from otp_policy.errors import PolicyDataError
from otp_policy.model import Action
from otp_policy.values import nearest
from otp_policy.vocabulary import Authority, Binding

__all__ = ["defects_on"]


def defects_on(day: date, today: Document, document: Document) -> Iterator[PolicyDataError]:
    """Return the defects of *today*, the entries of *document* in force on *day*."""
    yield from _nothing(day, today)
    dangling = list(_dangling_names(day, today, document))
    yield from dangling
    yield from _channels(day, today)
    yield from _publishers(today)
    yield from missing_safeguards(day, today)
    yield from _duties(day, today)
    yield from _single_entries(day, today)
    # A place may be an item of a list: its key is what the checks below ask for.
    unresolved = {re.sub(r"\[\d+\]$", "", one.where) for one in dangling}
    yield from _actions(day, today, unresolved)
    yield from _steps(today, unresolved)


def _nothing(day: date, today: Document) -> Iterator[PolicyDataError]:
    for kind in ("category", "step"):
        if not getattr(today, kind):
            yield PolicyDataError(
                f"no {kind} is in force on {day.isoformat()}",
                where=kind,
                code=f"no_{kind}",
                instead=f"write a [[{kind}]] for each, or end the policy itself before that day",
            )


def _dangling_names(day: date, today: Document, document: Document) -> Iterator[PolicyDataError]:
    for entry, key, kind, names in _references(today):
        in_force = {_name(other) for other in getattr(today, kind)}
        ever = {_name(other) for other in getattr(document, kind)}
        for index, name in enumerate(names):
            if name in in_force:
                continue
            item = index if isinstance(getattr(entry, key), tuple) else None
            if name in ever:
                problem = f"{kind} `{name}` is not in force on {day.isoformat()}"
                instead = "let both hold on the same days"
            else:
                problem = f"undeclared {kind} `{name}`"
                # An entry whose own name could not be read is there, but cannot be named.
                declared = ", ".join(f"`{other}`" for other in sorted(in_force) if other)
                instead = f"declare it in a [[{kind}]], or write one of {declared or 'none yet'}"
            code = f"undeclared_{kind}"
            yield defect(entry, code, problem, key=key, item=item, instead=instead)


def _references(today: Document) -> Iterator[tuple[Entry, str, str, Sequence[str]]]:
    """Return entry, key, the kind of entry the key names, and the names."""
    for role in today.role:
        yield role, "units", "unit", role.units
    for channel in today.channel:
        yield channel, "owner", "unit", (channel.owner,)
        yield channel, "publisher_role", "role", (channel.publisher_role,)
        yield channel, "requires_live", "channel", filter_empty(channel.requires_live)
    for rule in today.rule:
        yield rule, "roles", "role", rule.roles
        yield rule, "categories", "category", rule.categories
    for step in today.step:
        yield step, "roles", "role", step.roles
    for remark in today.remark:
        yield remark, "step", "step", (str(remark.step),)
    for kind in today.kind:
        yield kind, "category", "category", (kind.category,)
    yield from _references_of_duties(today)


def _references_of_duties(today: Document) -> Iterator[tuple[Entry, str, str, Sequence[str]]]:
    """Return the same of what sets a time."""
    for duty in today.duty:
        yield duty, "category", "category", (duty.category,)
        yield duty, "kind", "kind", filter_empty(duty.kind)
    for urgent in today.urgent:
        yield urgent, "ratify_clock", "clock", filter_empty(urgent.ratify_clock)
    for wait in today.wait:
        yield wait, "escalate_to", "role", wait.escalate_to
    for reminder in today.review_reminder:
        yield reminder, "to", "role", reminder.to
    for report in today.report:
        yield report, "unit", "unit", (report.unit,)


def filter_empty(name: str) -> tuple[str, ...]:
    """Return the name, or nothing where none was given."""
    return (name,) if name else ()


def _name(entry: Entry) -> str:
    return str(getattr(entry, "code", None) or getattr(entry, "number", ""))


def _channels(day: date, today: Document) -> Iterator[PolicyDataError]:
    first = first_channels(today)
    if len(first) != 1:
        names = ", ".join(f"`{channel.code}`" for channel in first) or "none"
        yield PolicyDataError(
            f"on {day.isoformat()} there must be one channel that waits for no other, not {names}",
            where="channel",
            code="first_channel",
            at=first[-1].place.at() if first else None,
            instead="name the first channel in `requires_live` of every other",
        )
        return
    for channel in today.channel:
        known = channel.requires_live in {other.code for other in today.channel}
        if known and channel.requires_live != first[0].code:
            yield defect(
                channel,
                "first_channel",
                f"`{channel.requires_live}` is not the first channel",
                key="requires_live",
                instead=f"write `{first[0].code}`: only there is known what is live",
            )


def _publishers(today: Document) -> Iterator[PolicyDataError]:
    roles = {role.code: role for role in today.role}
    for channel in today.channel:
        role = roles.get(channel.publisher_role)
        if role and role.binding is Binding.FIXED_UNITS and channel.owner not in role.units:
            yield defect(
                channel,
                "channel_without_publisher",
                f"role `{role.code}` does not count in `{channel.owner}`, the owner",
                key="publisher_role",
                instead=f"name a role that counts in `{channel.owner}`",
            )


def _duties(day: date, today: Document) -> Iterator[PolicyDataError]:
    codes = [category.code for category in today.category]
    # A misspelt category is told already: its duty counts for the one that was probably meant.
    held = {
        duty.category if duty.category in codes else nearest(duty.category, codes)
        for duty in today.duty
        if not duty.kind
    }
    kinds = {kind.code: kind.category for kind in today.kind}
    for duty in today.duty:
        if duty.category in codes and kinds.get(duty.kind, duty.category) != duty.category:
            yield defect(
                duty,
                "kind_elsewhere",
                f"kind `{duty.kind}` belongs to category `{kinds[duty.kind]}`",
                key="kind",
                instead=f"write a kind of `{duty.category}`, or the kind's own category",
            )
    for category in today.category:
        if category.code not in held:
            yield defect(
                category,
                "category_without_duty",
                f"nobody has to review category `{category.code}` on {day.isoformat()}",
                instead=f'write a [[duty]] with category = "{category.code}"',
            )


def _single_entries(day: date, today: Document) -> Iterator[PolicyDataError]:
    subjects = {"urgent": "what urgency changes", "calendar": "which days are working days"}
    for table, subject in subjects.items():
        entries = getattr(today, table)
        if len(entries) != 1:
            yield PolicyDataError(
                f"{len(entries)} entries say on {day.isoformat()} {subject}",
                where=table,
                code=f"{table}_not_single",
                at=entries[-1].place.at() if entries else None,
                instead=f"let exactly one [[{table}]] be in force",
            )


def _actions(day: date, today: Document, unresolved: Collection[str]) -> Iterator[PolicyDataError]:
    meant = set(_meant(today, unresolved))
    for category in today.category:
        for action in Action:
            if (action, category.code) in meant:
                continue
            rules = matching_rules(today, action=action, category=category.code)
            usual = [rule for rule in rules if not rule.urgent_only]
            taken = any(rule.roles or rule.authority is Authority.CHANNEL_OWNER for rule in usual)
            # Nobody endorsing is a possible policy, as long as the file says so.
            if taken or (usual and action is Action.ENDORSE):
                continue
            code = (
                "category_without_approver" if action is Action.APPROVE else "action_without_role"
            )
            yield defect(
                category,
                code,
                f"nobody may `{action}` in category `{category.code}` on {day.isoformat()}",
                instead=f'write a [[rule]] with action = "{action}" for this category',
            )


def _meant(today: Document, unresolved: Collection[str]) -> Iterator[tuple[Action, str]]:
    """Return the action and category that each misspelt category of a rule most likely means."""
    codes = [category.code for category in today.category]
    for rule in today.rule:
        if rule.place.where("categories") in unresolved:
            for name in set(rule.categories).difference(codes):
                yield rule.action, nearest(name, codes) or ""


def _steps(today: Document, unresolved: set[str]) -> Iterator[PolicyDataError]:
    for step in today.step:
        for action in step.actions:
            able, places = _able(today, action)
            # A misspelt name may be the one that is looked for: that defect is told already.
            if able & set(step.roles) or (
                step.roles and not unresolved.isdisjoint({*places, step.place.where("roles")})
            ):
                continue
            names = ", ".join(f"`{role}`" for role in sorted(able))
            yield defect(
                step,
                "step_without_role",
                f"none of the roles of step {step.number} may `{action}`",
                key="roles",
                instead=f"name one of {names}"
                if able
                else f'write a [[rule]] with action = "{action}"',
            )


def _able(today: Document, action: Action) -> tuple[set[str], set[str]]:
    """Return the roles that may do *action*, and the places that name them."""
    able: set[str] = set()
    places: set[str] = set()
    for rule in today.rule:
        if rule.action is not action:
            continue
        if rule.authority is Authority.CHANNEL_OWNER:
            able |= {channel.publisher_role for channel in today.channel}
            places |= {channel.place.where("publisher_role") for channel in today.channel}
        else:
            able |= set(rule.roles)
            places.add(rule.place.where("roles"))
    return able, places
