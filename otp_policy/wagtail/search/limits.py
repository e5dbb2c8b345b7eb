"""How often one client may search: each search takes the database some work, and nobody logs in."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from .conf import searches_a_minute, trusted_proxies

__all__ = ["SECONDS", "may_search"]

SECONDS = 60
_SALT = "otp_policy.search.limits"


def may_search(request: HttpRequest) -> bool:
    """Count a search of the client, and tell whether it is within what one may ask in a minute."""
    most = searches_a_minute()
    if not most:
        return True
    # The address itself is kept nowhere.
    client = salted_hmac(_SALT, _address(request)).hexdigest()
    key = f"{_SALT}:{int(time.time()) // SECONDS}:{client}"
    cache.add(key, 0, 2 * SECONDS)
    try:
        return cache.incr(key) <= most
    except ValueError:  # a full cache dropped it meanwhile
        return True


def _address(request: HttpRequest) -> str:
    """Return where a request comes from; behind a proxy of ours, what that saw."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    return seen[-1] if address in trusted_proxies() and seen[-1] else address
