"""Every setting that the reports to the executives read, each with its default."""

from django.conf import settings

__all__ = ["page_defaults", "page_type"]


def page_type() -> str:
    """
    Return the page type that publishes a report, as `app.Model` (`OTP_POLICY_REPORT_PAGE_TYPE`).

    A page type under the policy with title, summary, body and files in both languages.
    """
    return str(getattr(settings, "OTP_POLICY_REPORT_PAGE_TYPE", "home.PlansPage"))


def page_defaults() -> dict[str, str]:
    """Return what else the page begins with, such as its kind (`OTP_POLICY_REPORT_PAGE_FIELDS`)."""
    return dict(getattr(settings, "OTP_POLICY_REPORT_PAGE_FIELDS", {}))
