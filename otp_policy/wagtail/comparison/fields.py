"""Every governed field compared as a person reads it, and as data where it has no words."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import BooleanField, DateField, DateTimeField, Field, ForeignKey
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.fields import RichTextField, StreamField

from ..digest import exact_values
from ..wording import office_date
from .blocks import compare_blocks
from .lines import Line
from .parts import FieldChange, Part, compare_part
from .rich_text import Named, lines_of_html
from .words import Mark

__all__ = ["compare_fields", "compare_values"]

# Of the tree and for machines; what people read comes before it.
_LAST = ("slug", "seo_title", "search_description", "show_in_menus", "locale")


def compare_fields(before: Any, after: Any, *, named: Named) -> list[FieldChange]:
    """
    Compare the governed fields of two texts, by the same values that the digest stands on.

    Args:
        before: What is live, or None.
        after: The draft.
        named: What to call what a text refers to.
    """
    old, new = (exact_values(before) if before is not None else {}), exact_values(after)
    changes = []
    for name in _in_order(after, old.keys() | new.keys()):
        field = _field(after, name)
        label = str(capfirst(getattr(field, "verbose_name", name.replace("_", " "))))
        parts = _parts(field, name, before, after, old.get(name), new.get(name), named)
        changes.append(compare_values(label, old.get(name), new.get(name), parts))
    return [change for change in changes if change.is_changed or _says_something(change)]


def compare_values(label: str, old: Any, new: Any, parts: tuple[Part, ...]) -> FieldChange:
    """Return what became of a value: what its *parts* do not show is shown as it is kept."""
    shown = any(part.mark is not Mark.SAME for part in parts)
    if old == new:
        return FieldChange(label, Mark.SAME, parts)
    if shown:
        return FieldChange(label, Mark.CHANGED, parts)
    if not _is_something(old) and not _is_something(new):
        return FieldChange(label, Mark.SAME, ())
    return FieldChange(label, Mark.CHANGED, parts, (_as_kept(old), _as_kept(new)))


def _is_something(value: Any) -> bool:
    return value not in (None, "", "[]", [], {}, False)


def _says_something(change: FieldChange) -> bool:
    return any(part.lines for part in change.parts)


def _as_kept(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)


def _in_order(page: Any, names: set[str]) -> list[str]:
    fields = [field.name for field in page._meta.get_fields() if not field.auto_created]
    place = {name: index for index, name in enumerate(fields)}
    own = {field.name for field in page._meta.local_fields}

    def rank(name: str) -> tuple[int, int, str]:
        group = 0 if name == "title" else 3 if name in _LAST else 1 if name in own else 2
        return group, place.get(name, len(place)), name

    return sorted(names, key=rank)


def _field(page: Any, name: str) -> Any:
    try:
        return page._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _parts(
    field: Any, name: str, before: Any, after: Any, old: Any, new: Any, named: Named
) -> tuple[Part, ...]:
    if isinstance(field, StreamField):
        block = field.stream_block
        return compare_blocks(block, _blocks(old), _blocks(new), named=named)
    was = list(_lines(field, name, before, old, named))
    return (compare_part(was, list(_lines(field, name, after, new, named))),)


def _blocks(value: Any) -> list[Any]:
    read = json.loads(value or "[]") if isinstance(value, str) else value
    return read if isinstance(read, list) else []


def _lines(field: Any, name: str, page: Any, value: Any, named: Named) -> Iterator[Line]:
    if page is None or value in (None, ""):
        return
    if isinstance(field, RichTextField):
        yield from lines_of_html(str(value), named=named)
    elif isinstance(field, ForeignKey):
        yield Line(_related(page, name, value))
    elif isinstance(field, BooleanField):
        yield Line(_("Yes") if value else _("No"))
    elif isinstance(value, list | dict):
        yield from _rows(value, getattr(field, "related_model", None))
    else:
        yield from (Line(line) for line in _in_words(field, value).splitlines() if line.strip())


def _related(page: Any, name: str, value: Any) -> str:
    try:
        return str(getattr(page, name))
    except ObjectDoesNotExist:
        return str(value)


def _in_words(field: Any, value: Any) -> str:
    if isinstance(field, DateField) and not isinstance(field, DateTimeField):
        return office_date(date.fromisoformat(value))
    choices = dict(field.flatchoices) if isinstance(field, Field) else {}
    return str(choices.get(value, value))


def _rows(value: Any, model: Any) -> Iterator[Line]:
    """Child rows, tags and anything nested: a line for each row, as its model tells it."""
    as_told = getattr(model, "line_of_values", None)
    for row in value if isinstance(value, list) else [value]:
        if isinstance(row, dict) and as_told is not None:
            yield Line(as_told(row))
        elif isinstance(row, dict):
            told = [f"{key}: {inner}" for key, inner in row.items() if inner not in (None, "")]
            yield Line(" · ".join(told))
        else:
            yield Line(str(row))
