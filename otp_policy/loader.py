"""From a policy file to a `Policy`, or to every defect of the file at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from otp_policy import entries as kinds
from otp_policy import vocabulary
from otp_policy.document import TABLES, Document
from otp_policy.errors import PolicyDataError, PolicyNotFoundError
from otp_policy.instruments import Instrument, LawFile, find_law
from otp_policy.policy import Policy
from otp_policy.reader import Layout, Reader
from otp_policy.validate import validate

__all__ = [
    "POLICY_LAYOUT",
    "Reading",
    "load_policy",
    "parse_policy",
    "read_document",
    "read_policy",
    "shipped_policies",
]

NO_LAW = LawFile(
    law=Instrument(
        id="",
        version="",
        label=kinds.Label(th="", en=""),
        source="",
        confidence=vocabulary.Confidence.GENERAL_KNOWLEDGE,
    )
)

SHIPPED = os.path.join(os.path.dirname(__file__), "data", "policies")

GAPS = ("no_second_person", "action_without_role", "category_without_approver", "step_without_role")

RESTS_ON: Mapping[str, Collection[str]] = {
    "overlap": ("code", "number", "category", "step", "action", "actions", "roles", "categories",
                "authority", "effective_from", "effective_until"),
    "period_reversed": ("effective_from",),
    "role_without_use": ("code",),
    "role_without_unit": ("binding", "units"),
    "role_units_unused": ("binding",),
    "channel_without_publisher": ("owner",),
    "contradiction": ("authority",),
    "step_without_role": ("actions", "roles"),
    "action_without_role": ("code",),
    "category_without_approver": ("code",),
    "category_without_duty": ("code",),
    "duty_period": ("review_every_months", "working_days_after_month_end",
                    "days_after_fiscal_year_end", "covers_current_year"),
    "kind_elsewhere": ("category", "kind"),
    "no_working_day": ("weekend",),
    "law_without_file": ("code",),
    "role_decides_own_work": ("action", "roles", "categories", "authority"),
    "pause_without_sense": ("closed_by", "pauses"),
    "no_second_person": ("mode",),
    "wait_out_of_place": ("actions",),
    "reminder_day": ("days_before_due", "days_after_due"),
    "wait_reversed": ("remind_after_working_days", "escalate_after_working_days",
                      "urgent_remind_after_hours", "urgent_escalate_after_hours"),
}  # fmt: skip
"""The code of a defect → the keys of the same entry without which it cannot be judged."""

FOLLOWS_FROM: Mapping[str, Collection[str]] = {
    **{
        name: (f"undeclared_{name}", f"no_{name}", "clause_not_carried", f"{name}_not_single")
        for name in TABLES
    },
    "rule": (*GAPS, "clause_not_carried"),
    "requirement": ("safeguard_missing", "clause_not_carried"),
    "category": (*GAPS, "undeclared_category", "no_category", "clause_not_carried"),
    "channel": ("first_channel", "undeclared_channel", "clause_not_carried", "step_without_role"),
    "duty": ("category_without_duty", "clause_not_carried"),
    "law": ("law_without_file", "clause_not_carried"),
}
"""A table that is no list of entries → the defects that follow from its lack."""


POLICY_LAYOUT = Layout(
    single={"policy": kinds.Header, "commencement": kinds.Commencement},
    many={name: getattr(kinds, name.title().replace("_", "")) for name in TABLES},
    follows_from=FOLLOWS_FROM,
    rests_on=RESTS_ON,
)
"""What a policy file may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What could be read of a policy file, the laws that it names, and every defect."""

    document: Document
    laws: Mapping[str, LawFile]
    reader: Reader
    defects: tuple[PolicyDataError, ...]


def shipped_policies() -> tuple[str, ...]:
    """Return the names of the policies that come with the library."""
    return tuple(
        sorted(name.removesuffix(".toml") for name in os.listdir(SHIPPED) if name.endswith(".toml"))
    )


def load_policy(name_or_path: str | os.PathLike[str]) -> Policy:
    """
    Return the policy of a shipped name or of a file.

    The laws that it names come from `law/` beside the file, or with the library.

    Raises:
        PolicyNotFoundError: If there is neither, or the file cannot be read.
        ExceptionGroup: Of one PolicyDataError for each defect of the file.

    >>> policy = load_policy("tpso")
    >>> policy.label, sorted(policy.channels)
    ('tpso@2019-05-25', ['facebook', 'line', 'website'])
    """
    reading = read_policy(name_or_path)
    reading.reader.finish(reading.defects)
    return Policy(reading.document, laws=reading.laws)


def read_policy(name_or_path: str | os.PathLike[str]) -> Reading:
    """
    Return what a policy of a shipped name or of a file says, with its defects.

    Raises:
        PolicyNotFoundError: If there is neither, or the file cannot be read.
        ExceptionGroup: If the text is no TOML at all.
    """
    name = os.fspath(name_or_path)
    shipped = name in shipped_policies()
    path = os.path.join(SHIPPED, f"{name}.toml") if shipped else name
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PolicyNotFoundError(f"no policy `{name}`: {reason}") from error
    beside = "" if shipped else os.path.dirname(path) or "."
    return read_document(data, source=name, beside=beside)


def parse_policy(data: bytes | str, *, source: str, beside: str = "") -> Policy:
    """
    Return the policy that a TOML text says.

    Args:
        source: What the text is called in messages.
        beside: The folder in which `law/` may hold laws of the agency's own; empty for none.

    Raises:
        ExceptionGroup: Of one PolicyDataError for each defect of the text and of its laws.
    """
    reading = read_document(data, source=source, beside=beside)
    reading.reader.finish(reading.defects)
    return Policy(reading.document, laws=reading.laws)


def read_document(data: bytes | str, *, source: str, beside: str = "") -> Reading:
    """
    Return what a policy text says, with its defects.

    Raises:
        ExceptionGroup: If the text is no TOML at all.
    """
    reader = Reader.of(data, source=source, layout=POLICY_LAYOUT)
    document = Document(**reader.tables())
    laws, in_laws = _laws(document, beside)
    found = validate(document, laws=laws)
    kept = [one for one in found if not reader.explains(one)]
    if reader.defects:
        # What could not be read may be where the role is named.
        kept = [one for one in kept if one.code != "role_without_use"]
    defects = (*reader.defects, *kept, *in_laws)
    return Reading(document=document, laws=laws, reader=reader, defects=defects)


def _laws(document: Document, beside: str) -> tuple[dict[str, LawFile], list[PolicyDataError]]:
    laws: dict[str, LawFile] = {}
    defects: list[PolicyDataError] = []
    for entry in document.law:
        try:
            found = find_law(entry.code, beside=beside)
        except ExceptionGroup as group:
            defects += [_in_law(entry, one) for one in group.exceptions]
            # Broken is not missing: the law itself is not reported once more.
            found = NO_LAW
        if found is not None:
            laws[entry.code] = found
    return laws, defects


def _in_law(entry: kinds.Law, error: Exception) -> PolicyDataError:
    if not isinstance(error, PolicyDataError):
        raise error
    return PolicyDataError(
        error.problem,
        where=f"law/{entry.code}.toml:{error.line}:{error.column}: {error.where}",
        code=error.code,
        at=entry.place.at("code"),
        instead=error.instead,
    )
