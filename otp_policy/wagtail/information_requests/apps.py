"""The Django app of the information requests."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InformationRequestsConfig(AppConfig):
    """Keeps the cases and what is personal in them; connects clocks, reminders and erasure."""

    name = "otp_policy.wagtail.information_requests"
    label = "otp_policy_requests"
    verbose_name = _("Information requests")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what moves clocks and what is due, and let the database keep the events."""
        from otp_policy.wagtail.gate import evidence_triggers

        from . import checks, reclocking, rounds, words  # noqa: F401  (checks register on import)
        from .models import CaseEvent, ReleaseDecision

        reclocking.connect()
        rounds.connect()
        words.register_sentences()
        evidence_triggers.keep(CaseEvent, ReleaseDecision)
