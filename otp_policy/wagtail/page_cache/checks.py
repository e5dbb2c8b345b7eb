"""System checks of the page cache: what would make it serve old pages, or none."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from .conf import cache_alias, query_pattern

__all__ = ["check_page_cache"]

_MIDDLEWARE = "otp_policy.wagtail.page_cache.middleware.PageCacheMiddleware"
_ABOVE = ("django.middleware.locale.LocaleMiddleware",)
_BELOW = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
)


@checks.register()
def check_page_cache(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """The cache is one that all processes share, and the middleware stands where it should."""
    if _MIDDLEWARE not in settings.MIDDLEWARE:
        return []
    return [*_about_cache(), *_about_order(), *_about_query()]


def _about_cache() -> Iterator[checks.CheckMessage]:
    alias = cache_alias()
    if alias not in settings.CACHES:
        yield checks.Error(
            f"the page cache keeps pages in `{alias}`, which CACHES does not name",
            hint="Name one in OTP_POLICY_PAGE_CACHE, or add it.",
            id="otp_policy.E031",
        )
    elif settings.CACHES[alias]["BACKEND"].endswith(".LocMemCache"):
        yield checks.Error(
            f"the cache `{alias}` is in the memory of each process",
            hint="What one process publishes, the others would not notice. Choose one that all "
            "share: files, or Redis.",
            id="otp_policy.E032",
        )


def _about_order() -> Iterator[checks.CheckMessage]:
    order = list(settings.MIDDLEWARE)
    place = order.index(_MIDDLEWARE)
    wrong = [name for name in _ABOVE if name in order[place:]]
    wrong += [name for name in _BELOW if name in order[:place]]
    for name in wrong:
        yield checks.Error(
            f"`{_MIDDLEWARE}` and `{name}` stand in the wrong order",
            hint="Put the page cache after the middleware that chooses the language, and before "
            "those that know people.",
            id="otp_policy.E033",
        )


def _about_query() -> Iterator[checks.CheckMessage]:
    try:
        re.compile(query_pattern())
    except re.error as error:
        yield checks.Error(
            f"OTP_POLICY_PAGE_CACHE_QUERY is no regular expression: {error}",
            hint="Write the whole query as it may be kept, as `page=[1-9]`.",
            id="otp_policy.E034",
        )
