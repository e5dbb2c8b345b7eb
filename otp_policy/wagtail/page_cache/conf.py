"""Every setting the page cache reads, each with its default."""

from collections.abc import Collection

from django.conf import settings


def cache_alias() -> str:
    """Return the name in `CACHES` of the cache that keeps pages (`OTP_POLICY_PAGE_CACHE`)."""
    return str(getattr(settings, "OTP_POLICY_PAGE_CACHE", "pages"))


def kept_seconds() -> int:
    """
    Return for how long a page is kept at most (`OTP_POLICY_PAGE_CACHE_SECONDS`).

    What is written through Django is seen at once; this bounds what is written behind its back.
    """
    return int(getattr(settings, "OTP_POLICY_PAGE_CACHE_SECONDS", 600))


def largest_bytes() -> int:
    """Return how large an answer may be that is kept (`OTP_POLICY_PAGE_CACHE_LARGEST_BYTES`)."""
    return int(getattr(settings, "OTP_POLICY_PAGE_CACHE_LARGEST_BYTES", 1024 * 1024))


def query_pattern() -> str:
    """
    Return the regular expression of the queries that are kept (`OTP_POLICY_PAGE_CACHE_QUERY`).

    It has to match the whole query as it is written, and few: each is another copy of a page.
    """
    return str(getattr(settings, "OTP_POLICY_PAGE_CACHE_QUERY", r"page=[1-9][0-9]?"))


def quiet_models() -> Collection[str]:
    """Return models, as `app.Model`, that no page shows (`OTP_POLICY_PAGE_CACHE_QUIET_MODELS`)."""
    return tuple(getattr(settings, "OTP_POLICY_PAGE_CACHE_QUIET_MODELS", ()))
