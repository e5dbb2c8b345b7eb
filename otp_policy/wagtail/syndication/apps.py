"""The Django app of the outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyndicationConfig(AppConfig):
    """Listens to what the plugin publishes."""

    name = "otp_policy.wagtail.syndication"
    label = "otp_policy_syndication"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the outbox."""
        from otp_policy.wagtail import audit, decision_parts
        from otp_policy.wagtail.gate import evidence_triggers

        from . import checks, receivers  # noqa: F401  (checks register on import)
        from .evidence_audit import channel_findings
        from .models import Attempt, FollowUpChoice, HandDelivery
        from .notice_form import notice_form

        receivers.connect()
        decision_parts.add(notice_form)
        evidence_triggers.keep(Attempt, FollowUpChoice, HandDelivery)
        audit.add(channel_findings)
