"""What an object says, by the search fields that its model names."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Manager
from wagtail.search.index import AutocompleteField, RelatedFields, SearchField


class Extracted(NamedTuple):
    """The texts of the search fields named `title`, of the others, and of those for typing."""

    title: list[str]
    body: list[str]
    autocomplete: list[str]


def extract(obj: Any) -> Extracted:
    """Return what *obj* says; each field is read once, as rich text takes its time."""
    found = Extracted([], [], [])
    for field, value in _values(obj, obj.get_search_fields()):
        if isinstance(field, AutocompleteField):
            into = found.autocomplete
        else:
            into = found.title if field.field_name == "title" else found.body
        into += [text for text in _leaves(value) if text.strip()]
    return found


def _values(obj: Any, fields: list[Any]) -> Iterator[tuple[Any, Any]]:
    for field in fields:
        if isinstance(field, SearchField | AutocompleteField):
            yield field, field.get_value(obj)
        elif isinstance(field, RelatedFields):
            for related in _related(field.get_value(obj)):
                yield from _values(related, field.fields)


def _related(value: Any) -> list[Any]:
    if isinstance(value, Manager):
        return list(value.all())
    value = value() if callable(value) else value
    return [] if value is None else [value]


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple | set):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)
