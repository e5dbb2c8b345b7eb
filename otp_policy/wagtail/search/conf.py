"""Every setting the search reads, each with its default."""

from django.conf import settings


def information_request_url() -> str:
    """Return where a reader asks for what was not found; empty where no such page exists."""
    return str(getattr(settings, "OTP_POLICY_INFORMATION_REQUEST_URL", ""))


def searches_a_minute() -> int:
    """Return how many searches one client may ask for in a minute; 0 for any number."""
    return int(getattr(settings, "OTP_POLICY_SEARCHES_A_MINUTE", 60))


def trusted_proxies() -> frozenset[str]:
    """Return the addresses of the proxies that tell the truth about whom they ask for."""
    return frozenset(getattr(settings, "OTP_POLICY_TRUSTED_PROXIES", ("127.0.0.1", "::1")))
