"""Registers the cases in the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from otp_policy.wagtail.menu import GovernedMenuItem

from . import admin_urls


@hooks.register("register_admin_urls")
def register_urls():
    return [path("measures/requests/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def register_cases_item():
    # Shown to all: whom a case concerns takes queries, and the menu stands on every screen. Who
    # has no part in any finds none.
    return GovernedMenuItem(
        _("Information requests"),
        reverse("otp_policy_requests:cases"),
        "otp-requests",
        icon_name="help",
        order=154,
    )
