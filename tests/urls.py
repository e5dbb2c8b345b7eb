"""URLs of the tests: the shipped site's, and the write API that an office might mount."""

from django.urls import path
from wagtail.api.v3.urls import api

from otp_site.urls import urlpatterns as site_urls

urlpatterns = [path("api/v3/", api.urls), *site_urls]
