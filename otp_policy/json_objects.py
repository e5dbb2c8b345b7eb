"""
JSON Lines to values: one object a line, read key by key, each error with its place.

What every command that answers questions shares. A key that nobody asks for is an error, and so
is a key given twice: a misspelt one must not be passed over in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NoReturn, TypeVar

from otp_policy.errors import QuestionError

__all__ = ["Fields", "parse_line", "text_of"]

T = TypeVar("T")

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Hours and minutes are bounded here: what Python makes of 24:00 or of +07:60 varies by version.
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
INSTANT = re.compile(rf"{DAY.pattern}T{CLOCK}(:[0-5][0-9](\.[0-9]+)?)?(Z|[+-]{CLOCK})")


def parse_line(line: bytes | str) -> object:
    """
    Return the JSON value of one line.

    Raises:
        QuestionError: `blank_line`, `not_utf8`, `not_json`, `duplicate_key` or `too_deep`.
    """
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        raise QuestionError("not_utf8", where="") from error
    if not text.strip():
        raise QuestionError("blank_line", where="")
    try:
        return DECODER.decode(text)
    except RecursionError as error:
        raise QuestionError("too_deep", where="") from error
    except json.JSONDecodeError as error:
        raise QuestionError("not_json", where="") from error


def text_of(value: object, where: str) -> str:
    """Return *value* if it is a text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise QuestionError("wrong_type", where=where)
    if not value.isascii():
        # Half of a surrogate pair can be escaped in JSON but is no text: no ledger could hold it.
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise QuestionError("not_utf8", where=where) from error
    return value


class Fields:
    """One JSON object, read key by key; the path of each key leads into the error."""

    __slots__ = ("values", "where")

    def __init__(self, value: object, where: str, known: tuple[str, ...]) -> None:
        if not isinstance(value, dict):
            raise QuestionError("wrong_type", where=where)
        self.values: Mapping[str, object] = value
        self.where = f"{where}." if where else ""
        for key in value:
            if key not in known:
                raise QuestionError("unknown_key", where=f"{self.where}{key}")

    def required(self, key: str) -> object:
        if key not in self.values:
            raise QuestionError("missing", where=self.where + key)
        return self.values[key]

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.required(key) if required else self.values.get(key, "")
        # Null says "none" where a text may be left out: a time that nobody has confirmed, a post in
        # no unit. Never in a list or a flag: no contributors is something else than not known.
        text = "" if value is None and not required else text_of(value, self.where + key)
        if required and not text:
            raise QuestionError("empty", where=self.where + key)
        return text

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise QuestionError("wrong_type", where=self.where + key)
        return value

    def list(self, key: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        values = self.values.get(key, ())
        if key in self.values and not isinstance(values, list):
            raise QuestionError("wrong_type", where=self.where + key)
        assert isinstance(values, list | tuple)
        return tuple(
            read(value, f"{self.where}{key}[{index}]") for index, value in enumerate(values)
        )

    def day(self, key: str) -> date:
        text = self.text(key, required=True)
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise QuestionError("impossible_date", where=self.where + key)

    def instant(self, key: str) -> datetime | None:
        if self.values.get(key) is None:
            return None
        text = self.text(key, required=True)
        try:
            # Without its offset a time is no instant: the same slot would mean two.
            if INSTANT.fullmatch(text):
                return datetime.fromisoformat(text)
        except ValueError:
            pass
        raise QuestionError("impossible_date", where=self.where + key)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise QuestionError("duplicate_key", where=twice)
    return values


def _no_constant(name: str) -> NoReturn:
    # NaN and Infinity are Python's own, no JSON.
    raise QuestionError("not_json", where="")


def _number(text: str) -> float:
    # No field is a number, so its value is never read; digits by the million cost nothing.
    return 0.0


DECODER = json.JSONDecoder(
    object_pairs_hook=_once,
    parse_constant=_no_constant,
    parse_int=_number,
    parse_float=_number,
)
