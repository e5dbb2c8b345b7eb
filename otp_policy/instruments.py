"""
Law and assessment instruments: dated data files that say how sure each of their facts is.

A policy names a law by its code; the law's clocks stand in a file of their own, so that an agency
can correct them without touching its policy. Assessments (which items an agency is asked to show
in a year) are independent of any policy.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from otp_policy.calendars import ONE_DAY, add_months
from otp_policy.checks.contradictions import clock_contradictions
from otp_policy.entries import Clock, Label, NonNegative, Place
from otp_policy.errors import PolicyDataError, PolicyNotFoundError
from otp_policy.reader import Layout, Reader
from otp_policy.values import enum_readers
from otp_policy.vocabulary import Confidence, SectionUse

__all__ = [
    "ASSESSMENT_LAYOUT",
    "LAW_LAYOUT",
    "Assessment",
    "AssessmentItem",
    "AssessmentPeriod",
    "Instrument",
    "LawFile",
    "LawRetention",
    "LawSection",
    "LawStatement",
    "find_law",
    "load_assessment",
    "load_law",
    "shipped_assessments",
    "shipped_laws",
]

DATA = os.path.join(os.path.dirname(__file__), "data")


class AssessmentPeriod(StrEnum):
    """Which period an assessment item asks for."""

    NOW = "now"
    CURRENT_FISCAL_YEAR = "current_fiscal_year"
    PREVIOUS_FISCAL_YEAR = "previous_fiscal_year"
    FIRST_SIX_MONTHS = "first_six_months"
    COVERS_CURRENT_YEAR = "covers_current_year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What the file is, from where its facts come, and how far they were checked."""

    id: str
    version: str
    label: Label
    source: str
    confidence: Confidence
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentHeader(Instrument):
    """An assessment of one fiscal year and one type of agency; complete, or some items only."""

    fiscal_year_ends_on: date
    agency_type: str
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentItem:
    """
    One item that an agency is asked to show.

    `categories` and `kinds` are codes of the `tpso` policy, of what answers the item; another
    agency maps them to its own. Without kinds all of a category answers. `heading` says how sure
    the wording of the heading is, `confidence` how sure the row as a whole.
    """

    code: str
    label: Label
    period: AssessmentPeriod
    heading: Confidence
    confidence: Confidence
    source: str
    demand: Label | None = None
    categories: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawSection:
    """A section that an item or a refusal names as its ground, by its number: `9(8)`."""

    code: str
    use: SectionUse
    label: Label
    source: str
    confidence: Confidence
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawStatement:
    """What a page tells the public about a law, in a sentence that can be held against it."""

    code: str
    clause: str
    label: Label
    source: str
    confidence: Confidence
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRetention:
    """
    For how many months after its end something personal is kept: dated, the newest entry holds.

    An entry holds for what ended on `effective_from` or later; what ended before the first entry
    follows that one.
    """

    code: str
    keep_months: NonNegative
    effective_from: date
    clause: str
    label: Label
    source: str
    confidence: Confidence
    interpretation: str = ""
    place: Place = field(default=Place(), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFile:
    """A law: its header, its clocks of every date, its sections and what is told about it."""

    law: Instrument
    clock: tuple[Clock, ...] = ()
    section: tuple[LawSection, ...] = ()
    statement: tuple[LawStatement, ...] = ()
    retention: tuple[LawRetention, ...] = ()

    def erase_on(self, code: str, *, ended_on: date) -> date:
        """
        Return the first day on which what ended on *ended_on* is no longer kept.

        Raises:
            LookupError: If no entry says how long *code* is kept.
            OverflowError: If that day lies past year 9999.
        """
        entries = sorted(
            (each for each in self.retention if each.code == code),
            key=lambda each: each.effective_from,
        )
        if not entries:
            raise LookupError(f"the law file `{self.law.id}` says not how long `{code}` is kept")
        holding = [each for each in entries if each.effective_from <= ended_on]
        entry = holding[-1] if holding else entries[0]
        return add_months(ended_on, entry.keep_months) + ONE_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An assessment instrument: its header and its items, in their order."""

    assessment: AssessmentHeader
    item: tuple[AssessmentItem, ...] = ()


LAW_LAYOUT = Layout(
    single={"law": Instrument},
    many={
        "clock": Clock,
        "section": LawSection,
        "statement": LawStatement,
        "retention": LawRetention,
    },
    readers=enum_readers(SectionUse),
)
ASSESSMENT_LAYOUT = Layout(
    single={"assessment": AssessmentHeader},
    many={"item": AssessmentItem},
    readers=enum_readers(AssessmentPeriod),
)


def shipped_laws() -> tuple[str, ...]:
    """Return the codes of the laws that come with the library."""
    return _shipped("law")


def shipped_assessments() -> tuple[str, ...]:
    """Return the ids of the assessment instruments that come with the library."""
    return _shipped("assessments")


def _shipped(folder: str) -> tuple[str, ...]:
    names = os.listdir(os.path.join(DATA, folder))
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_law(code_or_path: str | os.PathLike[str]) -> LawFile:
    """
    Return a law of a shipped code or of a file.

    Raises:
        PolicyNotFoundError: If there is neither, or the file cannot be read.
        ExceptionGroup: Of one PolicyDataError for each defect of the file.
    """
    name = os.fspath(code_or_path)
    reader = Reader.of(_read(name, "law"), source=name, layout=LAW_LAYOUT)
    tables = reader.tables()
    clocks = tables["clock"]
    listed = [
        *_listed_twice(tables["section"]),
        *_listed_twice(tables["statement"]),
        *_retained_twice(tables["retention"]),
    ]
    reader.finish([*reader.defects, *_unsourced(clocks), *clock_contradictions(clocks), *listed])
    return LawFile(**tables)


def load_assessment(id_or_path: str | os.PathLike[str]) -> Assessment:
    """
    Return an assessment instrument of a shipped id or of a file.

    Raises:
        PolicyNotFoundError: If there is neither, or the file cannot be read.
        ExceptionGroup: Of one PolicyDataError for each defect of the file.
    """
    name = os.fspath(id_or_path)
    reader = Reader.of(_read(name, "assessments"), source=name, layout=ASSESSMENT_LAYOUT)
    tables = reader.tables()
    reader.finish([*reader.defects, *_listed_twice(tables["item"])])
    return Assessment(**tables)


def find_law(code: str, *, beside: str) -> LawFile | None:
    """Return the law that `law/<code>.toml` in the folder *beside*, or a shipped file, says."""
    own = os.path.join(beside, "law", f"{code}.toml")
    if beside and os.path.isfile(own):
        return load_law(own)
    return load_law(code) if code in shipped_laws() else None


def _read(name: str, folder: str) -> bytes:
    path = os.path.join(DATA, folder, f"{name}.toml") if name in _shipped(folder) else name
    try:
        with open(path, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PolicyNotFoundError(f"no file `{name}`: {reason}") from error


def _unsourced(clocks: tuple[Clock, ...]) -> Iterator[PolicyDataError]:
    # INVARIANT: what is not verified is never shown as if it were.
    for clock in clocks:
        for key in ("source", "confidence"):
            if not getattr(clock, key):
                yield PolicyDataError(
                    f"clock `{clock.code}` does not say its {key}",
                    where=clock.place.where(key),
                    code="unsourced",
                    at=clock.place.at(key),
                    instead=f"write `{key} = …`: a fact about the law says how sure it is",
                )


def _retained_twice(entries: tuple[LawRetention, ...]) -> Iterator[PolicyDataError]:
    seen: set[tuple[str, date]] = set()
    for entry in entries:
        if (entry.code, entry.effective_from) in seen:
            yield PolicyDataError(
                f"`{entry.code}` begins twice on {entry.effective_from.isoformat()}",
                where=entry.place.where("effective_from"),
                code="overlap",
                at=entry.place.at("effective_from"),
                instead="give each entry a day of its own",
            )
        seen.add((entry.code, entry.effective_from))


def _listed_twice(
    items: tuple[AssessmentItem | LawSection | LawStatement, ...],
) -> Iterator[PolicyDataError]:
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            yield PolicyDataError(
                f"`{item.code}` is listed twice",
                where=item.place.where("code"),
                code="overlap",
                at=item.place.at("code"),
                instead="list it once",
            )
        seen.add(item.code)
