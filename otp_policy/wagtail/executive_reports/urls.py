"""URLs of the reports to the executives, below the admin."""

from django.urls import path

from .views import files, lists, reports

app_name = "otp_policy_executive_reports"

urlpatterns = [
    path("", lists.reports, name="reports"),
    path("period/<int:year>/<int:quarter>/", lists.figures, name="figures"),
    path("<int:report_id>/", reports.report, name="report"),
    path("<int:report_id>/paper/", reports.paper, name="paper"),
    path("<int:report_id>/scan/<int:decision_id>/", files.scan, name="scan"),
    path("submission/<int:submission_id>/pdf/", files.pdf, name="pdf"),
    path("submission/<int:submission_id>/xlsx/", files.xlsx, name="xlsx"),
    path("submission/<int:submission_id>/print/", files.to_print, name="print"),
]
