"""Settings of the monitoring, each with its default."""

from urllib.parse import urlsplit

from django.conf import settings

from otp_policy.wagtail.conf import public_base_url


def reports_an_hour() -> int:
    """
    Return how many errors one client may report in an hour (`OTP_POLICY_REPORTS_AN_HOUR`).

    0 for any number.
    """
    return int(getattr(settings, "OTP_POLICY_REPORTS_AN_HOUR", 10))


def links_every_days() -> int:
    """
    Return how many days lie between checks of all links (`OTP_POLICY_LINKS_EVERY_DAYS`).

    0 for none but those that are asked for.
    """
    return int(getattr(settings, "OTP_POLICY_LINKS_EVERY_DAYS", 7))


def links_a_check() -> int:
    """Return how many targets one check follows at most (`OTP_POLICY_LINKS_A_CHECK`)."""
    return int(getattr(settings, "OTP_POLICY_LINKS_A_CHECK", 5000))


def links_at_once() -> int:
    """Return how many hosts are asked at the same time (`OTP_POLICY_LINKS_AT_ONCE`)."""
    return max(1, int(getattr(settings, "OTP_POLICY_LINKS_AT_ONCE", 4)))


def link_seconds() -> float:
    """Return how long an answer may take (`OTP_POLICY_LINK_SECONDS`)."""
    return float(getattr(settings, "OTP_POLICY_LINK_SECONDS", 10.0))


def link_pause_seconds() -> float:
    """Return how long a host is left alone between questions (`OTP_POLICY_LINK_PAUSE_SECONDS`)."""
    return float(getattr(settings, "OTP_POLICY_LINK_PAUSE_SECONDS", 0.5))


def link_hosts() -> frozenset[str]:
    """
    Return the hosts of the agency's own that links may lead to (`OTP_POLICY_LINK_HOSTS`).

    `host`, or `host:port`; the site's own is among them. Whatever else lies inside a network is
    not asked.
    """
    own = urlsplit(public_base_url()).netloc.rpartition("@")[2]
    named = getattr(settings, "OTP_POLICY_LINK_HOSTS", ())
    return frozenset({own, *named} - {""})
