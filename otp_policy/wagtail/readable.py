"""Which pages anybody can read: what every public list is taken from."""

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value
from wagtail.models import Page, PageViewRestriction, Site

__all__ = ["closed_sections", "reach_of_everybody", "readable_pages"]


def readable_pages() -> QuerySet[Page]:
    """
    Return the live pages below the root of a site that lie behind no login, password or group.

    What is live elsewhere in the tree has no address: its title would lead nowhere.
    """
    closed = _above(closed_sections(), "page__path")
    return Page.objects.live().filter(
        Exists(_above(Site.objects.all(), "root_page__path")), ~Exists(closed)
    )


def reach_of_everybody() -> Callable[[str], bool]:
    """Return what tells of a live page, by its path in the tree, whether anybody can read it."""
    above = Site.objects.order_by().values_list(Value("root"), "root_page__path")
    shut = closed_sections().order_by().values_list(Value("closed"), "page__path")
    found: dict[str, list[str]] = {"root": [], "closed": []}
    for kind, path in above.union(shut, all=True):
        found[kind].append(path)
    roots, closed = tuple(found["root"]), tuple(found["closed"])
    return lambda path: path.startswith(roots) and not path.startswith(closed)


def closed_sections() -> QuerySet[Any]:
    """Return the restrictions by which not everybody may read a page and what is below it."""
    return PageViewRestriction.objects.exclude(restriction_type=PageViewRestriction.NONE)


def _above(rows: QuerySet[Any], path: str) -> QuerySet[Any]:
    """Return those of *rows* whose page stands above the outer page, or is that page."""
    asked = ExpressionWrapper(OuterRef("path"), CharField())
    return rows.annotate(asked=asked).filter(asked__startswith=F(path))
