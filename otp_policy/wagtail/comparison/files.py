"""Documents and images compared: which came, went or were replaced, and what is in them."""

from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from ..digest import file_digest
from ..file_texts import UnreadableFileError, texts_of
from ..models import FileUse
from .lines import Line
from .parts import FileChange, Part, compare_part
from .words import Mark

__all__ = ["compare_files"]

THUMBNAIL = "max-480x480"
_LARGEST_BYTES = 20 * 1024 * 1024
_MOST_LETTERS = 200_000
_MOST_LINES = 3_000
_SECONDS_KEPT = 24 * 60 * 60


def compare_files(
    before: dict[str, Any], after: dict[str, Any], *, page_id: int
) -> list[FileChange]:
    """
    Compare the files of two texts, each by `app.model:key`.

    A file that one text no longer uses, and one that only the other uses, count as replaced when
    they are of one kind and there is no doubt which took the place of which.
    """
    stored = _stored_as(page_id) if before else {}
    changes = [_kept(row, stored.get(key, "")) for key, row in after.items() if key in before]
    gone = [row for key, row in before.items() if key not in after]
    new = [row for key, row in after.items() if key not in before]
    for row in new:
        other = _predecessor(row, gone, new)
        if other is not None:
            gone.remove(other)
        changes.append(_replaced(other, row))
    changes += [
        FileChange(Mark.REMOVED, row, None, False, thumbnails=_pair(row, None)) for row in gone
    ]
    return changes


def _stored_as(page_id: int) -> dict[str, str]:
    """Return under which names the storage kept the bytes that were published."""
    uses = FileUse.objects.filter(page_id=page_id, publication__ended_at=None)
    uses = uses.exclude(publication=None)
    return {f"{use.model}:{use.file_id}": use.stored_as for use in uses}


def _kept(row: Any, stored_as: str) -> FileChange:
    """Return what became of a file that both texts use, whose bytes may be others by now."""
    if not stored_as or stored_as == row.file.name:
        return FileChange(Mark.SAME, row, row, True, thumbnails=_pair(row, row))
    note = _("The file behind this entry was replaced since it was published.")
    return FileChange(Mark.CHANGED, row, row, False, unread=note, thumbnails=_pair(None, row))


def _predecessor(row: Any, gone: list[Any], new: list[Any]) -> Any:
    alike = [other for other in gone if _kind(other) == _kind(row)]
    named = [other for other in alike if other.title == row.title or other.filename == row.filename]
    if len(named) == 1:
        return named[0]
    rivals = [other for other in new if _kind(other) == _kind(row)]
    return alike[0] if len(alike) == len(rivals) == 1 else None


def _kind(row: Any) -> str:
    return str(row._meta.label_lower)


def _replaced(before: Any, after: Any) -> FileChange:
    same = before is not None and file_digest(before) == file_digest(after)
    mark = Mark.ADDED if before is None else Mark.CHANGED
    parts, unread = (), ""
    if isinstance(after, get_document_model()) and not same:
        parts, unread = _compare_texts(before, after)
    return FileChange(mark, before, after, same, parts, unread, _pair(before, after))


def _compare_texts(before: Any, after: Any) -> tuple[tuple[Part, ...], str]:
    try:
        was = _lines(before) if before is not None else None
        return (compare_part(was, _lines(after)),), ""
    except (UnreadableFileError, OSError):
        return (), _("Its text cannot be compared here. Open the file and read it.")


def _lines(row: Any) -> list[Line]:
    """
    Return what stands in a document; reading a long PDF takes seconds, so it is done once.

    Raises:
        UnreadableFileError: If nothing can be read in it, or too much.
    """
    key = f"otp_policy.comparison.{get_language()}.{row.filename[-8:]!r}.{file_digest(row)}"
    key = "".join(letter for letter in key if letter.isalnum() or letter in "._")
    found = cache.get(key)
    if found is None:
        found = list(_read(row))
        cache.set(key, found, _SECONDS_KEPT)
    return [Line(text, role) for role, text in found]


def _read(row: Any) -> Iterator[tuple[str, str]]:
    storage, name = row.file.storage, row.file.name
    if storage.size(name) > _LARGEST_BYTES:
        raise UnreadableFileError(f"`{row.filename}` is too large to compare")
    with storage.open(name, "rb") as handle:
        texts = texts_of(handle, name=row.filename)
    if sum(len(text) for _place, text in texts) > _MOST_LETTERS:
        raise UnreadableFileError(f"`{row.filename}` is too long to compare")
    lines = [(place, line.strip()) for place, text in texts for line in text.splitlines()]
    lines = [(place, line) for place, line in lines if line]
    if len(lines) > _MOST_LINES:
        raise UnreadableFileError(f"`{row.filename}` has too many lines to compare")
    yield from lines


def _pair(before: Any, after: Any) -> tuple[str, str]:
    return _thumbnail(before), _thumbnail(after)


def _thumbnail(row: Any) -> str:
    if not hasattr(row, "get_rendition"):
        return ""
    try:
        return str(row.get_rendition(THUMBNAIL).url)
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return ""
