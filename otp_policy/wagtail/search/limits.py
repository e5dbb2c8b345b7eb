"""How often one client may search: each search takes the database some work, and nobody logs in."""

from django.http import HttpRequest

from otp_policy.wagtail.client_limits import within_limit

from .conf import searches_a_minute

__all__ = ["SECONDS", "may_search"]

SECONDS = 60
_WHAT = "otp_policy.search.limits"


def may_search(request: HttpRequest) -> bool:
    """Count a search of the client, and tell whether it is within what one may ask in a minute."""
    return within_limit(request, _WHAT, most=searches_a_minute(), seconds=SECONDS)
