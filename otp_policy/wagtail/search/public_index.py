"""
Writes the index of what is public: in the transaction that publishes, and documents afterwards.

A row belongs to a publication. Nothing enters but the text of an open one, and what ended is taken
out; the search asks both again.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from wagtail.documents import get_document_model
from wagtail.models import Page, Revision

from otp_policy.calendars import end_of_fiscal_year
from otp_policy.thai_text.indexing import index_text
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.digest import item_digest
from otp_policy.wagtail.models import FileUse, Publication

from .extracting import extract
from .models import IndexName, PublicText
from .reading import Reader
from .vocabulary import Vocabulary, forget_public, words_of

logger = logging.getLogger(__name__)

# Raise it when a row would hold something else: the rows of an older recipe are written again.
RECIPE = 2
DOCUMENT = "document"
# A phrase is found within a part; PostgreSQL counts no further than 16,383 words.
PART_WORDS = 4_000
MOST_PARTS = 250
_BUDDHIST_ERA = 543
_MOST_A_ROUND = 20


def index_publication(publication: Publication, page: Any) -> None:
    """Put the published text *page* into the index, in place of what was there of its item."""
    stood = PublicText.objects.filter(page_id=publication.page_id)
    before = [] if publication.is_first else _texts_of_rows(stood)
    rows = [
        PublicText(part=part, shown_text=shown, title=title, body=body, **_about(publication, page))
        for part, (shown, title, body) in enumerate(_parts_of_page(page))
    ]
    # Documents that stay are read again in the background: the new approval covers their bytes.
    if before:
        stood.delete()
    PublicText.objects.bulk_create(rows)
    after = [text for row in rows for text in (row.title, row.body)]
    Vocabulary(IndexName.PUBLIC).learn(after)
    if before:
        forget_public([" ".join(words_of(before) - words_of(after))])


def drop_item(page_id: int) -> None:
    """Take everything of an item out of the index."""
    _drop(PublicText.objects.filter(page_id=page_id))


def _drop(rows: Any) -> None:
    texts = _texts_of_rows(rows)
    if texts:
        rows.delete()
        forget_public(texts)


def _texts_of_rows(rows: Any) -> list[str]:
    return [text for pair in rows.values_list("title", "body") for text in pair]


def _about(publication: Publication, page: Any) -> dict[str, Any]:
    return {
        "publication": publication,
        "page_id": publication.page_id,
        "recipe": RECIPE,
        "category": page.disclosure_category,
        "kind": page._meta.label_lower,
        "unit": page.owning_unit.code,
        "fiscal_year": _fiscal_year(publication, page),
        "shown_title": page.title,
        "shown_title_en": getattr(page, "title_en", ""),
    }


def _fiscal_year(publication: Publication, page: Any) -> int:
    """Return the Buddhist fiscal year that the item names, or else in which it first went out."""
    if said := getattr(page, "fiscal_year", None):
        return said
    day = office_day(page.first_published_at or publication.at)
    starts = current_policy().calendar(on=day).fiscal_year_starts_month
    return end_of_fiscal_year(day, starts_month=starts).year + _BUDDHIST_ERA


def _parts_of_page(page: Any) -> Iterator[tuple[str, str, str]]:
    said = extract(page)
    titles = [*said.title, getattr(page, "title_en", "")]
    title = "\n".join(index_text(text) for text in titles if text)
    shown = "\n".join(text for text in said.body if text not in titles)
    yield from ((part, title, body) for part, body in _parts(shown))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield *text* in parts, as shown and as indexed; one at least, and none without an end."""
    lines, words, count, parts = [], [], 0, 0
    for line in text.splitlines():
        indexed = index_text(line)
        size = indexed.count(" ") + indexed.count("\n") + 1
        if count and count + size > PART_WORDS:
            yield "\n".join(lines), "\n".join(words)
            lines, words, count, parts = [], [], 0, parts + 1
            if parts == MOST_PARTS:
                return
        lines.append(line)
        words.append(indexed)
        count += size
    yield "\n".join(lines), "\n".join(words)


def keep_up(stopping: Any = None) -> int:
    """
    Do what is left to do, a bounded part of it: what ended, what is missing, a document to read.

    Returns:
        How many rows were written.
    """
    _drop(PublicText.objects.filter(publication__ended_at__isnull=False))
    written = sum(_index_again(publication) for publication in _missing())
    uses = list(_unread()[: _MOST_A_ROUND if stopping is not None else 1])
    with Reader() as reader:
        for use in uses:
            if stopping is not None and stopping.is_set():
                break
            written += read_document(use, reader)
    return written


def _missing() -> Iterable[Publication]:
    written = PublicText.objects.filter(file_id=None, recipe=RECIPE).values("publication")
    return Publication.objects.filter(ended_at=None).exclude(pk__in=written)[:_MOST_A_ROUND]


def _index_again(publication: Publication) -> int:
    """Write the text of a publication from before this index, if it still is what was approved."""
    revision = Revision.objects.filter(pk=publication.revision_id).first()
    page = Page.objects.filter(pk=publication.page_id, live=True).first()
    text = revision.as_object() if revision else page.specific if page else None
    with transaction.atomic():
        if not _is_open(publication.pk):
            return 0
        if text is None or item_digest(text, recipe=publication.recipe) != publication.digest:
            return 0
        index_publication(publication, text)
    return 1


def _is_open(publication_id: int) -> bool:
    """Lock a publication, so that it does not end meanwhile, and tell if it is open."""
    rows = Publication.objects.select_for_update().filter(pk=publication_id, ended_at=None)
    return bool(list(rows))


def _unread() -> Any:
    """Return which documents of open publications nobody read yet."""
    label = get_document_model()._meta.label_lower
    read = PublicText.objects.filter(file_id__isnull=False)
    return (
        FileUse.objects.filter(publication__ended_at=None, publication__isnull=False, model=label)
        .exclude(pk__in=_uses_read(read))
        .order_by("pk")
    )


def _uses_read(read: Any) -> Any:
    same = read.filter(publication=OuterRef("publication"), file_id=OuterRef("file_id"))
    return FileUse.objects.filter(Exists(same)).values("pk")


def read_document(use: FileUse, reader: Reader) -> int:
    """Read a document of a live item into the index, and return how many rows that made."""
    document = get_document_model()._default_manager.filter(pk=use.file_id).first()
    page_row = PublicText.objects.filter(publication=use.publication_id, file_id=None).first()
    if page_row is None:
        return 0  # its turn comes when the item has been indexed
    text = _text_of(document, use, reader) if document is not None else ""
    title = document.title if document is not None else ""
    indexed_title = index_text(title)
    rows = [
        PublicText(
            publication_id=use.publication_id,
            page_id=use.page_id,
            file_id=use.file_id,
            part=part,
            recipe=RECIPE,
            category=page_row.category,
            kind=DOCUMENT,
            unit=page_row.unit,
            fiscal_year=page_row.fiscal_year,
            shown_title=title,
            shown_title_en="",
            shown_text=shown,
            title=indexed_title,
            body=body,
        )
        for part, (shown, body) in enumerate(_parts(text))
    ]
    with transaction.atomic():
        if not _is_open(use.publication_id):
            return 0
        PublicText.objects.bulk_create(rows)
        Vocabulary(IndexName.PUBLIC).learn(text for row in rows for text in (row.title, row.body))
    return len(rows)


def _text_of(document: Any, use: FileUse, reader: Reader) -> str:
    """Return what a program can read of a document; nothing of bytes that took another's place."""
    if document.file.name != use.stored_as:
        return ""
    try:
        with document.file.storage.open(document.file.name, "rb") as handle:
            text, problem = reader.read(handle, name=document.filename)
    except OSError:
        logger.warning("search: %s is not in the storage", document.filename)
        return ""
    if problem:
        logger.info("search: %s: %s", document.filename, problem)
    return text
