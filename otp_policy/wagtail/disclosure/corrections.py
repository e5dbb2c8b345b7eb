"""What was corrected, when, and in which capacity it was approved: of every item public now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language
from wagtail.models import Page

from otp_policy.wagtail.corrections import kind_label
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.readable import readable_pages
from otp_policy.wagtail.versions import Version, versions_of_each
from otp_policy.wagtail.wording import authority_words

__all__ = ["PublicCorrection", "correction_rows", "public_corrections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCorrection:
    """
    One correction as the public may know it.

    `prior_url` and `changes` are empty where the text before may not be read any more: it held
    personal data, or the website's owner hid it.
    """

    page: Any
    url: str
    publication: Publication
    note: str
    note_language: str
    prior_number: int | None
    prior_url: str
    changes: tuple[dict[str, str], ...]
    approved_by: str


def public_corrections() -> QuerySet[Publication]:
    """Return the publications by which an item that is public now was corrected, latest first."""
    public = readable_pages()
    is_up = Publication.objects.filter(page_id=OuterRef("page_id"), ended_at=None)
    return Publication.objects.filter(
        Exists(is_up), page_id__in=public.values("pk"), approval__correction__isnull=False
    ).order_by("-at", "-pk")


def correction_rows(publications: Sequence[Publication]) -> list[PublicCorrection]:
    """
    Return these corrections for the public, with as many queries for many as for few.

    What left the public by a withdrawal is not told again when the item is published anew.
    """
    page_ids = {row.page_id for row in publications}
    pages = {page.pk: page for page in Page.objects.filter(pk__in=page_ids).specific()}
    versions = versions_of_each(page_ids)
    found = [
        _row(pages[row.page_id], row.pk, versions.get(row.page_id, [])) for row in publications
    ]
    return [row for row in found if row is not None]


def _row(page: Any, key: int, versions: Sequence[Version]) -> PublicCorrection | None:
    version = next(one for one in versions if one.publication.pk == key)
    correction, approval = version.correction, version.publication.approval
    if correction is None or not version.is_readable:
        return None
    prior = next((one for one in versions if one.publication.pk == correction.prior_id), None)
    may_be_read = prior is not None and prior.is_readable
    url = page.get_url()
    note, language = _note(correction)
    return PublicCorrection(
        page=page,
        url=url,
        publication=version.publication,
        note=note,
        note_language=language,
        prior_number=prior.number if may_be_read else None,
        prior_url=f"{url}versions/{prior.number}/" if may_be_read else "",
        changes=_changes(page, correction) if may_be_read else (),
        approved_by=authority_words(
            approval.role, approval.unit, approval.capacity, approval.order
        ),
    )


def _note(correction: Any) -> tuple[str, str]:
    """Return the note in the reader's language if there is one, and its language."""
    if (get_language() or "th").startswith("en") and correction.note_en:
        return correction.note_en, "en"
    return correction.note, "th"


def _changes(page: Any, correction: Any) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "kind": kind_label(change["kind"]),
            "before": change["before"],
            "after": change["after"],
        }
        for change in correction.changes
    )
