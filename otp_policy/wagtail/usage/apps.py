"""The Django app of the use of the website."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsageConfig(AppConfig):
    """Counts what is read, for the report to the executives (annex 2.1)."""

    name = "otp_policy.wagtail.usage"
    label = "otp_policy_usage"
    verbose_name = _("Use of the website")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the dispatcher's rounds, in which old words are forgotten."""
        from . import receivers

        receivers.connect()
