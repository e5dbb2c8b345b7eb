"""URLs of the plugin's admin screens, below /admin/measures/."""

from django.urls import path

from . import views

app_name = "otp_policy"
urlpatterns = [
    path("", views.waiting, name="waiting"),
    path("items/<int:page_id>/", views.item, name="item"),
    path("items/<int:page_id>/submit/", views.submit, name="submit"),
    path("items/<int:page_id>/recall/", views.recall, name="recall"),
    path("items/<int:page_id>/decide/", views.decide, name="decide"),
    path("items/<int:page_id>/channels/<slug:channel>/<slug:action>/", views.slot, name="slot"),
]
