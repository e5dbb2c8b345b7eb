"""Registers the import in the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import admin_urls
from .import_forms import units_of
from .imports import place_for


class ImportMenuItem(MenuItem):
    """Shown to those who may add forms somewhere."""

    def is_shown(self, request) -> bool:
        return units_of(request.user).exists() and bool(place_for(request.user))


@hooks.register("register_admin_urls")
def register_urls():
    return [path("measures/procurement/", include(admin_urls))]


@hooks.register("register_admin_menu_item")
def register_import_item():
    return ImportMenuItem(
        _("Import procurement"),
        reverse("otp_policy_procurement:import"),
        icon_name="table",
        order=153,
    )
