"""Every text of an item that the public will read, without its markup."""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, TextField
from django.utils.text import capfirst
from wagtail.fields import RichTextField, StreamField

from .digest import governed_values

_INLINE = frozenset(
    {"a", "abbr", "b", "code", "em", "i", "mark", "s", "span", "strong", "sub", "sup", "u"}
)
# What the editor keeps about a block for itself.
_BLOCK_KEYS = frozenset({"id", "type"})


class _Stripper(HTMLParser):
    """Keeps the text and where its links lead; a number may run across inline tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("href", "alt", "title") and value]
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag not in _INLINE:
            self.parts.append("\n")


def without_markup(html: str) -> str:
    """Return the text of *html*, and each link's target in a line of its own."""
    stripper = _Stripper()
    stripper.feed(html)
    stripper.close()
    return "\n".join(["".join(stripper.parts), *stripper.links])


def texts_of_fields(page: Any) -> Iterator[tuple[str, str]]:
    """Yield the name of each governed field of *page*, and each text in it."""
    for name, value in governed_values(page).items():
        field = field_of(page, name)
        label = str(capfirst(getattr(field, "verbose_name", name)))
        if isinstance(field, StreamField) and isinstance(value, str):
            value = json.loads(value or "[]", parse_float=str)
        is_plain = isinstance(field, CharField | TextField) and not isinstance(field, RichTextField)
        for leaf in leaves_of(value):
            yield label, leaf if is_plain else without_markup(leaf)


def field_of(page: Any, name: str) -> Any:
    try:
        return page._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def leaves_of(value: Any) -> Iterator[str]:
    """Yield each text, and each number as a text, however deep inside blocks or child rows."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _BLOCK_KEYS:
                yield from leaves_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves_of(inner)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)
