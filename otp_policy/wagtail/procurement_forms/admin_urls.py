"""URLs of the import, below /admin/measures/procurement/."""

from django.urls import path

from . import import_views

app_name = "otp_policy_procurement"
urlpatterns = [
    path("import/", import_views.upload, name="import"),
    path("import/<int:import_id>/", import_views.preview, name="import_preview"),
]
