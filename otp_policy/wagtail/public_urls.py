"""What the plugin offers the public beside the pages: mount it before Wagtail's own URLs."""

from django.urls import path

from .feeds import PublicationsFeed
from .share_images import share_image

urlpatterns = [
    path("feed/", PublicationsFeed(), name="otp_policy_feed"),
    path("feed/<slug:category>/", PublicationsFeed(), name="otp_policy_category_feed"),
    path("share/<int:page_id>.png", share_image, name="otp_policy_share_image"),
]
