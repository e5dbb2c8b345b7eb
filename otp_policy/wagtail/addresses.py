"""Where a page answers, read from the slugs of the tree as the database has them."""

from collections.abc import Iterable

from django.db.models import QuerySet
from wagtail.models import Page, Site

__all__ = ["addresses_of", "stored_addresses", "url_path_of"]


def stored_addresses(page_id: int) -> list[str]:
    """Return the paths at which sites serve the stored page; none where no site does."""
    page = Page.objects.filter(pk=page_id).first()
    return addresses_of(page) if page is not None else []


def addresses_of(page: Page) -> list[str]:
    """Return the same for *page*; the language that goes before a path is left out."""
    return sorted({_path(slugs) for slugs in _below_roots(page)})


def url_path_of(page: Page) -> str:
    """Return what the column `url_path` of *page* has to say, by the slugs down to it."""
    return _path(_chain(page).filter(depth__gt=1).values_list("slug", flat=True))


def _below_roots(page: Page) -> list[list[str]]:
    chain = list(_chain(page).values_list("pk", "slug"))
    roots = set(Site.objects.values_list("root_page_id", flat=True))
    return [
        [slug for _key, slug in chain[number + 1 :]]
        for number, (key, _slug) in enumerate(chain)
        if key in roots
    ]


def _chain(page: Page) -> QuerySet:
    """Return the page and those above it, from the root."""
    ends = range(page.steplen, len(page.path) + 1, page.steplen)
    return Page.objects.filter(path__in=[page.path[:end] for end in ends]).order_by("depth")


def _path(slugs: Iterable[str]) -> str:
    return "/".join(("", *slugs, ""))
