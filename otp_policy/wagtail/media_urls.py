"""The URL below which images are served, once the item that uses them is live."""

from django.conf import settings
from django.urls import path

from .file_views import media

urlpatterns = [path(f"{settings.MEDIA_URL.lstrip('/')}<path:path>", media, name="otp_policy_media")]
