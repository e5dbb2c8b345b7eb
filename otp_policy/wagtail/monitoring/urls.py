"""URLs of the monitoring's admin screens, below /admin/freshness/."""

from django.urls import path

from .views import attestation

app_name = "otp_policy_monitoring"
urlpatterns = [
    path("items/<int:page_id>/attestation/", attestation.attestation, name="attestation"),
]
