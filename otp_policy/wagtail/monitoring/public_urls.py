"""The public address of the monitoring, below a language's prefix."""

from django.urls import path

from .views import reports

app_name = "otp_policy_reports"
urlpatterns = [path("report/<int:page_id>/", reports.report, name="report")]
