"""Every setting the plugin reads, each with its default."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from otp_policy import Policy, load_policy


@lru_cache(maxsize=4)
def _policy_from(source: str) -> Policy:
    return load_policy(source)


def policy_source() -> str:
    """Return the path or shipped name of the policy in force here (`OTP_POLICY_FILE`)."""
    return str(getattr(settings, "OTP_POLICY_FILE", "tpso"))


def current_policy() -> Policy:
    """Return the policy of this office, read once per process."""
    return _policy_from(policy_source())


def office_timezone() -> ZoneInfo:
    """Return the time zone in which the policy's days begin and end."""
    return ZoneInfo(current_policy().timezone)


def office_day(instant: datetime | None = None) -> date:
    """Return the calendar day of *instant* (default: now) in the office's time zone."""
    return (instant or timezone.now()).astimezone(office_timezone()).date()


def public_base_url() -> str:
    """Return the address under which the public reaches the site, without a trailing slash."""
    return str(getattr(settings, "WAGTAILADMIN_BASE_URL", "")).rstrip("/")
