"""Every setting the search reads, each with its default."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def information_request_url() -> str:
    """
    Return where a reader asks for what was not found; empty where no such page exists.

    By default the form of the app of the requests, in the reader's language.
    """
    named = str(getattr(settings, "OTP_POLICY_INFORMATION_REQUEST_URL", ""))
    if named:
        return named
    try:
        return reverse("otp_policy_public_requests:ask")
    except NoReverseMatch:
        return ""


def searches_a_minute() -> int:
    """Return how many searches one client may ask for in a minute; 0 for any number."""
    return int(getattr(settings, "OTP_POLICY_SEARCHES_A_MINUTE", 60))
