"""
The entries of one day with their gaps closed by what gives nobody any power.

A policy with gaps cannot be compiled. To see what it would do all the same, a name that is not
declared becomes a role that nobody can hold, and an action without a rule one that nobody may do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from otp_policy.document import TABLES, Document
from otp_policy.entries import Label, Role, Rule, Urgent
from otp_policy.model import Action
from otp_policy.vocabulary import Binding, UrgentMode

__all__ = ["mended_on"]

NO_LABEL = Label(th="", en="")


def mended_on(document: Document, day: date) -> Document:
    """Return the entries in force on *day*, held to be in force on every day, without gaps."""
    today = document.on(day)
    tables = {
        name: [
            replace(entry, effective_from=day, effective_until=None)
            for entry in getattr(today, name)
        ]
        for name in TABLES
    }
    clause = document.commencement.clause
    tables["rule"] += [
        Rule(action=action, clause=clause, effective_from=day, label=NO_LABEL) for action in Action
    ]
    tables["role"] += [
        # No capacity: nobody can hold it.
        Role(
            code=code,
            binding=Binding.FIXED_UNITS,
            capacities=(),
            clause=clause,
            effective_from=day,
            label=NO_LABEL,
        )
        for code in sorted(set(_named_roles(today)) - {role.code for role in today.role})
    ]
    if not today.urgent:
        mode = UrgentMode.APPROVE_FIRST
        tables["urgent"].append(
            Urgent(mode=mode, reasons=(), clause=clause, effective_from=day, label=NO_LABEL)
        )
    commencement = replace(document.commencement, effective_from=day, effective_until=None)
    kept = {name: tuple(entries) for name, entries in tables.items()}
    return Document(policy=document.policy, commencement=commencement, **kept)


def _named_roles(today: Document) -> Iterator[str]:
    for rule in today.rule:
        yield from rule.roles
    for channel in today.channel:
        yield channel.publisher_role
