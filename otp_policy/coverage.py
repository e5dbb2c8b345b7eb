"""
Gaps and dangling names on one day: everything that a policy in force has to answer for.

Each check takes the document with only the entries in force on that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from otp_policy.document import Authority, Binding, Document, Entry
from otp_policy.eras import first_channels, matching_rules
from otp_policy.errors import PolicyDataError
from otp_policy.model import Action, ReasonCode

__all__ = ["defect", "defects_on"]

SAFEGUARDS: tuple[tuple[ReasonCode, Action], ...] = (
    # INVARIANT: nothing is public without its approval, and nobody decides their own work.
    (ReasonCode.OWN_WORK, Action.ENDORSE),
    (ReasonCode.OWN_WORK, Action.APPROVE),
    (ReasonCode.APPROVAL_MISSING, Action.PUBLISH),
    (ReasonCode.APPROVAL_STALE, Action.PUBLISH),
)

PAIRS: tuple[tuple[ReasonCode, ReasonCode], ...] = (
    # Without the second, what the first asks for could be of another text.
    (ReasonCode.ENDORSEMENT_MISSING, ReasonCode.ENDORSEMENT_STALE),
    (ReasonCode.APPROVAL_MISSING, ReasonCode.APPROVAL_STALE),
)


def defect(
    entry: Entry, code: str, problem: str, *, key: str = "", instead: str
) -> PolicyDataError:
    """Return a defect at *key* of *entry*."""
    place = entry.place
    return PolicyDataError(
        problem,
        where=place.where(key),
        code=code,
        line=place.line(key),
        instead=instead,
    )


def defects_on(day: date, today: Document, document: Document) -> Iterator[PolicyDataError]:
    """Return the defects of *today*, the entries of *document* in force on *day*."""
    dangling = list(_dangling_names(day, today, document))
    yield from dangling
    yield from _channels(day, today)
    yield from _publishers(today)
    yield from _safeguards(day, today)
    yield from _duties(day, today)
    if not dangling:
        yield from _actions(day, today)
        yield from _steps(today)


def _dangling_names(day: date, today: Document, document: Document) -> Iterator[PolicyDataError]:
    for entry, key, kind, names in _references(today):
        in_force = {_name(other) for other in getattr(today, kind)}
        ever = {_name(other) for other in getattr(document, kind)}
        for name in names:
            if name in in_force:
                continue
            if name in ever:
                problem = f"{kind} `{name}` is not in force on {day.isoformat()}"
                instead = "let both hold on the same days"
            else:
                problem = f"undeclared {kind} `{name}`"
                declared = ", ".join(f"`{other}`" for other in sorted(in_force))
                instead = f"declare it in a [[{kind}]], or write one of {declared or 'none yet'}"
            yield defect(entry, f"undeclared_{kind}", problem, key=key, instead=instead)


def _references(today: Document) -> Iterator[tuple[Entry, str, str, Collection[str]]]:
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
    for duty in today.duty:
        yield duty, "category", "category", (duty.category,)
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
            line=first[-1].place.line() if first else None,
            instead="name the first channel in `requires_live` of every other",
        )
        return
    for channel in today.channel:
        if channel.requires_live not in {"", first[0].code}:
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


def _safeguards(day: date, today: Document) -> Iterator[PolicyDataError]:
    held = {(entry.code, action) for entry in today.requirement for action in entry.actions}
    needed = set(SAFEGUARDS)
    for one, other in PAIRS:
        for code, action in held:
            if code in {one, other}:
                needed |= {(one, action), (other, action)}
    if any(rule.roles for rule in today.rule if rule.action is Action.ENDORSE):
        needed.add((ReasonCode.ENDORSEMENT_MISSING, Action.APPROVE))
        needed.add((ReasonCode.ENDORSEMENT_STALE, Action.APPROVE))
    delegable = {role.code for role in today.role if role.delegable}
    publishers = {channel.publisher_role for channel in today.channel}
    for rule in today.rule:
        by_owner = rule.authority is Authority.CHANNEL_OWNER
        if delegable & (publishers if by_owner else set(rule.roles)):
            needed.add((ReasonCode.DELEGATION_NOT_IN_FORCE, rule.action))
    for code, action in sorted(needed - held):
        yield PolicyDataError(
            f"nothing requires `{code}` of `{action}` on {day.isoformat()}",
            where="requirement",
            code="safeguard_missing",
            instead=f'write a [[requirement]] with code = "{code}" and this action',
        )


def _duties(day: date, today: Document) -> Iterator[PolicyDataError]:
    held = {duty.category for duty in today.duty}
    for category in today.category:
        if category.code not in held:
            yield defect(
                category,
                "category_without_duty",
                f"nobody has to review category `{category.code}` on {day.isoformat()}",
                instead=f'write a [[duty]] with category = "{category.code}"',
            )
    if len(today.urgent) != 1:
        yield PolicyDataError(
            f"{len(today.urgent)} entries say on {day.isoformat()} what urgency changes",
            where="urgent",
            code="urgent_not_single",
            instead="let exactly one [[urgent]] be in force",
        )


def _actions(day: date, today: Document) -> Iterator[PolicyDataError]:
    for category in today.category:
        for action in Action:
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


def _steps(today: Document) -> Iterator[PolicyDataError]:
    publishers = {channel.publisher_role for channel in today.channel}
    for step in today.step:
        for action in step.actions:
            able = {role for rule in today.rule if rule.action is action for role in rule.roles}
            for rule in today.rule:
                if rule.action is action and rule.authority is Authority.CHANNEL_OWNER:
                    able |= publishers
            if not able & set(step.roles):
                yield defect(
                    step,
                    "step_without_role",
                    f"none of the roles of step {step.number} may `{action}`",
                    key="roles",
                    instead=f"name one of {', '.join(f'`{role}`' for role in sorted(able))}",
                )
