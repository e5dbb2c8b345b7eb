"""URLs of Wagtail's own test project, behind those of the plugin."""

from django.urls import include, path
from wagtail.test.urls import urlpatterns as wagtails_own

from otp_policy.wagtail import media_urls

urlpatterns = [path("", include(media_urls)), *wagtails_own]
