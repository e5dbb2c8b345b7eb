"""
The reference of the policy file, written from the classes that are its format.

    python -m otp_policy.reference > docs/reference/policy-file.md

Keys, types, defaults and meanings are taken from `entries` and `instruments`; nothing about the
format is said here.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from otp_policy.entries import Entry
from otp_policy.instruments import ASSESSMENT_LAYOUT, LAW_LAYOUT
from otp_policy.loader import POLICY_LAYOUT
from otp_policy.reader import Layout
from otp_policy.values import ENUMS, MOST

__all__ = ["reference"]

TYPES: Mapping[str, str] = {
    "str": "text",
    "int": f"whole number from 1 to {MOST}",
    "NonNegative": f"whole number from 0 to {MOST}",
    "bool": "`true` or `false`",
    "date": "date, as `2019-05-25`",
    "Label": 'label, as `{ th = "…", en = "…" }`',
    "Pause": 'pause, as `{ begins = "…", ends = "…" }` of two event kinds',
}

FILES: tuple[tuple[str, str, Layout], ...] = (
    ("The policy", "One file for each agency.", POLICY_LAYOUT),
    ("A law", "`law/<code>.toml` beside the policy, or shipped.", LAW_LAYOUT),
    ("An assessment", "Independent of any policy.", ASSESSMENT_LAYOUT),
)


def reference() -> str:
    """Return the whole reference as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The policy file"
    yield ""
    yield "Written by `make reference` from the classes that are the format; do not edit."
    yield ""
    yield "A file is TOML in UTF-8. A key that is not listed here is an error. `otp-policy check`"
    yield "reports everything that is wrong at once, with line and column."
    yield ""
    yield "## What every entry carries"
    yield ""
    yield from _text(Entry)
    yield from _table(Entry, known=())
    for title, note, layout in FILES:
        yield f"## {title}"
        yield ""
        yield note
        yield ""
        for name, kind in layout.single.items():
            yield from _kind(f"`[{name}]`, once", kind)
        for name, kind in layout.many.items():
            yield from _kind(f"`[[{name}]]`, any number of times", kind)
    yield "## Words"
    yield ""
    for enum in sorted((*ENUMS,), key=lambda enum: enum.__name__):
        words = ", ".join(f"`{member.value}`" for member in enum)
        yield f"- **{_spaced(enum.__name__)}**: {words}"


def _kind(title: str, kind: type[Any]) -> Iterator[str]:
    yield f"### {title}"
    yield ""
    yield from _text(kind)
    known = {field.name for field in fields(Entry)} if issubclass(kind, Entry) else set()
    if known:
        yield "Beside what every entry carries:"
        yield ""
    yield from _table(kind, known=tuple(known))


def _text(kind: type[Any]) -> Iterator[str]:
    yield inspect.getdoc(kind) or ""
    yield ""


def _table(kind: type[Any], *, known: tuple[str, ...]) -> Iterator[str]:
    own = [field for field in fields(kind) if field.name not in (*known, "place")]
    if not own:
        yield "Nothing more."
        yield ""
        return
    yield "| key | takes | |"
    yield "|---|---|---|"
    for field in own:
        yield f"| `{field.name}` | {_type(str(field.type))} | {_default(field)} |"
    yield ""


def _type(annotation: str) -> str:
    if annotation.startswith("tuple["):
        return f"list: {_type(annotation.removeprefix('tuple[').partition(',')[0])}"
    name = annotation.removesuffix(" | None")
    return TYPES.get(name) or f"a word: {_spaced(name)}"


def _default(field: Field[Any]) -> str:
    if field.default is MISSING:
        return "required"
    if field.default in (None, "", ()):
        return "may be left out"
    if isinstance(field.default, bool):
        return f"otherwise `{str(field.default).lower()}`"
    if isinstance(field.default, tuple):
        return "otherwise " + ", ".join(f"`{word}`" for word in field.default)
    return f"otherwise `{field.default}`"


def _spaced(name: str) -> str:
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


if __name__ == "__main__":
    print(reference(), end="")
