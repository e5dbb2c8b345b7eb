"""
One TOML value at a time, by the annotation of the field that takes it.

The annotation is read as text (`from __future__ import annotations`), so a field of an entry
needs no reader of its own: it is looked up in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from otp_policy import vocabulary
from otp_policy.entries import Label, Pause
from otp_policy.model import Action, ReasonCode
from otp_policy.vocabulary import EventKind

__all__ = [
    "ENUMS",
    "ITEM_READERS",
    "MAY_BE_EMPTY",
    "MOST",
    "READERS",
    "STAND_INS",
    "UnknownValueError",
    "ValueReader",
    "WrongTypeError",
    "enum_readers",
    "nearest",
]

ValueReader = Callable[[object, bool], Any]
"""Takes a TOML value, and whether its key is required; returns what the entry holds."""

ENUMS: tuple[type[StrEnum], ...] = (
    Action,
    ReasonCode,
    vocabulary.Authority,
    vocabulary.Binding,
    vocabulary.Capacity,
    vocabulary.Confidence,
    vocabulary.Counts,
    vocabulary.EventKind,
    vocabulary.UrgentMode,
    vocabulary.Weekday,
)


class WrongTypeError(Exception):
    """A value of a wrong kind; the message says which kind belongs there."""


class UnknownValueError(Exception):
    """A word outside a closed set: the word, and the whole set."""

    def __init__(self, word: str, allowed: Collection[str]) -> None:
        super().__init__(word)
        self.word = word
        self.allowed = allowed


def nearest(word: str, allowed: Collection[str]) -> str | None:
    """Return the one of *allowed* that *word* is most likely a slip of, if any is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(allowed), n=1)), None)


def _text(value: object, required: bool) -> str:
    if type(value) is not str or (required and not value.strip()):
        raise WrongTypeError("a text that says something" if required else "a text")
    return value


def _count(value: object, required: bool) -> int:
    if type(value) is not int or not 1 <= value <= MOST:
        raise WrongTypeError(f"a whole number from 1 to {MOST}")
    return value


def _flag(value: object, required: bool) -> bool:
    if type(value) is not bool:
        raise WrongTypeError("true or false")
    return value


def _day(value: object, required: bool) -> date:
    # A TOML date-time is a date to Python; a day in the policy never carries a time.
    if type(value) is not date:
        raise WrongTypeError("a date as 2019-05-25, without quotes")
    return value


def _label(value: object, required: bool) -> Label:
    if not isinstance(value, dict) or set(value) != {"th", "en"}:
        raise WrongTypeError('a label as { th = "…", en = "…" }')
    return Label(th=_text(value["th"], True), en=_text(value["en"], True))


def _member(enum: type[StrEnum]) -> ValueReader:
    words = tuple(member.value for member in enum)

    def read(value: object, required: bool) -> StrEnum:
        if type(value) is not str:
            raise WrongTypeError(f"one of {', '.join(words)}")
        if value not in words:
            raise UnknownValueError(value, words)
        return enum(value)

    return read


def _count_from_zero(value: object, required: bool) -> int:
    if type(value) is not int or not 0 <= value <= MOST:
        raise WrongTypeError(f"a whole number from 0 to {MOST}")
    return value


def _pause(value: object, required: bool) -> Pause:
    if not isinstance(value, dict) or set(value) != {"begins", "ends"}:
        raise WrongTypeError('a pause as { begins = "…", ends = "…" }')
    read = _member(EventKind)
    return Pause(begins=read(value["begins"], True), ends=read(value["ends"], True))


MOST = 1200
"""A century in months: beyond that, a number is a slip of the hand."""


def enum_readers(*enums: type[StrEnum]) -> dict[str, ValueReader]:
    """Return what reads one word of each set, and one word or none."""
    found: dict[str, ValueReader] = {}
    for enum in enums:
        found[enum.__name__] = found[f"{enum.__name__} | None"] = _member(enum)
    return found


READERS: Mapping[str, ValueReader] = {
    "str": _text,
    "int": _count,
    "int | None": _count,
    "NonNegative": _count_from_zero,
    "NonNegative | None": _count_from_zero,
    "bool": _flag,
    "date": _day,
    "date | None": _day,
    "Label": _label,
    "Label | None": _label,
    **enum_readers(*ENUMS),
}
"""The annotation of a field → what reads its value."""

ITEM_READERS: Mapping[str, ValueReader] = {
    "tuple[str, ...]": _text,
    "tuple[Pause, ...]": _pause,
    **{f"tuple[{enum.__name__}, ...]": _member(enum) for enum in ENUMS},
}
"""The annotation of a list → what reads each of its values."""

MAY_BE_EMPTY = frozenset({"tuple[str, ...]", "tuple[Pause, ...]"})
"""The annotations of lists that may hold nothing."""

STAND_INS: Mapping[str, Any] = {
    "str": "",
    "int": 1,
    "NonNegative": 0,
    "date": date.min,
    "Label": Label(th="", en=""),
    "tuple[str, ...]": (),
    **{f"tuple[{enum.__name__}, ...]": () for enum in ENUMS},
    # An action or a reason code has none: an entry about another one would raise false alarms.
    "Authority": vocabulary.Authority.ROLES,
    "Binding": vocabulary.Binding.OFFICE,
    "Confidence": vocabulary.Confidence.GENERAL_KNOWLEDGE,
    "Counts": vocabulary.Counts.CALENDAR_DAYS,
    "UrgentMode": vocabulary.UrgentMode.APPROVE_FIRST,
}
"""The annotation of a field → what stands in for a value that could not be read."""
