"""The Django app of the public index."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    """Pages and data of its own, read from what the plugin keeps: it has no tables."""

    name = "otp_policy.wagtail.disclosure"
    label = "otp_policy_disclosure"
    verbose_name = _("Disclosure index")
