"""
The look-up tables behind `Policy.decide`, built once when the policy is loaded.

An era is a stretch of days on which the same entries are in force. Each era has one cell for
every action, category, channel and urgency, so that a decision is one look-up and a few tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from otp_policy.document import Document
from otp_policy.entries import Channel, Entry, Requirement, Role, Rule
from otp_policy.model import Action, Finding, ReasonCode
from otp_policy.roles import Grant, Grants
from otp_policy.steps import OBSTACLES, Obstacle
from otp_policy.vocabulary import Authority, Binding, Capacity, UrgentMode

__all__ = ["Cell", "CellKey", "Era", "eras", "first_channels", "matching_rules"]

CellKey = tuple[str, str, str, bool]
"""Action, category, channel, urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one action on one kind of item takes: who may, and what may stand in the way."""

    grants: Grants
    obstacles: tuple[tuple[Obstacle, Finding], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """The tables from `starts_on` until the next era; no cells if the policy is not in force."""

    starts_on: date
    first_channel: str
    cells: Mapping[CellKey, Cell]


def eras(document: Document) -> tuple[Era, ...]:
    """Return every era from the commencement on, in order."""
    return tuple(_era(document, day) for day in document.turning_points())


def first_channels(document: Document) -> tuple[Channel, ...]:
    """Return the channels that wait for no other. A valid policy has one on every day."""
    return tuple(channel for channel in document.channel if not channel.requires_live)


def matching_rules(document: Document, *, action: str, category: str) -> tuple[Rule, ...]:
    """Return the rules for an action on a category, in the order of the file."""
    return tuple(
        rule
        for rule in document.rule
        if rule.action == action and (not rule.categories or category in rule.categories)
    )


def _era(document: Document, day: date) -> Era:
    if not document.commencement.holds(day):
        return Era(starts_on=day, first_channel="", cells={})
    today = document.on(day)
    return Era(
        starts_on=day,
        first_channel=first_channels(today)[0].code,
        cells=dict(_cells(today)),
    )


def _cells(today: Document) -> Iterator[tuple[CellKey, Cell]]:
    requirements = {
        (requirement.code, action): requirement
        for requirement in today.requirement
        for action in requirement.actions
    }
    for action in Action:
        for category in today.category:
            rules = matching_rules(today, action=action, category=category.code)
            for channel, urgent in product(today.channel, (False, True)):
                apart = _beside_the_point(today, category.code, channel, urgent=urgent)
                yield (
                    (action.value, category.code, channel.code, urgent),
                    Cell(
                        grants=_grants(today, requirements, rules, channel, urgent=urgent),
                        obstacles=tuple(
                            (obstacle, _finding(code, requirements[code, action]))
                            for code, obstacle in OBSTACLES.items()
                            if (code, action) in requirements and code not in apart
                        ),
                    ),
                )


def _grants(
    today: Document,
    requirements: Mapping[tuple[ReasonCode, Action], Requirement],
    rules: tuple[Rule, ...],
    channel: Channel,
    *,
    urgent: bool,
) -> Grants:
    applying = [rule for rule in rules if urgent or not rule.urgent_only]
    # The first rule of the file is the one to cite when nobody's role fits.
    role_missing = _finding(ReasonCode.ROLE_MISSING, applying[0])
    order = requirements.get((ReasonCode.DELEGATION_NOT_IN_FORCE, applying[0].action))
    return Grants(
        by_role=dict(grant for rule in applying for grant in _granted(today, rule, channel)),
        role_missing=role_missing,
        delegation_not_in_force=_finding(
            ReasonCode.DELEGATION_NOT_IN_FORCE, applying[0] if order is None else order
        ),
    )


def _granted(today: Document, rule: Rule, channel: Channel) -> Iterator[tuple[str, Grant]]:
    roles = {role.code: role for role in today.role}
    wrong_unit = _finding(ReasonCode.WRONG_UNIT, rule)
    if rule.authority is Authority.CHANNEL_OWNER:
        # The unit that owns the channel, even if its publishing role counts in others too.
        role = roles[channel.publisher_role]
        yield role.code, _grant(role, frozenset({channel.owner}), wrong_unit)
        return
    for code in rule.roles:
        role = roles[code]
        units = None if role.binding is Binding.OFFICE else frozenset(role.units)
        yield code, _grant(role, units, wrong_unit)


def _grant(role: Role, units: frozenset[str] | None, wrong_unit: Finding) -> Grant:
    return Grant(
        units=units,
        holders=Capacity.HOLDER in role.capacities,
        acting=Capacity.ACTING in role.capacities,
        delegable=role.delegable,
        wrong_unit=wrong_unit,
    )


def _beside_the_point(
    today: Document, category: str, channel: Channel, *, urgent: bool
) -> frozenset[ReasonCode]:
    """Return the codes that cannot stand in the way here, whatever the requirements say."""
    endorsed = any(
        rule.roles for rule in matching_rules(today, action=Action.ENDORSE, category=category)
    )
    ratified = urgent and any(entry.mode is UrgentMode.RATIFY_WITHIN for entry in today.urgent)
    conditions = {
        # Where nobody endorses there is no endorsement to wait for.
        ReasonCode.ENDORSEMENT_MISSING: not endorsed,
        ReasonCode.ENDORSEMENT_STALE: not endorsed,
        ReasonCode.SAME_PERSON: not endorsed,
        # An urgent item either waits for its approval, or for a reason and a second person.
        ReasonCode.APPROVAL_MISSING: ratified,
        ReasonCode.APPROVAL_STALE: ratified,
        ReasonCode.URGENT_REASON_MISSING: not ratified,
        ReasonCode.SECOND_PERSON_MISSING: not ratified,
        # The first channel waits for none; only there is the live text known by its digest.
        ReasonCode.WEBSITE_NOT_LIVE: not channel.requires_live,
        ReasonCode.ALREADY_LIVE: bool(channel.requires_live),
    }
    return frozenset(code for code, applies in conditions.items() if applies)


def _finding(code: ReasonCode, entry: Entry) -> Finding:
    return Finding(code=code, clause=entry.clause, interpretation=bool(entry.interpretation))
