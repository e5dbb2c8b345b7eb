"""How a view says that every anonymous reader gets the same from it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "otp_policy_same_for_everybody"


def same_for_everybody(view: View) -> View:
    """
    Mark *view*: its answer depends on address, language and database alone.

    It may be kept, then, where the page cache is installed. Without the mark a view is asked anew
    each time, but for Wagtail's own that serves pages.
    """
    setattr(view, _MARK, True)
    return view


def is_same_for_everybody(request: HttpRequest, view: Any) -> bool:
    """Tell whether *view*, chosen for *request*, is so marked or serves Wagtail's pages."""
    found = request.resolver_match
    return getattr(view, _MARK, False) or (found is not None and found.url_name == "wagtail_serve")
