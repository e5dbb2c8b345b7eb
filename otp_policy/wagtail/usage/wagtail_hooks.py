"""Registers the report of the use of the website; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import urls


@hooks.register("register_admin_urls")
def register_urls():
    return [path("use/", include(urls))]


@hooks.register("register_reports_menu_item")
def register_report():
    return MenuItem(
        _("Use of the website"),
        reverse("otp_policy_usage:use"),
        name="otp-use",
        icon_name="view",
        order=900,
    )
