"""
From a policy file to a `Policy`, or to every defect of the file at once.

The classes of `document` say which keys there are, of which type, and which may be left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from otp_policy import document as kinds
from otp_policy.document import TABLES, Document, Label, Place
from otp_policy.errors import PolicyDataError, PolicyNotFoundError
from otp_policy.model import Action, ReasonCode
from otp_policy.policy import Policy
from otp_policy.positions import Positions, scan
from otp_policy.validate import validate

__all__ = ["load_policy", "parse_policy", "shipped_policies"]

SHIPPED = os.path.join(os.path.dirname(__file__), "data", "policies")

TABLE_CLASSES: Mapping[str, type[Any]] = {
    "policy": kinds.Header,
    "commencement": kinds.Commencement,
    **{name: getattr(kinds, name.capitalize()) for name in TABLES},
}

ENUMS: Mapping[str, type[StrEnum]] = {
    "Action": Action,
    "ReasonCode": ReasonCode,
    "Binding": kinds.Binding,
    "Authority": kinds.Authority,
    "UrgentMode": kinds.UrgentMode,
}


def shipped_policies() -> tuple[str, ...]:
    """Return the names of the policies that come with the library."""
    return tuple(
        sorted(name.removesuffix(".toml") for name in os.listdir(SHIPPED) if name.endswith(".toml"))
    )


def load_policy(name_or_path: str | os.PathLike[str]) -> Policy:
    """
    Return the policy of a shipped name or of a file.

    Raises:
        PolicyNotFoundError: If there is neither, or the file cannot be read.
        ExceptionGroup: Of one PolicyDataError for each defect of the file.
    """
    name = os.fspath(name_or_path)
    path = os.path.join(SHIPPED, f"{name}.toml") if name in shipped_policies() else name
    try:
        with open(path, "rb") as file:
            data = file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PolicyNotFoundError(f"no policy `{name}`: {reason}") from error
    return parse_policy(data, source=name)


def parse_policy(data: bytes | str, *, source: str) -> Policy:
    """
    Return the policy that a TOML text says.

    Raises:
        ExceptionGroup: Of one PolicyDataError for each defect of the text.
    """
    try:
        raw, text = _parse_toml(data)
    except PolicyDataError as error:
        raise ExceptionGroup(f"{source}: 1 defect", [error]) from error
    reader = Reader(scan(text))
    document = reader.document(raw)
    defects = [
        *reader.defects,
        *(d for d in validate(document) if not reader.explains(d)),
    ]
    if defects:
        defects.sort(key=lambda defect: (defect.line or 0, defect.where))
        count = f"{len(defects)} defect{'s' if len(defects) > 1 else ''}"
        raise ExceptionGroup(f"{source}: {count}", defects)
    return Policy(document)


def _parse_toml(data: bytes | str) -> tuple[dict[str, Any], str]:
    # Imported here: whoever only asks an already loaded policy never pays for the parser.
    import tomllib

    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PolicyDataError(
            "the file is not UTF-8",
            where="file",
            code="not_utf8",
            line=line,
            instead="save it as UTF-8",
        ) from error
    try:
        return tomllib.loads(text), text
    except (tomllib.TOMLDecodeError, ValueError) as error:
        # Not every malformed number or date comes as a TOMLDecodeError.
        problem = str(error)
        at = re.search(r"at line (\d+)", problem)
        raise _not_toml(problem, line=int(at[1]) if at else None) from error
    except RecursionError as error:
        raise _not_toml("nested too deeply", line=None) from error


def _not_toml(problem: str, *, line: int | None) -> PolicyDataError:
    return PolicyDataError(
        f"not TOML: {problem[:1].lower()}{problem[1:]}",
        where="file",
        code="not_toml",
        line=line,
        instead="mend the syntax there",
    )


class WrongTypeError(Exception):
    """A value of a wrong kind; the message says which kind belongs there."""


class UnknownValueError(Exception):
    """A word outside a closed set; the arguments are the word and the set."""


class Reader:
    """
    Turns raw tables into entries and collects what is wrong with them.

    A value that cannot be read is replaced by a harmless one, so that one slip neither hides the
    other defects nor makes new ones out of names that are then missing.
    """

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.defects: list[PolicyDataError] = []
        self.broken: set[str] = set()
        self.dropped: set[str] = set()
        self.stand_ins = STAND_INS

    def document(self, raw: Mapping[str, Any]) -> Document:
        """Return what could be read; whether it was all fine, `defects` says."""
        top = Place(table="file", lines=self.positions["", 0])
        for name in raw:
            if name not in TABLE_CLASSES:
                self._unknown(self._place(name, None), "", "table", name, TABLE_CLASSES)
        tables = {name: self._many(name, raw, top) for name in TABLES}
        # Without a commencement the other checks still need a day: the latest of any entry.
        days = [entry.effective_from for entries in tables.values() for entry in entries]
        self.stand_ins = {**STAND_INS, "date": max(days, default=date.max)}
        commencement = self._single("commencement", raw, top)
        return Document(
            policy=self._single("policy", raw, top), commencement=commencement, **tables
        )

    def explains(self, defect: PolicyDataError) -> bool:
        """Return whether *defect* only follows from something that could not be read."""
        if defect.where.split(".")[0] in self.broken:
            return True
        return any(defect.code in FOLLOWS_FROM[table] for table in self.dropped)

    def _single(self, name: str, raw: Mapping[str, Any], top: Place) -> Any:
        value = raw.get(name)
        if isinstance(value, dict):
            return self._entry(name, value, self._place(name, None))
        code = "wrong_type" if name in raw else "missing_table"
        self._add(top, "", code, f"no table `{name}`", f"write one [{name}] table")
        self.broken.add(name)
        return self._build(TABLE_CLASSES[name], {"place": self._place(name, None)})

    def _many(self, name: str, raw: Mapping[str, Any], top: Place) -> tuple[Any, ...]:
        value = raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            problem = f"`{name}` is not a list of tables"
            self._add(top, name, "wrong_type", problem, f"write each as [[{name}]]")
            self.dropped.add(name)
            return ()
        entries = (
            self._entry(name, entry, self._place(name, index)) for index, entry in enumerate(value)
        )
        return tuple(entry for entry in entries if entry is not None)

    def _place(self, table: str, index: int | None) -> Place:
        return Place(table=table, index=index, lines=self.positions.get((table, index or 0), {}))

    def _entry(self, name: str, raw: Mapping[str, Any], place: Place) -> Any:
        known = {field.name: field for field in _keys(TABLE_CLASSES[name])}
        values: dict[str, Any] = {"place": place}
        for key in raw:
            if key not in known:
                self._unknown(place, key, "key", key, known)
        for key, field in known.items():
            if key in raw:
                values.update(self._value(field, raw[key], place))
            elif _is_required(field):
                self._add(place, key, "missing_key", f"no `{key}`", f"write `{key} = …`")
        entry = self._build(TABLE_CLASSES[name], values)
        if entry is None:
            self.dropped.add(name)
        return entry

    def _build(self, kind: type[Any], values: dict[str, Any]) -> Any:
        """Return the entry, or None if what is missing has no harmless stand-in."""
        for field in _keys(kind):
            if field.name not in values and _is_required(field):
                if str(field.type) not in self.stand_ins:
                    return None
                values[field.name] = self.stand_ins[str(field.type)]
        return kind(**values)

    def _value(self, field: Field[Any], value: object, place: Place) -> dict[str, Any]:
        key = field.name
        try:
            return {key: READERS[str(field.type)](value, _is_required(field))}
        except WrongTypeError as wrong:
            problem = f"`{_shown(value)}` is not {wrong}"
            self._add(place, key, "wrong_type", problem, f"write {wrong}")
        except UnknownValueError as unknown:
            word, allowed = unknown.args
            problem = f"unknown {key} `{_shown(word)}`"
            self._add(place, key, "unknown_value", problem, _one_of(word, allowed))
        return {}

    def _unknown(
        self, place: Place, key: str, what: str, name: str, known: Collection[str]
    ) -> None:
        self.defects.append(
            PolicyDataError(
                f"unknown {what} `{_shown(name)}`",
                where=place.where(key),
                code=f"unknown_{what}",
                line=place.line(key),
                instead=_one_of(name, known),
            )
        )

    def _add(self, place: Place, key: str, code: str, problem: str, instead: str) -> None:
        self.broken.add(place.where())
        self.defects.append(
            PolicyDataError(
                problem,
                where=place.where(key),
                code=code,
                line=place.line(key),
                instead=instead,
            )
        )


def _keys(kind: type[Any]) -> tuple[Field[Any], ...]:
    return tuple(field for field in fields(kind) if field.name != "place")


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _one_of(word: object, allowed: Collection[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, list(allowed), n=1) if isinstance(word, str) else []
    if near:
        return f"write `{near[0]}`"
    return "write one of " + ", ".join(f"`{name}`" for name in allowed)


def _text(value: object, required: bool) -> str:
    if type(value) is not str or (required and not value.strip()):
        raise WrongTypeError("a text that says something" if required else "a text")
    return value


def _texts(value: object, required: bool) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongTypeError("a list of texts")
    return tuple(_text(item, True) for item in value)


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


def _member(name: str) -> Callable[[object, bool], StrEnum]:
    enum = ENUMS[name]
    words = tuple(member.value for member in enum)

    def read(value: object, required: bool) -> StrEnum:
        if type(value) is not str:
            raise WrongTypeError(f"one of {', '.join(words)}")
        if value not in words:
            raise UnknownValueError(value, words)
        return enum(value)

    return read


def _members(name: str) -> Callable[[object, bool], tuple[StrEnum, ...]]:
    read = _member(name)

    def read_all(value: object, required: bool) -> tuple[StrEnum, ...]:
        if not isinstance(value, list) or not value:
            raise WrongTypeError("a list with at least one word")
        return tuple(read(item, True) for item in value)

    return read_all


MOST = 1200
"""A century in months: beyond that, a number is a slip of the hand."""

READERS: Mapping[str, Callable[[object, bool], Any]] = {
    "str": _text,
    "int": _count,
    "bool": _flag,
    "date": _day,
    "date | None": _day,
    "Label": _label,
    "tuple[str, ...]": _texts,
    "tuple[Action, ...]": _members("Action"),
    **{name: _member(name) for name in ENUMS},
}
"""The annotation of a field → what reads its value."""

STAND_INS: Mapping[str, Any] = {
    "str": "",
    "int": 1,
    "date": date.min,
    "Label": Label(th="", en=""),
    "tuple[str, ...]": (),
    "tuple[Action, ...]": (),
    "Binding": kinds.Binding.OFFICE,
    "Authority": kinds.Authority.ROLES,
    "UrgentMode": kinds.UrgentMode.APPROVE_FIRST,
}
"""The annotation of a field → what stands in for a value that could not be read."""

GAPS = {"action_without_role", "category_without_approver", "step_without_role"}

FOLLOWS_FROM: Mapping[str, Collection[str]] = {
    **{name: {f"undeclared_{name}", "clause_not_carried", f"{name}_not_single"} for name in TABLES},
    "rule": GAPS | {"clause_not_carried"},
    "requirement": {"safeguard_missing", "clause_not_carried"},
    "category": GAPS | {"undeclared_category", "clause_not_carried"},
    "channel": {
        "first_channel",
        "undeclared_channel",
        "clause_not_carried",
        "step_without_role",
    },
    "duty": {"category_without_duty", "clause_not_carried"},
}
"""The table of an entry that could not be read at all → the defects that follow from its lack."""
