"""
Who may fetch a file whose items are live, but not for everybody to read.

A section may lie behind a login, a password or a group of readers (Wagtail's privacy of pages).
A file that only items there use is served to those who may read one of them, and to nobody else.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from wagtail.models import PageViewRestriction


def any_open(pages: Iterable[Any]) -> bool:
    """Tell whether everybody may read one of *pages*."""
    if not _in_force(PageViewRestriction.objects).exists():
        return any(True for _page in pages)
    return any(not _in_force(page.get_view_restrictions()).exists() for page in pages)


def admits(request: HttpRequest, pages: Iterable[Any]) -> bool:
    """Tell whether who asks may read one of *pages*, as Wagtail would serve it to them."""
    return any(
        all(restriction.accept_request(request) for restriction in page.get_view_restrictions())
        for page in pages
    )


def _in_force(restrictions: Any) -> Any:
    return restrictions.exclude(restriction_type=PageViewRestriction.NONE)


__all__ = ["admits", "any_open"]
