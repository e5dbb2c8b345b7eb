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
        """Connect the upkeep of the due days, and tell the plugin what is asked and kept here."""
        from otp_policy.wagtail import askers, audit, notice_words, telling, wording
        from otp_policy.wagtail.gate import evidence_triggers

        from . import receivers, words
        from .asking import ATTESTATION_TELLERS, attestation_asker
        from .attestation_audit import attestation_findings
        from .due_audit import due_findings
        from .models import AttestationDecision
        from .reminding import review_asker
        from .report_notices import REPORT_TELLERS, report_asker, report_link
        from .request_notices import update_asker, update_link

        receivers.connect()
        evidence_triggers.keep(AttestationDecision)
        askers.add(attestation_asker)
        askers.add(review_asker)
        askers.add(update_asker)
        askers.add(report_asker)
        telling.TELLERS.update(ATTESTATION_TELLERS)
        notice_words.SENTENCES.update(words.SENTENCES)
        telling.TELLERS.update(REPORT_TELLERS)
        notice_words.LINKS[update_asker.subject] = update_link
        notice_words.LINKS[report_asker.subject] = report_link
        wording.DEEDS.update(words.DEEDS)
        audit.add(due_findings)
        audit.add(attestation_findings)
