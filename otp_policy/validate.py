"""
Every contradiction and gap of a policy that was read without a fault of form.

One validator, in Python. Checks of a single day are in `coverage`; they run for each stretch of
days on which the same entries are in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from otp_policy.coverage import defect, defects_on
from otp_policy.document import (
    TABLES,
    Authority,
    Binding,
    Document,
    Entry,
    Law,
    Requirement,
    Rule,
)
from otp_policy.errors import PolicyDataError
from otp_policy.model import ReasonCode
from otp_policy.steps import OBSTACLES

__all__ = ["validate"]


def validate(document: Document) -> tuple[PolicyDataError, ...]:
    """Return every defect, each once, wherever in time it first shows."""
    found = [
        *_header(document),
        *_periods(document),
        *_clauses(document),
        *_clauses_carried(document),
        *_roles(document),
        *_rules(document),
        *_requirements(document),
        *_overlaps(document),
    ]
    seen: set[tuple[str, str, str]] = set()
    for day in document.turning_points():
        if not document.commencement.holds(day):
            continue
        for one in defects_on(day, document.on(day), document):
            # The same gap on a later day is the same defect: compare it without its date.
            key = (one.where, one.code, one.problem.replace(day.isoformat(), ""))
            if key not in seen:
                seen.add(key)
                found.append(one)
    return tuple(found)


def _header(document: Document) -> Iterator[PolicyDataError]:
    from zoneinfo import ZoneInfo

    header = document.policy
    try:
        ZoneInfo(header.timezone)
    except (OSError, ValueError, KeyError):
        if _has_time_zones():
            yield PolicyDataError(
                f"unknown time zone `{header.timezone}`",
                where=header.place.where("timezone"),
                code="unknown_timezone",
                line=header.place.line("timezone"),
                instead="write a name of the IANA time zone database, as Asia/Bangkok",
            )


def _has_time_zones() -> bool:
    """Return whether this machine knows time zones; without them none can be judged."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo("Etc/UTC")
    except (OSError, ValueError, KeyError):
        return False
    return True


def _periods(document: Document) -> Iterator[PolicyDataError]:
    for entry in document.entries():
        if entry.effective_until is not None and entry.effective_until < entry.effective_from:
            yield defect(
                entry,
                "period_reversed",
                f"`{entry.effective_until.isoformat()}` is before `effective_from`",
                key="effective_until",
                instead="write a last day that is not before the first",
            )


def _clauses(document: Document) -> Iterator[PolicyDataError]:
    header = document.policy
    clauses = set(header.clauses)
    if not clauses:
        yield PolicyDataError(
            "the policy lists no clause of its document",
            where="policy.clauses",
            code="no_clauses",
            line=header.place.line("clauses"),
            instead="list every clause, so that none is forgotten",
        )
        return
    known = "write a clause of policy.clauses, or add it there"
    for entry in document.entries():
        if entry.clause not in clauses:
            problem = f"undeclared clause `{entry.clause}`"
            yield defect(entry, "undeclared_clause", problem, key="clause", instead=known)
    for provision in document.provision:
        for clause in provision.carried_out_by:
            if clause not in clauses:
                problem = f"undeclared clause `{clause}`"
                key = "carried_out_by"
                yield defect(provision, "undeclared_clause", problem, key=key, instead=known)


def _clauses_carried(document: Document) -> Iterator[PolicyDataError]:
    header = document.policy
    carried = {entry.clause for entry in document.entries()}
    for index, clause in enumerate(header.clauses):
        twice = clause in header.clauses[:index]
        if twice or clause not in carried:
            yield PolicyDataError(
                f"clause `{clause}` is listed twice" if twice else f"no entry carries `{clause}`",
                where=f"policy.clauses[{index}]",
                code="clause_twice" if twice else "clause_not_carried",
                line=header.place.line("clauses"),
                instead="list it once" if twice else "write an entry with this clause",
            )


def _roles(document: Document) -> Iterator[PolicyDataError]:
    for role in document.role:
        fixed = role.binding is Binding.FIXED_UNITS
        if fixed and not role.units:
            yield defect(
                role,
                "role_without_unit",
                f"role `{role.code}` is bound to units but names none",
                instead="name them in `units`",
            )
        if role.units and not fixed:
            yield defect(
                role,
                "role_units_unused",
                f"role `{role.code}` names units but its binding is `{role.binding}`",
                key="units",
                instead='write binding = "fixed_units", or leave out `units`',
            )


def _rules(document: Document) -> Iterator[PolicyDataError]:
    for rule in document.rule:
        if rule.authority is Authority.CHANNEL_OWNER and rule.roles:
            yield defect(
                rule,
                "contradiction",
                "the rule names roles and leaves the authority to the owner of the channel",
                key="roles",
                instead="keep one of the two",
            )


def _requirements(document: Document) -> Iterator[PolicyDataError]:
    for requirement in document.requirement:
        code = requirement.code
        if code not in OBSTACLES and code is not ReasonCode.DELEGATION_NOT_IN_FORCE:
            yield defect(
                requirement,
                "requirement_out_of_place",
                f"`{code}` is no requirement",
                key="code",
                instead="leave it out: its clause comes from the rule or the commencement",
            )


def _overlaps(document: Document) -> Iterator[PolicyDataError]:
    publishers = {channel.publisher_role for channel in document.channel}
    for table in TABLES:
        if table == "urgent":
            continue  # how many are in force is checked day by day
        for earlier, later in combinations(getattr(document, table), 2):
            if isinstance(earlier, Rule) and isinstance(later, Rule):
                shared = _shared_by_rules(earlier, later, publishers)
            else:
                shared = _shared(earlier, later)
            if shared and _meet(earlier, later):
                yield defect(
                    later,
                    "overlap",
                    f"{earlier.place.where()} already speaks of {shared} on the same days",
                    instead="end the earlier entry with `effective_until`, or part the two",
                )


def _meet(one: Entry, other: Entry) -> bool:
    return one.effective_from <= (other.effective_until or date.max) and other.effective_from <= (
        one.effective_until or date.max
    )


def _shared(one: Entry, other: Entry) -> str:
    """Return what both entries speak of, in words; empty if they speak of different things."""
    for key in ("code", "number", "category", "step"):
        value = getattr(one, key, None)
        if value is None:
            continue
        if value != getattr(other, key):
            return ""
        if isinstance(one, Requirement | Law) and isinstance(other, Requirement | Law):
            shared = sorted(set(one.actions) & set(other.actions))
            return f"`{value}` of `{shared[0]}`" if shared else ""
        return f"`{value}`"
    # A provision speaks of its clause.
    return f"`{one.clause}`" if one.clause == other.clause else ""


def _shared_by_rules(one: Rule, other: Rule, publishers: set[str]) -> str:
    """Return the action for which both rules give, or deny, the same role its authority."""
    if one.action is not other.action:
        return ""
    if one.categories and other.categories and not set(one.categories) & set(other.categories):
        return ""
    roles, others = (
        publishers if rule.authority is Authority.CHANNEL_OWNER else set(rule.roles)
        for rule in (one, other)
    )
    # A rule that names nobody speaks for everybody.
    if roles and others and not roles & others:
        return ""
    return f"`{one.action}`"
