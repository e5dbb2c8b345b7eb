"""Registers what the evidence adds to the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from otp_policy.wagtail.menu import GovernedMenuItem
from otp_policy.wagtail.screen_parts import HOOK

from . import urls
from .screen_parts import parts

hooks.register(HOOK, parts)


@hooks.register("register_admin_urls")
def register_urls():
    return [path("evidence/", include(urls))]


@hooks.register("register_admin_menu_item")
def register_evidence_item():
    return GovernedMenuItem(
        _("Assessment"),
        reverse("otp_policy_packs:matrix"),
        "otp-evidence",
        icon_name="clipboard-list",
        order=155,
    )
