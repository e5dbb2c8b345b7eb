"""How often one client may ask for something that costs work, where nobody logs in."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .conf import trusted_proxies

__all__ = ["within_limit"]


def within_limit(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """
    Count a request of the client, and tell whether it is within what one may ask.

    Args:
        what: Names what is counted.
        most: How many within one stretch of *seconds*; 0 for any number.
    """
    if not most:
        return True
    # The address itself is kept nowhere.
    client = salted_hmac(what, _address(request)).hexdigest()
    key = f"{what}:{int(time.time()) // seconds}:{client}"
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
