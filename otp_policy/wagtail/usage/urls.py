"""The address of the report in the admin."""

from django.urls import path

from .views import use_of_the_website

app_name = "otp_policy_usage"
urlpatterns = [path("", use_of_the_website, name="use")]
