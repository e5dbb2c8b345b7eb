"""
What the public gets of an item now, as files for a pack, and that it is what was approved.

The text is the very bytes that the digest is made of, so that whoever has the pack alone computes
it anew; the page is what the site answers to a visitor; files are the bytes that are stored.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation

from otp_policy.wagtail.conf import public_base_url
from otp_policy.wagtail.digest import digested_bytes
from otp_policy.wagtail.file_uses import files_of
from otp_policy.wagtail.history import last_publication
from otp_policy.wagtail.own_answers import own_answer

__all__ = ["Served", "served_of"]

_CHUNK = 1 << 16
_OK = 200


@dataclass(slots=True, kw_only=True)
class Served:
    """What is served of an item: facts for `evidence.json`, and the members of the pack."""

    facts: dict[str, Any] | None
    members: dict[str, Iterable[bytes]] = field(default_factory=dict)


def served_of(page: Any) -> Served:
    """Return what is served of *page*; no facts where nothing is, or not what was approved."""
    publication = last_publication(page.pk)
    if publication is None or publication.ended_at is not None or not page.live:
        return Served(facts=None)
    text = digested_bytes(page, recipe=publication.recipe)
    if f"sha256:{hashlib.sha256(text).hexdigest()}" != publication.digest:
        return Served(facts=None)
    folder = f"items/{page.pk}"
    members: dict[str, Iterable[bytes]] = {f"{folder}/approved.json": [text]}
    pages = dict(_pages(page, folder, publication.digest))
    files = [_file(row, f"{folder}/file-{number}") for number, row in enumerate(_files(page), 1)]
    for facts, row in files:
        members[facts["member"]] = _chunks(row)
    return Served(
        facts={
            "text": f"{folder}/approved.json",
            "digest": publication.digest,
            "recipe": publication.recipe,
            "pages": sorted(pages),
            "files": [facts for facts, _row in files],
        },
        members={**members, **pages},
    )


def _pages(page: Any, folder: str, digest: str) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the page in each language, as long as the answer is of this very text."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            url = page.get_url() or "/"
        answer = own_answer(url if url.startswith("http") else f"{public_base_url()}{url}")
        if answer.status_code == _OK and answer.headers.get("X-Disclosure-Digest") == digest:
            yield f"{folder}/page.{language.lower()}.html", [answer.content]


def _files(page: Any) -> list[Any]:
    rows = sorted(files_of(page), key=_key)
    return [row for row in rows if row.file.storage.exists(row.file.name)]


def _key(row: Any) -> tuple[str, int]:
    return row._meta.label_lower, row.pk


def _file(row: Any, stem: str) -> tuple[dict[str, Any], Any]:
    name = getattr(row, "filename", "") or row.title
    ending = row.file.name.rpartition(".")[2].lower()
    suffix = f".{ending}" if ending.isascii() and ending.isalnum() and len(ending) < 6 else ""
    facts = {
        "of": f"{row._meta.label_lower}:{row.pk}",
        "name": name,
        "title": row.title,
        "member": f"{stem}{suffix}",
    }
    return facts, row


def _chunks(row: Any) -> Iterator[bytes]:
    with row.file.storage.open(row.file.name, "rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk
