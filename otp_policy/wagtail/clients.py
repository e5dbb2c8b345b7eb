"""How often one client may do something for which nobody logs in. Its address is kept nowhere."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .conf import trusted_proxies

__all__ = ["is_within", "is_within_for_all"]


def is_within(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """
    Count one more of *what* by the client, and tell whether it is within what one may.

    Args:
        most: How many in each stretch of *seconds*; 0 for any number.
    """
    client = salted_hmac(what, _address(request)).hexdigest()
    return _count(f"{what}:{int(time.time()) // seconds}:{client}", most, seconds)


def is_within_for_all(what: str, *, most: int, seconds: int) -> bool:
    """Count one more of *what* by anybody, and tell whether it is within what all may together."""
    return _count(f"{what}:{int(time.time()) // seconds}", most, seconds)


def _count(key: str, most: int, seconds: int) -> bool:
    if not most:
        return True
    cache.add(key, 0, 2 * seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # a full cache dropped it meanwhile
        return True


def _address(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy of ours, what that saw."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return seen[-1] if address in trusted_proxies() and seen[-1] else address
