"""The Django app of the procurement forms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcurementFormsConfig(AppConfig):
    """Keeps what was told as open data, and listens to what the plugin publishes."""

    name = "otp_policy.wagtail.procurement_forms"
    label = "otp_policy_procurement"
    verbose_name = _("Procurement forms")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what tells the open data, and let the database keep it."""
        from otp_policy.wagtail.gate import evidence_triggers

        from . import checks, data_notices, ocds_telling  # noqa: F401  (checks register on import)
        from .models import KeptRelease

        ocds_telling.connect()
        data_notices.register_sentences()
        evidence_triggers.keep(KeptRelease)
