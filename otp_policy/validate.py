"""
Every contradiction and gap of a policy that was read without a fault of form.

One validator, in Python. What an entry says against itself is in `contradictions`, what two say
of the same thing in `overlaps`. Checks of a single day are in `coverage` and `safeguards`; they
run for each stretch of days on which the same entries are in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields

from otp_policy.checks.contradictions import contradictions
from otp_policy.checks.coverage import defects_on
from otp_policy.checks.dates import impossible_dates
from otp_policy.checks.defects import defect
from otp_policy.checks.idle import idle_roles
from otp_policy.checks.overlaps import overlaps
from otp_policy.document import Document
from otp_policy.errors import PolicyDataError

__all__ = ["validate"]


def validate(document: Document, *, laws: Collection[str] = ()) -> tuple[PolicyDataError, ...]:
    """
    Return every defect, each once, wherever in time it first shows.

    Args:
        laws: The codes of the laws that have a data file.
    """
    found = [
        *_header(document),
        *impossible_dates(document),
        *_lists(document),
        *_clauses(document),
        *_clauses_carried(document),
        *contradictions(document, laws=laws),
        *overlaps(document),
        *idle_roles(document),
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
                at=header.place.at("timezone"),
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


def _lists(document: Document) -> Iterator[PolicyDataError]:
    for entry in document.entries():
        for field in fields(entry):
            value = getattr(entry, field.name)
            if not isinstance(value, tuple):
                continue
            for index, item in enumerate(value):
                if item in value[:index]:
                    yield defect(
                        entry,
                        "listed_twice",
                        f"`{item}` is listed twice",
                        key=field.name,
                        item=index,
                        instead="list it once",
                    )


def _clauses(document: Document) -> Iterator[PolicyDataError]:
    header = document.policy
    clauses = set(header.clauses)
    if not clauses:
        yield PolicyDataError(
            "the policy lists no clause of its document",
            where="policy.clauses",
            code="no_clauses",
            at=header.place.at("clauses"),
            instead="list every clause, so that none is forgotten",
        )
        return
    known = "write a clause of policy.clauses, or add it there"
    for entry in document.entries():
        if entry.clause not in clauses:
            problem = f"undeclared clause `{entry.clause}`"
            yield defect(entry, "undeclared_clause", problem, key="clause", instead=known)
    for provision in document.provision:
        for index, clause in enumerate(provision.carried_out_by):
            if clause not in clauses:
                problem = f"undeclared clause `{clause}`"
                yield defect(
                    provision,
                    "undeclared_clause",
                    problem,
                    key="carried_out_by",
                    item=index,
                    instead=known,
                )


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
                at=header.place.at("clauses", index),
                instead="list it once" if twice else "write an entry with this clause",
            )
