"""The Django app of the search."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """Keeps what the public may find in step with what is published."""

    name = "otp_policy.wagtail.search"
    label = "otp_policy_search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the index of what is public."""
        from . import receivers

        receivers.connect()
