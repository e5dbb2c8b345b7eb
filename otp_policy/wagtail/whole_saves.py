"""
Remembers, while a page is saved with its child rows, which publication that is, and what was seen.

Wagtail saves a page first and its child rows one by one after it. The gate judges the whole at
the first of these saves; this tells it which child rows belong to a whole that it let through.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class _WholeSave:
    page: Any
    is_checked: bool = False


_saving: ContextVar[_WholeSave | None] = ContextVar("otp_policy_saving", default=None)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A publication that is being carried out, with what its transaction has just read."""

    publication: Any
    stored_slug: str


_publishing: ContextVar[UnderWay | None] = ContextVar("otp_policy_publishing", default=None)


@contextmanager
def publishing(publication: Any, *, stored_slug: str) -> Iterator[None]:
    """Carry out *publication*: the gate compares with it, and need not look for it again."""
    token = _publishing.set(UnderWay(publication, stored_slug))
    try:
        yield
    finally:
        _publishing.reset(token)


def under_way(page_id: int | None) -> UnderWay | None:
    """Return the publication of this page that is being carried out, or None."""
    found = _publishing.get()
    return found if found is not None and found.publication.page_id == page_id else None


@contextmanager
def whole_save(page: Any) -> Iterator[None]:
    """Open the save of *page* and its child rows; a save inside it is a whole of its own."""
    token = _saving.set(_WholeSave(page))
    try:
        yield
    finally:
        _saving.reset(token)


def mark_checked(page: Any) -> None:
    """Note that the gate compared *page*, child rows included, with its publication."""
    saving = _saving.get()
    if saving is not None and saving.page is page:
        saving.is_checked = True


def is_checked(page_id: int) -> bool:
    """Tell whether the page with this key is being saved as a whole that the gate let through."""
    saving = _saving.get()
    return saving is not None and saving.is_checked and saving.page.pk == page_id
