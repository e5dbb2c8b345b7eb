"""Registers what the monitoring adds to the admin; decides nothing."""

from django.urls import include, path
from wagtail import hooks

from otp_policy.wagtail.screen_parts import HOOK

from . import urls
from .screen_parts import parts

hooks.register(HOOK, parts)


@hooks.register("register_admin_urls")
def register_urls():
    return [path("freshness/", include(urls))]
