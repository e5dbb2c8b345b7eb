"""Every setting the search reads, each with its default."""

from django.conf import settings


def information_request_url() -> str:
    """Return where a reader asks for what was not found; empty where no such page exists."""
    return str(getattr(settings, "OTP_POLICY_INFORMATION_REQUEST_URL", ""))


def searches_a_minute() -> int:
    """Return how many searches one client may ask for in a minute; 0 for any number."""
    return int(getattr(settings, "OTP_POLICY_SEARCHES_A_MINUTE", 60))
