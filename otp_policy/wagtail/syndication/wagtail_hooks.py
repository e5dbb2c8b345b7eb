"""Registers what the channels add to the admin; decides nothing."""

from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from otp_policy.wagtail.menu import GovernedMenuItem
from otp_policy.wagtail.screen_parts import HOOK

from . import urls
from .home_panel import ChannelsPanel
from .registers import register_deliveries
from .screen_parts import parts

hooks.register(HOOK, parts)
register_deliveries()


@hooks.register("register_admin_urls")
def register_urls():
    return [path("channels/", include(urls))]


@hooks.register("register_admin_menu_item")
def register_channels_item():
    return GovernedMenuItem(
        _("Channels"),
        reverse("otp_policy_channels:channels"),
        "otp-channels",
        icon_name="site",
        order=153,
    )


@hooks.register("construct_homepage_panels")
def add_channels_panel(request, panels):
    panels.append(ChannelsPanel())
