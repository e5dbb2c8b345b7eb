"""The public addresses, below /information-requests/ and a language's prefix."""

from django.urls import path

from .views import log, public

app_name = "otp_policy_public_requests"
urlpatterns = [
    path("", public.ask, name="ask"),
    path("status/", public.status, name="status"),
    path("status/file/", public.answer_file, name="answer_file"),
    path("status/data/", public.own_data, name="own_data"),
    path("log/", log.entries, name="log"),
    path("log/<int:year>-<int:number>/", log.entry, name="log_entry"),
    path("log/<int:year>-<int:number>/<int:sealed_id>/", log.file, name="log_file"),
]
