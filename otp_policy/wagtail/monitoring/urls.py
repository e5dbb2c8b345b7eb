"""URLs of the monitoring's admin screens, below /admin/freshness/."""

from django.urls import path

from .views import attestation, dashboard, links, reports, requests, urgent

app_name = "otp_policy_monitoring"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("matrix/", dashboard.matrix_of_divisions, name="matrix"),
    path("report/", dashboard.report, name="report"),
    path("report.csv", dashboard.report_csv, name="report_csv"),
    path("report.xlsx", dashboard.report_xlsx, name="report_xlsx"),
    path("requests/", requests.requests, name="requests"),
    path("reports/", reports.reports, name="reports"),
    path("links/", links.links, name="links"),
    path("links.csv", links.links_csv, name="links_csv"),
    path("links/check/", links.check, name="check_links"),
    path("urgent/", urgent.urgent, name="urgent"),
    path("items/<int:page_id>/attestation/", attestation.attestation, name="attestation"),
]
