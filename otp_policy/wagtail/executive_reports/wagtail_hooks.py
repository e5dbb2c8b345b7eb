"""Registers what the reports add to the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from otp_policy.wagtail.screen_parts import HOOK

from . import urls
from .access import standing_of
from .home_panel import ReportsPanel
from .screen_parts import parts

hooks.register(HOOK, parts)


class ReportsMenuItem(MenuItem):
    """Shown to the unit that reports, and to the executives."""

    def is_shown(self, request) -> bool:
        return standing_of(request.user).sees


@hooks.register("register_admin_urls")
def register_urls():
    return [path("executive-reports/", include(urls))]


@hooks.register("register_reports_menu_item")
def register_reports_item():
    return ReportsMenuItem(
        _("Reports to the executives"),
        reverse("otp_policy_executive_reports:reports"),
        name="otp-executive-reports",
        icon_name="doc-full",
        order=890,
    )


@hooks.register("construct_homepage_panels")
def add_reports_panel(request, panels):
    panels.append(ReportsPanel())
