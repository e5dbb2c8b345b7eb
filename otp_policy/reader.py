"""
From TOML to frozen entries, or to every fault of form at once.

The classes that a `Layout` names say which keys there are, of which type, and which may be left
out. What the entries say together is judged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from dataclasses import field as value_of
from datetime import date
from typing import Any

from otp_policy.entries import Path, Place, Position
from otp_policy.errors import PolicyDataError
from otp_policy.positions import Positions
from otp_policy.values import (
    ITEM_READERS,
    MAY_BE_EMPTY,
    READERS,
    STAND_INS,
    UnknownValueError,
    ValueReader,
    WrongTypeError,
    nearest,
)

__all__ = ["Layout", "Reader", "decode", "parse_toml"]

ItemPath = tuple[str, int] | tuple[str] | tuple[()]
"""A key and a place in its list, a key alone, or neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """
    Which tables a file may have, and the class of each.

    `single` tables stand once, `many` any number of times. `follows_from` names, for a table that
    is no list of entries, the defects that only follow from its lack; `rests_on`, for the code of
    a defect, the keys of the same entry without which it cannot be judged.
    `readers` reads what only this layout's classes hold.
    """

    single: Mapping[str, type[Any]]
    many: Mapping[str, type[Any]]
    follows_from: Mapping[str, Collection[str]] = value_of(default_factory=dict)
    rests_on: Mapping[str, Collection[str]] = value_of(default_factory=dict)
    readers: Mapping[str, ValueReader] = value_of(default_factory=dict)


def decode(data: bytes | str) -> str:
    """
    Return the text of a file, without its byte order mark.

    Raises:
        PolicyDataError: `not_utf8`, with its place.
    """
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.rpartition(b"\n")[2].decode("utf-8", "replace")
        raise PolicyDataError(
            "the file is not UTF-8",
            where="file",
            code="not_utf8",
            at=(before.count(b"\n") + 1, len(line) + 1),
            instead="save it as UTF-8",
        ) from error


def parse_toml(text: str) -> dict[str, Any]:
    """
    Return the tables of a TOML text.

    Raises:
        PolicyDataError: `not_toml`, with its place if the parser names one.
    """
    # Imported here: whoever only asks an already loaded policy never pays for the parser.
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        # Not every malformed number or date comes as a TOMLDecodeError.
        problem = str(error)
        at = re.search(r"at line (\d+), column (\d+)", problem)
        raise _not_toml(problem, at=(int(at[1]), int(at[2])) if at else _end_of(text)) from error
    except RecursionError as error:
        raise _not_toml("nested too deeply", at=_end_of(text)) from error


def _end_of(text: str) -> Position:
    """Return where a text ends: what the parser missed, it missed until there."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _not_toml(problem: str, *, at: Position | None) -> PolicyDataError:
    return PolicyDataError(
        f"not TOML: {problem[:1].lower()}{problem[1:]}",
        where="file",
        code="not_toml",
        at=at,
        instead="mend the syntax there",
    )


class Reader:
    """
    Turns raw tables into entries and collects what is wrong with them.

    A value that cannot be read is replaced by a harmless one (a misspelt word by the word it was
    probably meant to be), so that one slip hides no other defect. What only follows from the slip
    is left out again by `explains`.
    """

    def __init__(self, text: str, *, source: str, layout: Layout) -> None:
        self.source = source
        self.layout = layout
        self.raw = parse_toml(text)
        self.positions = Positions(text)
        self.readers = {**READERS, **layout.readers}
        self.defects: list[PolicyDataError] = []
        self.broken: dict[str, set[str]] = {}
        self.dropped: set[str] = set()
        self.unread_clauses: set[str] = set()
        self.stand_ins = STAND_INS

    @classmethod
    def of(cls, data: bytes | str, *, source: str, layout: Layout) -> Reader:
        """
        Return a reader of a file.

        Raises:
            ExceptionGroup: If the file is no TOML at all.
        """
        try:
            return cls(decode(data), source=source, layout=layout)
        except PolicyDataError as error:
            raise ExceptionGroup(f"{source}: 1 defect", [error]) from error

    def finish(self, defects: Iterable[PolicyDataError]) -> None:
        """
        Do nothing if there is no defect.

        Raises:
            ExceptionGroup: Of all *defects*, in the order of the file.
        """
        found = list(defects)
        for one in found:
            # What is missing altogether belongs with its like, or to the end of the file.
            one.at = one.at or self.positions.at((one.where.partition(".")[0],))
            one.at = one.at or self.positions.end()
        found.sort(key=lambda one: (one.at, one.where))
        if found:
            count = f"{len(found)} defect{'s' if len(found) > 1 else ''}"
            raise ExceptionGroup(f"{self.source}: {count}", found)

    def tables(self) -> dict[str, Any]:
        """Return every table of the layout; whether it was all fine, `defects` says."""
        raw = self.raw
        top = Place(table="file", positions=_Top(self.positions))
        known = (*self.layout.single, *self.layout.many)
        for name in raw:
            if name not in known:
                self._unknown(self._place(name, None), "", "table", name, known)
        found = {name: self._many(name, raw, top) for name in self.layout.many}
        # Without a first day the other checks still need one: the latest of any entry.
        days = [
            entry.effective_from
            for entries in found.values()
            for entry in entries
            if hasattr(entry, "effective_from")
        ]
        self.stand_ins = {**STAND_INS, "date": max(days, default=date.max)}
        found.update({name: self._single(name, raw, top) for name in self.layout.single})
        return found

    def explains(self, defect: PolicyDataError) -> bool:
        """Return whether *defect* only follows from something that could not be read."""
        entry, _, path = defect.where.partition(".")
        broken = self.broken.get(entry, set())
        # Without a key the defect is one of the whole entry.
        if "" in broken or (path and path.partition("[")[0] in broken):
            return True
        if not broken.isdisjoint(self.layout.rests_on.get(defect.code, ())):
            return True
        if defect.code == "clause_not_carried" and any(
            f"`{clause}`" in defect.problem for clause in self.unread_clauses
        ):
            return True
        return any(defect.code in self.layout.follows_from[table] for table in self.dropped)

    def _single(self, name: str, raw: Mapping[str, Any], top: Place) -> Any:
        value = raw.get(name)
        if isinstance(value, dict):
            return self._entry(self.layout.single[name], name, value, self._place(name, None))
        code = "wrong_type" if name in raw else "missing_table"
        path = (name,) if name in raw else ()
        self._add(top, path, code, f"no table `{name}`", f"write one [{name}] table")
        self.broken[name] = {""}
        return self._build(self.layout.single[name], {"place": self._place(name, None)})

    def _many(self, name: str, raw: Mapping[str, Any], top: Place) -> tuple[Any, ...]:
        value = raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            problem = f"`{name}` is not a list of tables"
            self._add(top, (name,), "wrong_type", problem, f"write each as [[{name}]]")
            self.dropped.add(name)
            return ()
        kind = self.layout.many[name]
        entries = (
            self._entry(kind, name, entry, self._place(name, index))
            for index, entry in enumerate(value)
        )
        return tuple(entry for entry in entries if entry is not None)

    def _place(self, table: str, index: int | None) -> Place:
        return Place(table=table, index=index, positions=self.positions)

    def _entry(self, kind: type[Any], name: str, raw: Mapping[str, Any], place: Place) -> Any:
        known = {field.name: field for field in _keys(kind)}
        values: dict[str, Any] = {"place": place}
        for key in raw:
            if key not in known:
                self._unknown(place, key, "key", key, known)
        for key, field in known.items():
            if key in raw:
                values.update(self._value(field, raw[key], place))
            elif _is_required(field):
                self._add(place, (key,), "missing_key", f"no `{key}`", f"write `{key} = …`")
        entry = self._build(kind, values)
        if entry is None:
            self.unread_clauses.add(values.get("clause", ""))
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
        key, kind = field.name, str(field.type)
        if kind in ITEM_READERS:
            return self._items(field, value, place)
        kept = self._read(self.readers[kind], value, place, (key,), required=_is_required(field))
        return {} if kept is None else {key: kept}

    def _items(self, field: Field[Any], value: object, place: Place) -> dict[str, Any]:
        """Return what can be read of a list; each value that cannot is a defect of its own."""
        key, kind = field.name, str(field.type)
        if not isinstance(value, list) or (not value and kind not in MAY_BE_EMPTY):
            wanted = "a list of texts" if kind == "tuple[str, ...]" else "a list of words"
            problem = f"`{_shown(value)}` is not {wanted} with at least one"
            self._add(place, (key,), "wrong_type", problem, f"write {wanted}")
            return {}
        reader = ITEM_READERS[kind]
        items = [self._read(reader, item, place, (key, index)) for index, item in enumerate(value)]
        kept = tuple(item for item in items if item is not None)
        if value and not kept:
            # Nothing is left of the list, so that nothing can be said of it either.
            self.broken[place.where()].add(key)
        return {key: kept}

    def _read(
        self,
        reader: ValueReader,
        value: object,
        place: Place,
        path: ItemPath,
        *,
        required: bool = True,
    ) -> Any:
        """Return the value, or what was probably meant, or None."""
        try:
            return reader(value, required)
        except WrongTypeError as wrong:
            problem = f"`{_shown(value)}` is not {wrong}"
            self._add(place, path, "wrong_type", problem, f"write {wrong}")
            return None
        except UnknownValueError as unknown:
            problem = f"unknown {''.join(map(str, path[:1]))} `{_shown(unknown.word)}`"
            instead = _one_of(unknown.word, unknown.allowed)
            self._add(place, path, "unknown_value", problem, instead)
            meant = nearest(unknown.word, unknown.allowed)
            # A word inside a larger value says nothing of the whole of it.
            return reader(meant, True) if meant and value == unknown.word else None

    def _unknown(
        self, place: Place, key: str, what: str, name: str, known: Collection[str]
    ) -> None:
        self.defects.append(
            PolicyDataError(
                f"unknown {what} `{_shown(name)}`",
                where=place.where(key) or '""',
                code=f"unknown_{what}",
                at=place.at(key),
                instead=_one_of(name, known),
            )
        )

    def _add(self, place: Place, path: ItemPath, code: str, problem: str, instead: str) -> None:
        """Add a defect of a key, or of an item of its list."""
        where = place.where(*path)
        key = where.removeprefix(place.where()).removeprefix(".")
        self.broken.setdefault(place.where(), set()).add(key)
        self.defects.append(
            PolicyDataError(problem, where=where, code=code, at=place.at(*path), instead=instead)
        )


class _Top:
    """The positions of a file's tables, as those of the keys of a place."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions

    def at(self, path: Path) -> Position | None:
        return self.positions.at(path[1:])


def _keys(kind: type[Any]) -> tuple[Field[Any], ...]:
    return tuple(field for field in fields(kind) if field.name != "place")


def _is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _one_of(word: str, allowed: Collection[str]) -> str:
    near = nearest(word, allowed)
    if near is not None:
        return f"write `{near}`"
    return "write one of " + ", ".join(f"`{name}`" for name in allowed)
