"""Registers the cases in the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import admin_urls
from .access import standing_of, units_of


class RequestsMenuItem(MenuItem):
    """Shown to those who handle cases or answer for a division's information."""

    def is_shown(self, request) -> bool:
        return standing_of(request.user).handles or bool(units_of(request.user))


@hooks.register("register_admin_urls")
def register_urls():
    return [path("measures/requests/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def register_cases_item():
    return RequestsMenuItem(
        _("Information requests"),
        reverse("otp_policy_requests:cases"),
        "otp-requests",
        icon_name="help",
        order=154,
    )
