"""
Which releases the public may read: those of which every source may still be read.

A version that a correction replaced stays readable, and so does its release. What left the public
by a withdrawal, or was hidden, is in no package any more; what is still live is told anew.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef
from django.utils import timezone
from wagtail.models import Page

from otp_policy.procurement.ocds.packages import record_package, release_package
from otp_policy.procurement.ocds.releases import Release
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.versions import versions_of_each

from .conf import is_draft, publication
from .models import KeptRelease

_KEPT_SECONDS = 24 * 60 * 60
DRAFT = "ร่าง (draft): "


def readable_publications(keys: Iterable[int]) -> set[int]:
    """Return those of these publications that the public may read: two queries."""
    wanted = set(keys)
    page_ids = set(
        Publication.objects.filter(pk__in=wanted).values_list("page_id", flat=True).distinct()
    )
    return {
        version.publication.pk
        for versions in versions_of_each(page_ids).values()
        for version in versions
        if version.is_readable
    } & wanted


def public_rows(*, fiscal_year: int | None = None, ocid: str = "") -> list[KeptRelease]:
    """Return the releases that the public may read, the oldest first."""
    rows = KeptRelease.objects.filter(ocid__startswith=f"{publication().prefix}-")
    rows = rows.select_related("publication")
    if fiscal_year is not None:
        rows = rows.filter(fiscal_year=fiscal_year)
    if ocid:
        rows = rows.filter(ocid=ocid)
    found = list(rows)
    readable = readable_publications(key for row in found for key in row.sources) & _open_pages(
        found
    )
    return [row for row in found if readable.issuperset(row.sources)]


def _open_pages(rows: Sequence[KeptRelease]) -> set[int]:
    """Return the publications among the sources whose page everybody may read."""
    public = Page.objects.live().public().filter(pk=OuterRef("page_id"))
    keys = {key for row in rows for key in row.sources}
    found = Publication.objects.filter(Exists(public), pk__in=keys)
    return set(found.values_list("pk", flat=True))


def releases_json(rows: Sequence[KeptRelease], *, uri: str) -> dict[str, Any]:
    """Return a release package of *rows*."""
    found = [row.release() for row in rows]
    return _marked(
        release_package(
            found,
            uri=uri,
            published_at=_latest(found),
            publication=publication(),
            is_final=not is_draft(),
        )
    )


def records_json(rows: Sequence[KeptRelease], *, uri: str) -> dict[str, Any]:
    """Return a record package of the processes of *rows*, each with all its releases."""
    histories: dict[str, list[Release]] = {}
    for row in rows:
        histories.setdefault(row.ocid, []).append(row.release())
    return _marked(
        record_package(
            histories.values(),
            uri=uri,
            published_at=_latest([one for history in histories.values() for one in history]),
            publication=publication(),
            is_final=not is_draft(),
        )
    )


def _marked(package: dict[str, Any]) -> dict[str, Any]:
    """Say in a draft that it is one, where whoever reads the package looks for its source."""
    if is_draft():
        publisher = package["publisher"]
        return {**package, "publisher": {**publisher, "name": DRAFT + publisher["name"]}}
    return package


def _latest(releases: Sequence[Release]) -> datetime:
    """Return the day of a package: that of its last release, so that it stays the same."""
    dates = [datetime.fromisoformat(release["date"]) for release in releases]
    return max(dates, default=timezone.now().replace(minute=0, second=0, microsecond=0))


def kept_answer(name: str, rows: Sequence[KeptRelease], make: Any) -> bytes:
    """Return what *make* returns for these releases, made once for each set of them."""
    said = "\n".join(
        [name, str(is_draft()), repr(publication()), *(row.release_id for row in rows)]
    )
    key = f"otp-ocds-{hashlib.sha256(said.encode()).hexdigest()[:40]}"
    found: bytes | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, _KEPT_SECONDS)
    return found
