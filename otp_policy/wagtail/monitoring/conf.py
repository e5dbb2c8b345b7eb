"""Settings of the monitoring, each with its default."""

from django.conf import settings


def reports_an_hour() -> int:
    """
    Return how many errors one client may report in an hour (`OTP_POLICY_REPORTS_AN_HOUR`).

    0 for any number.
    """
    return int(getattr(settings, "OTP_POLICY_REPORTS_AN_HOUR", 10))
