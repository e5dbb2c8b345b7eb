"""What the plugin offers the public beside the pages: mount it before Wagtail's own URLs."""

from django.urls import path

from .feeds import PublicationsFeed
from .page_cache.marks import same_for_everybody
from .share_images import share_image

feed = same_for_everybody(PublicationsFeed())
urlpatterns = [
    path("feed/", feed, name="otp_policy_feed"),
    path("feed/<slug:category>/", feed, name="otp_policy_category_feed"),
    path("share/<int:page_id>.png", same_for_everybody(share_image), name="otp_policy_share_image"),
]
