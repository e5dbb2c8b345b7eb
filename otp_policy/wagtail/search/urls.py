"""The address of the public search; include it in front of the pages."""

from django.urls import path

from .views import search_page

app_name = "otp_policy_search"
urlpatterns = [path("", search_page, name="search")]
