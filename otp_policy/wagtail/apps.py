"""The Django app of the plugin."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OtpPolicyConfig(AppConfig):
    """Registers the checks, the signal receivers and the gate; states no rule itself."""

    name = "otp_policy.wagtail"
    # Without this the label would be `wagtail`, and every table would be called wagtail_*.
    label = "otp_policy"
    verbose_name = _("Publication measures")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect what guards live content."""
        from django.db.backends.signals import connection_created

        from . import checks, gate, office_changes, ordering, page_lists, receivers  # noqa: F401  (checks register)

        connection_created.connect(ordering.add_collation, dispatch_uid="otp_policy.collation")
        gate.install()
        receivers.connect()
        office_changes.connect()
        page_lists.connect()
