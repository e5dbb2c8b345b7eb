"""How often one client may search: each search takes the database some work, and nobody logs in."""

from django.http import HttpRequest

from otp_policy.wagtail.clients import is_within

from .conf import searches_a_minute

__all__ = ["SECONDS", "may_search"]

SECONDS = 60


def may_search(request: HttpRequest) -> bool:
    """Count a search of the client, and tell whether it is within what one may ask in a minute."""
    most = searches_a_minute()
    return is_within(request, "otp_policy.search.limits", most=most, seconds=SECONDS)
