"""Gives anonymous readers pages that were made for others before, without a query."""

import logging
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from .answers import Kept, may_keep
from .appearance import appearance
from .conf import cache_alias, kept_seconds
from .generation import current
from .marks import is_same_for_everybody
from .requests import is_plain, key_of, may_share

logger = logging.getLogger(__name__)
_ASKED = "otp_policy_same_for_everybody"


class PageCacheMiddleware:
    """
    Keeps what is the same for everybody, until anything that is public changes.

    It stands below the middleware that chooses the language, and above all that knows people.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not apps.is_installed("otp_policy.wagtail.page_cache"):
            # Unwatched, what was kept would never be given up.
            raise ImproperlyConfigured("`otp_policy.wagtail.page_cache` is not in INSTALLED_APPS")
        self.get_response = get_response
        self.appearance = appearance()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current() if may_share(request) else None
        if token is None:
            return self.get_response(request)
        key = key_of(request, token, self.appearance)
        kept = _looked_up(key)
        if kept is None:
            response = self.get_response(request)
            # INVARIANT: under the token that was read before anything else was.
            if not (is_plain(request) and _is_shared(request) and may_keep(request, response)):
                return response
            kept = Kept.of(response)
            _keep(key, kept)
        return kept.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note whether the view that answers says the same to everybody."""
        setattr(request, _ASKED, is_same_for_everybody(request, view))


def _is_shared(request: HttpRequest) -> bool:
    return bool(getattr(request, _ASKED, False))


def _looked_up(key: str) -> Kept | None:
    try:
        found = caches[cache_alias()].get(key)
    except Exception:
        # Each backend raises its own; the page is made anew.
        logger.exception("page cache: a page cannot be looked up")
        return None
    return found if isinstance(found, Kept) else None


def _keep(key: str, kept: Kept) -> None:
    try:
        caches[cache_alias()].set(key, kept, kept_seconds())
    except Exception:
        logger.exception("page cache: a page cannot be kept")
