"""Registers what the reports add to the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from otp_policy.wagtail.menu import GovernedMenuItem
from otp_policy.wagtail.screen_parts import HOOK

from . import urls
from .home_panel import ReportsPanel
from .screen_parts import parts

hooks.register(HOOK, parts)


@hooks.register("register_admin_urls")
def register_urls():
    return [path("executive-reports/", include(urls))]


@hooks.register("register_reports_menu_item")
def register_reports_item():
    # Shown to all: who has a part takes queries, and the menu stands on every screen. Whoever has
    # none is told who has.
    return GovernedMenuItem(
        _("Reports to the executives"),
        reverse("otp_policy_executive_reports:reports"),
        name="otp-executive-reports",
        icon_name="doc-full",
        order=890,
    )


@hooks.register("construct_homepage_panels")
def add_reports_panel(request, panels):
    panels.append(ReportsPanel())
