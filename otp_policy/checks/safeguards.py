"""
What no policy may leave out: approval, separation of duty, and a second person where it is urgent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from otp_policy.checks.defects import defect
from otp_policy.document import Document
from otp_policy.entries import Rule
from otp_policy.eras import matching_rules
from otp_policy.errors import PolicyDataError
from otp_policy.model import Action, ReasonCode
from otp_policy.vocabulary import Authority, UrgentMode

__all__ = ["missing_safeguards"]

SAFEGUARDS: tuple[tuple[ReasonCode, Action], ...] = (
    # INVARIANT: nothing is public without its approval, and nobody decides their own work.
    (ReasonCode.OWN_WORK, Action.ENDORSE),
    (ReasonCode.OWN_WORK, Action.APPROVE),
    (ReasonCode.APPROVAL_MISSING, Action.PUBLISH),
    (ReasonCode.APPROVAL_STALE, Action.PUBLISH),
)

RATIFIED: tuple[tuple[ReasonCode, Action], ...] = (
    # INVARIANT: what goes out before its approval has a reason and a second person behind it.
    (ReasonCode.URGENT_REASON_MISSING, Action.PUBLISH),
    (ReasonCode.SECOND_PERSON_MISSING, Action.PUBLISH),
)

PAIRS: tuple[tuple[ReasonCode, ReasonCode], ...] = (
    # Without the second, what the first asks for could be of another text.
    (ReasonCode.ENDORSEMENT_MISSING, ReasonCode.ENDORSEMENT_STALE),
    (ReasonCode.APPROVAL_MISSING, ReasonCode.APPROVAL_STALE),
)

WORK = (Action.PREPARE, Action.CORRECT, Action.WITHDRAW, Action.ATTEST)
"""What opens work that somebody else has to decide on."""


def missing_safeguards(day: date, today: Document) -> Iterator[PolicyDataError]:
    """Return what is missing on *day*, on which the entries of *today* are in force."""
    yield from _missing(day, today)
    yield from _own_work(today)
    yield from _second_person(today)


def _missing(day: date, today: Document) -> Iterator[PolicyDataError]:
    held = {(entry.code, action) for entry in today.requirement for action in entry.actions}
    needed = set(SAFEGUARDS)
    for one, other in PAIRS:
        for code, action in held:
            if code in {one, other}:
                needed |= {(one, action), (other, action)}
    if any(rule.roles for rule in today.rule if rule.action is Action.ENDORSE):
        needed.add((ReasonCode.ENDORSEMENT_MISSING, Action.APPROVE))
        needed.add((ReasonCode.ENDORSEMENT_STALE, Action.APPROVE))
    if any(entry.mode is UrgentMode.RATIFY_WITHIN for entry in today.urgent):
        needed |= set(RATIFIED)
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
            instead=f'write a [[requirement]] with code = "{code}" and actions = ["{action}"]',
        )


def _own_work(today: Document) -> Iterator[PolicyDataError]:
    # INVARIANT: whoever prepares does not decide. The safeguard stops the person; a role that
    # does both would leave an item of a one-person unit with nobody to decide on it. That holds
    # for what is done in urgency too.
    for category in today.category:
        working = {
            role
            for action in WORK
            for rule in matching_rules(today, action=action, category=category.code)
            for role in _roles_of(rule, today)
        }
        for action in (Action.ENDORSE, Action.APPROVE):
            for rule in matching_rules(today, action=action, category=category.code):
                for index, role in enumerate(_roles_of(rule, today)):
                    if role not in working:
                        continue
                    named = bool(rule.roles)
                    yield defect(
                        rule,
                        "role_decides_own_work",
                        f"role `{role}` prepares and may `{action}` in `{category.code}`",
                        key="roles" if named else "authority",
                        item=index if named else None,
                        instead="let another role decide, or another one prepare",
                    )


def _second_person(today: Document) -> Iterator[PolicyDataError]:
    """Return every category in which nobody could stand for an urgent item beside its publisher."""
    for urgent in today.urgent:
        if urgent.mode is not UrgentMode.RATIFY_WITHIN:
            continue
        for category in today.category:
            rules = matching_rules(today, action=Action.ENDORSE, category=category.code)
            if not any(_roles_of(rule, today) for rule in rules):
                yield defect(
                    urgent,
                    "no_second_person",
                    f"nobody may `endorse` in `{category.code}`, so nothing urgent can go out",
                    key="mode",
                    instead='let a [[rule]] with action = "endorse" name a role for the category',
                )


def _roles_of(rule: Rule, today: Document) -> tuple[str, ...]:
    if rule.authority is Authority.CHANNEL_OWNER:
        return tuple(dict.fromkeys(channel.publisher_role for channel in today.channel))
    return rule.roles
