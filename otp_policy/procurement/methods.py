"""The ways of buying, by their names in forms: data that an agency can replace."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from otp_policy.errors import PolicyDataError
from otp_policy.procurement.texts import squeezed

__all__ = ["Method", "Methods", "load_methods", "shipped_methods"]

FILE = os.path.join(
    os.path.dirname(os.path.dirname(__file__)), "data", "procurement", "methods.toml"
)
OCDS_METHODS = ("open", "selective", "limited", "direct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way of buying; `ocds` is its code in the OCDS list `method`."""

    code: str
    names: tuple[str, ...]
    ocds: str

    @property
    def name(self) -> str:
        """Return the name to print."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Methods:
    """All the ways of buying that an agency knows."""

    all: tuple[Method, ...]

    def find(self, text: str) -> Method | None:
        """
        Return the method of that name, with the word `วิธี` before it or without.

        >>> shipped_methods().find("วิธีเฉพาะเจาะจง").ocds
        'direct'
        """
        wanted = squeezed(text)
        wanted = wanted.removeprefix("โดย").removeprefix("ด้วย").removeprefix("วิธี")
        for method in self.all:
            if wanted and wanted in {squeezed(name) for name in method.names}:
                return method
        return None


@lru_cache(maxsize=1)
def shipped_methods() -> Methods:
    """Return the methods that come with the library."""
    return load_methods(FILE)


def load_methods(path: str | os.PathLike[str]) -> Methods:
    """
    Return the methods of a file in the form of `data/procurement/methods.toml`.

    Raises:
        OSError: If the file cannot be read.
        ExceptionGroup: Of one PolicyDataError for each defect of the file.
    """
    with open(path, "rb") as file:
        try:
            tables = tomllib.load(file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            defect = PolicyDataError(str(error), where="methods", code="not_toml")
            raise ExceptionGroup("not a file of methods", [defect]) from error
    entries = tables.get("method")
    entries = entries if isinstance(entries, list) else []
    defects = _defects(entries)
    if defects:
        raise ExceptionGroup("not a file of methods", defects)
    return Methods(
        tuple(
            Method(code=entry["code"], names=tuple(entry["names"]), ocds=entry["ocds"])
            for entry in entries
        )
    )


def _defects(entries: list[Any]) -> list[PolicyDataError]:
    if not entries:
        return [PolicyDataError("no `method`", where="method", code="missing")]
    defects = []
    for index, entry in enumerate(entries):
        for key, is_right in (
            ("code", lambda value: isinstance(value, str) and bool(value)),
            ("names", _are_names),
            ("ocds", lambda value: value in OCDS_METHODS),
        ):
            value = entry.get(key) if isinstance(entry, dict) else None
            if not is_right(value):
                where = f"method[{index}].{key}"
                defects.append(PolicyDataError(f"unusable `{value}`", where=where, code=key))
    return defects


def _are_names(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(name, str) and squeezed(name) for name in value)
    )
