"""
A small language of schemas, in which the sandbox states what LINE accepts.

A schema is a function of a value and its place that yields one `details` entry for each fault,
in LINE's form. Properties that a schema does not name are let through, as LINE does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from otp_policy.channels.units import grapheme_count, utf16_units

__all__ = [
    "Detail",
    "Schema",
    "boolean",
    "by_type",
    "colour",
    "each",
    "later",
    "number",
    "one_of",
    "record",
    "say",
    "text",
    "url",
]

Detail = dict[str, str]
Schema = Callable[[object, str], Iterator[Detail]]


def say(where: str, message: str) -> Detail:
    """Return one entry of `details`."""
    return {"message": message, "property": where}


def text(*, most: int, least: int = 1, graphemes: bool = False) -> Schema:
    """Return a schema for a text of a length in UTF-16 units, or in graphemes."""
    measure = grapheme_count if graphemes else utf16_units

    def check(value: object, where: str) -> Iterator[Detail]:
        if not isinstance(value, str):
            yield say(where, "Must be a string")
        elif least and not value:
            yield say(where, "May not be empty")
        elif not least <= measure(value) <= most:
            yield say(where, f"Length must be between {least} and {most}")

    return check


def url(*schemes: str, most: int) -> Schema:
    """Return a schema for an address of one of *schemes*, percent-encoded."""

    def check(value: object, where: str) -> Iterator[Detail]:
        if not isinstance(value, str) or not value.isascii() or " " in value:
            yield say(where, "Must be a percent-encoded address")
        elif not value.lower().startswith(tuple(f"{scheme}:" for scheme in schemes)):
            yield say(where, f"Must be a valid address of scheme {', '.join(schemes)}")
        elif len(value) > most:
            yield say(where, f"Length must be between 1 and {most}")

    return check


def one_of(*words: str) -> Schema:
    """Return a schema for one of *words*."""

    def check(value: object, where: str) -> Iterator[Detail]:
        if value not in words:
            yield say(where, f"Must be one of: {', '.join(words)}")

    return check


def number(least: float, most: float, *, whole: bool = True) -> Schema:
    """Return a schema for a number from *least* to *most*."""

    def check(value: object, where: str) -> Iterator[Detail]:
        right = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not right or not least <= value <= most:  # type: ignore[operator]
            yield say(where, f"Must be a number between {least} and {most}")

    return check


def boolean(value: object, where: str) -> Iterator[Detail]:
    """Check that *value* is true or false."""
    if not isinstance(value, bool):
        yield say(where, "Must be a boolean")


def colour(value: object, where: str) -> Iterator[Detail]:
    """Check that *value* is `#RRGGBB` or `#RRGGBBAA`."""
    digits = value[1:] if isinstance(value, str) and value[:1] == "#" else ""
    if len(digits) not in {6, 8} or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
        yield say(where, "Must be a colour such as #RRGGBB")


def each(schema: Schema, *, least: int = 1, most: int) -> Schema:
    """Return a schema for a list of *least* to *most* items."""

    def check(value: object, where: str) -> Iterator[Detail]:
        if not isinstance(value, list) or not least <= len(value) <= most:
            yield say(where, f"Size must be between {least} and {most}")
            return
        for index, item in enumerate(value):
            yield from schema(item, f"{where}[{index}]")

    return check


def record(*, needs: tuple[str, ...] = (), **fields: Schema) -> Schema:
    """Return a schema for an object; a property that it *needs* must be there."""

    def check(value: object, where: str) -> Iterator[Detail]:
        if not isinstance(value, Mapping):
            yield say(where, "Must be an object")
            return
        at = f"{where}." if where else ""
        for name in needs:
            if value.get(name) is None:
                yield say(f"{at}{name}", "May not be empty")
        for name, schema in fields.items():
            if value.get(name) is not None:
                yield from schema(value[name], f"{at}{name}")

    return check


def by_type(**schemas: Schema) -> Schema:
    """Return a schema for an object that `type` tells apart."""

    def check(value: object, where: str) -> Iterator[Detail]:
        kind = value.get("type") if isinstance(value, Mapping) else None
        schema = schemas.get(kind) if isinstance(kind, str) else None
        if schema is None:
            yield say(f"{where}.type", f"Must be one of: {', '.join(schemas)}")
        else:
            yield from schema(value, where)

    return check


def later(schema: Callable[[], Schema]) -> Schema:
    """Return a schema that is looked up when it is needed, for objects inside their own kind."""
    return lambda value, where: schema()(value, where)
