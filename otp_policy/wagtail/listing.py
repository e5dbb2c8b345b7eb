"""What the public may see in lists: items that are live by a publication."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from .models import DisclosurePageMixin, Publication, governed_models


@dataclass(frozen=True, slots=True)
class LiveItem:
    """A live page and the publication that made it so."""

    page: Any
    publication: Publication


def live_items(*, category: str = "", limit: int | None = None) -> list[LiveItem]:
    """Return the live items of *category* (default: of all), the latest first."""
    models = [
        model
        for model in governed_models()
        if category in ("", model.disclosure_category) and issubclass(model, DisclosurePageMixin)
    ]
    if not models:
        return []
    public = Page.objects.live().public().type(*models)
    publications = Publication.objects.filter(ended_at=None, page_id__in=public.values("pk"))
    newest = list(publications.order_by("-at")[:limit])
    pages = {
        page.pk: page
        for page in Page.objects.filter(pk__in=[row.page_id for row in newest]).specific()
    }
    return [LiveItem(pages[row.page_id], row) for row in newest]
