"""The Django app of the page cache."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PageCacheConfig(AppConfig):
    """Watches what is written to the database; the middleware of the same name keeps pages."""

    name = "otp_policy.wagtail.page_cache"
    label = "otp_policy_page_cache"
    verbose_name = _("Page cache")

    def ready(self) -> None:
        """Watch every connection to a database."""
        from . import checks, watching  # noqa: F401  (checks register on import)

        watching.connect()
