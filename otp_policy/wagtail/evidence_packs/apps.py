"""The Django app of the evidence for assessments; it needs the app of the monitoring."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidencePacksConfig(AppConfig):
    """Shows how the office stands on each item of the year's assessment, and packs the proof."""

    name = "otp_policy.wagtail.evidence_packs"
    label = "otp_policy_packs"
    verbose_name = _("Evidence")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the plugin how the ledger's entries of this app are called."""
        from otp_policy.wagtail import wording

        from . import words

        wording.DEEDS.update(words.DEEDS)
