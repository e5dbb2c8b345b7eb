"""The Django app of the monitoring (annex 2.1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MonitoringConfig(AppConfig):
    """Keeps the due days right, and follows what the dispatcher does."""

    name = "otp_policy.wagtail.monitoring"
    label = "otp_policy_monitoring"
    verbose_name = _("Freshness")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the upkeep of the due days."""
        from otp_policy.wagtail import audit

        from . import receivers
        from .due_audit import due_findings

        receivers.connect()
        audit.add(due_findings)
