"""The public addresses of the index, below a language's prefix."""

from django.urls import path

from . import views

app_name = "otp_policy_disclosure"
urlpatterns = [
    path("disclosure/", views.index, name="index"),
    path("disclosure/items.json", views.items_json, name="items_json"),
    path("disclosure/items.csv", views.items_csv, name="items_csv"),
    path("corrections/", views.corrections, name="corrections"),
    path("responsibilities/", views.who_is_responsible, name="responsibilities"),
    path("responsibilities.json", views.responsibilities_json, name="responsibilities_json"),
]
