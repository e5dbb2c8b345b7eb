"""URLs of the channels' admin screens, below /admin/channels/."""

from django.urls import path

from .views import channels, deliveries, previews

app_name = "otp_policy_channels"
urlpatterns = [
    path("", channels.channels, name="channels"),
    path("items/<int:page_id>/preview/", previews.preview, name="preview"),
    path("deliveries/<int:delivery_id>/picture/", deliveries.picture, name="picture"),
    path("deliveries/<int:delivery_id>/<slug:act>/", deliveries.handle, name="handle"),
    path("<slug:channel>/<slug:act>/", channels.change, name="change"),
]
