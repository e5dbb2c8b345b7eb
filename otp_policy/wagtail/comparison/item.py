"""The difference between an item's draft and what the public reads now, complete."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import AbstractPage

from ..conf import current_policy
from ..digest import is_file, is_shown, references_from, shown_values
from ..history import last_publication
from ..models.choices import label_of
from .fields import compare_fields, compare_values
from .files import compare_files
from .lines import Line
from .parts import FieldChange, FileChange, compare_part
from .rich_text import Named

__all__ = ["Comparison", "compare_item"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    All that an approval of the draft would change for the public.

    `is_new`: nothing is live, and everything shown is the draft. `is_unexplained`: the digests
    differ, and nothing that is shown here says why.
    """

    is_new: bool
    fields: tuple[FieldChange, ...]
    channels: tuple[FieldChange, ...]
    files: tuple[FileChange, ...]
    is_unexplained: bool
    live_digest: str

    @property
    def texts(self) -> tuple[FieldChange, ...]:
        """Return the page's own fields and the texts for the channels."""
        return (*self.fields, *self.channels)

    @property
    def changed(self) -> list[FieldChange]:
        """Return the fields with a difference."""
        return [change for change in self.texts if change.is_changed]

    @property
    def unchanged(self) -> list[FieldChange]:
        """Return the fields that stay as they are."""
        return [change for change in self.texts if not change.is_changed]

    @property
    def is_empty(self) -> bool:
        """Tell whether the public would read the same as now."""
        return not self.changed and not any(file.is_changed for file in self.files)


def compare_item(page: Any, draft: Any, *, digest: str) -> Comparison:
    """
    Compare *draft* with what is live of *page*, or with nothing.

    Args:
        page: The specific governed page as the database has it: while it is live, what is read.
        draft: Its latest text.
        digest: The draft's digest.
    """
    publication = last_publication(page.pk)
    live_digest = publication.digest if publication and publication.ended_at is None else ""
    before = page if live_digest and page.live else None
    old, new = _rows(before), _rows(draft)
    named = _names({**old, **new})
    found = Comparison(
        is_new=before is None,
        fields=(*compare_fields(before, draft, named=named), *_shown(old, new)),
        channels=tuple(_channel_texts(before, draft)),
        files=tuple(compare_files(_files(old), _files(new), page_id=page.pk)),
        is_unexplained=False,
        live_digest=live_digest,
    )
    if before is not None and digest != live_digest and found.is_empty:
        return replace(found, is_unexplained=True)
    return found


def _rows(page: Any) -> dict[str, Any]:
    """Return every row that *page* refers to, by `app.model:key`; one query for each model."""
    wanted: dict[Any, set[str]] = {}
    for model, key in references_from(page) if page is not None else ():
        wanted.setdefault(model, set()).add(key)
    return {
        f"{model._meta.label_lower}:{key}": row
        for model, keys in wanted.items()
        for key, row in model._base_manager.in_bulk(keys).items()
    }


def _files(rows: dict[str, Any]) -> dict[str, Any]:
    return {key: row for key, row in sorted(rows.items()) if is_file(type(row))}


def _names(rows: dict[str, Any]) -> Named:
    """Return what to call a `document`, `image`, `page` or `app.model` with a key."""
    names = {}
    for key, row in rows.items():
        label, _colon, number = key.rpartition(":")
        names.update({(kind, number): _name(row) for kind in (label, _kind(row))})

    def named(kind: str, key: str) -> str:
        return names.get((kind, key)) or f"{kind} {key}"

    return named


def _name(row: Any) -> str:
    """Return the name of a row; two files may bear one title, and no two one file name."""
    return f"{row.title} ({row.filename})" if is_file(type(row)) else str(row)


def _kind(row: Any) -> str:
    """Return what rich text calls a row like this, whatever model an agency keeps it in."""
    if isinstance(row, AbstractPage):
        return "page"
    if isinstance(row, get_image_model()):
        return "image"
    return "document" if isinstance(row, get_document_model()) else ""


def _shown(old: dict[str, Any], new: dict[str, Any]) -> Iterator[FieldChange]:
    """Snippets that the item shows: their values are part of what is approved."""
    for key in sorted(old.keys() | new.keys()):
        row = new.get(key) or old.get(key)
        if not is_shown(type(row)):
            continue
        lines = [Line(f"{name}: {value}") for name, value in shown_values(row).items() if value]
        before, after = (lines if key in old else None), (lines if key in new else None)
        label = f"{capfirst(row._meta.verbose_name)}: {row}"
        part = compare_part(before, after)
        yield compare_values(label, before, after, (part,))


def _channel_texts(before: Any, draft: Any) -> Iterator[FieldChange]:
    policy = current_policy()
    social = [code for code in policy.channels if code != policy.first_channel]
    names = " · ".join(label_of("channels", code) for code in social)
    old, new = (before.channel_texts() if before is not None else {}), draft.channel_texts()
    labels = {"title": _("title"), "text": _("text")}
    for name in new:
        label = f"{names}: {labels.get(name, name)}"
        was, value = str(old.get(name, "")), str(new[name])
        part = compare_part(_lines(was), _lines(value))
        change = compare_values(label, was, value, (part,))
        if change.is_changed or part.lines:
            yield change


def _lines(text: str) -> list[Line]:
    return [Line(line) for line in text.splitlines() if line.strip()]
