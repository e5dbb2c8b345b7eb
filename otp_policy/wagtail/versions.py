"""
Every text that an item was published with, and which of them the public may still read.

A version that a correction replaced stays readable at its own address. One that left the public
by a withdrawal does not, nor do those before it; nor does one whose correction took personal data
out, or that the website's owner hid. Files that only a prior version uses are private again: a
scan that a correction replaced may hold what no program can read in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .adapters import ask, has_authority, held_authority
from .messages import under_step
from .models.evidence import Publication
from .models.lifecycle import Correction, HiddenVersion
from .recording import record
from .refusals import PolicyRefusal
from .statements import says_something

REASON_MISSING = under_step(_("Give the reason why the version is hidden."), "withdraw")
NOT_SHOWN = under_step(
    _("The public cannot read this version: nothing is to be hidden."), "withdraw"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One publication of an item, counted from 1, and how it stands."""

    number: int
    publication: Publication
    is_current: bool
    was_replaced: bool
    is_hidden: bool
    is_readable: bool

    @property
    def correction(self) -> Correction | None:
        """Return what this version corrected, or None for a first text."""
        return None if self.number == 1 else getattr(self.publication.approval, "correction", None)


def versions_of(page_id: int, *, with_people: bool = False) -> list[Version]:
    """Return every version of the page, the first one first; people's names are read or not."""
    if with_people:
        return _by_page(_read([page_id], "approval__by", "publisher", *_LATER)).get(page_id, [])
    rows = _read([page_id])
    # A first text corrects and hides nothing: what most items lack is not asked for.
    return _numbered(rows) if len(rows) < 2 else _numbered(_read([page_id], *_LATER))


def versions_of_each(page_ids: Iterable[int]) -> dict[int, list[Version]]:
    """Return the versions of each page that was ever public, the first one first: one query."""
    return _by_page(_read(page_ids, *_LATER))


_LATER = ("approval__correction", "hidden")


def _read(page_ids: Iterable[int], *beside: str) -> list[Publication]:
    found = Publication.objects.filter(page_id__in=page_ids).select_related("approval", *beside)
    # Putting a handful in order costs less here than asking the database for it.
    return sorted(found.order_by(), key=lambda row: (row.page_id, row.at, row.pk))


def _by_page(rows: list[Publication]) -> dict[int, list[Version]]:
    by_page = groupby(rows, key=lambda row: row.page_id)
    return {page_id: _numbered(list(of_page)) for page_id, of_page in by_page}


def _numbered(rows: list[Publication]) -> list[Version]:
    if not rows:
        return []  # live where the triggers are gone: it was never published
    followers = [*rows[1:], None]
    readable = _readable(rows)
    hidden = _hidden(rows)
    return [
        Version(
            number=number,
            publication=row,
            is_current=row.ended_at is None,
            was_replaced=_replaces(follower, row),
            is_hidden=row.pk in hidden,
            is_readable=row.pk in readable,
        )
        for number, (row, follower) in enumerate(zip(rows, followers, strict=True), start=1)
    ]


def read_versions(page: Any) -> list[Version]:
    """Return every version of *page*, read once for as long as the page is in memory."""
    if not page.pk:
        return []
    if not hasattr(page, "_otp_versions"):
        page._otp_versions = versions_of(page.pk)
    found: list[Version] = page._otp_versions
    return found


def _replaces(follower: Publication | None, row: Publication) -> bool:
    # One instant closes a publication and opens the next; a withdrawal leaves a gap.
    return follower is not None and follower.at == row.ended_at


def _hidden(rows: list[Publication]) -> set[int]:
    if len(rows) < 2:
        return set()
    hidden = {row.pk for row in rows if getattr(row, "hidden", None)}
    corrections = [getattr(row.approval, "correction", None) for row in rows]
    return hidden | {one.prior_id for one in corrections if one and one.hides_prior}


def _readable(rows: list[Publication]) -> set[int]:
    """Return the keys of the versions from the live one back to the last gap, hidden ones aside."""
    if not rows or rows[-1].ended_at is not None:
        return set()
    readable, follower = {rows[-1].pk}, rows[-1]
    for row in reversed(rows[:-1]):
        if not _replaces(follower, row):
            break
        readable.add(row.pk)
        follower = row
    return readable - _hidden(rows)


@transaction.atomic
def hide_version(page: Any, user: Any, *, number: int, reason: str) -> None:
    """
    Take a replaced version away from the public at once, as the owner of the website.

    Raises:
        PolicyRefusal: If *user* does not publish on the website, gives no reason, or the public
            cannot read that version anyway.
    """
    decision = ask(page, "publish", user)
    found = [version for version in versions_of(page.pk) if version.number == number]
    refused = [] if says_something(reason) else [REASON_MISSING]
    if not found or found[0].is_current or not found[0].is_readable:
        refused.append(NOT_SHOWN)
    if not has_authority(decision):
        raise PolicyRefusal.of(decision, page.title, *refused)
    if refused:
        raise PolicyRefusal(page.title, also=refused)
    publication = found[0].publication
    HiddenVersion(publication=publication, reason=reason, by=user, at=timezone.now()).save()
    held = held_authority(page, "publish", user)
    record(
        "hide_version",
        user=user,
        page_id=page.pk,
        digest=publication.digest,
        role=held.role,
        unit=held.unit,
        order=held.order,
        version=number,
        note=reason,
    )
