"""URLs of the cases in the admin, below /admin/measures/requests/."""

from django.urls import path

from .views import admin, admin_log, moving

app_name = "otp_policy_requests"
urlpatterns = [
    path("", admin.cases, name="cases"),
    path("new/", moving.intake, name="intake"),
    path("topics/", admin_log.topics, name="topics"),
    path("topics/<int:topic_id>/", admin_log.close_topic, name="close_topic"),
    path("<int:case_id>/", admin.case, name="case"),
    path("<int:case_id>/who/", admin.who, name="who"),
    path("<int:case_id>/data/", admin.own_data, name="own_data"),
    path("<int:case_id>/assign/", moving.assign_case, name="assign"),
    path("<int:case_id>/prepare/", moving.prepare_case, name="prepare"),
    path("<int:case_id>/move/<slug:kind>/", moving.move, name="move"),
    path("<int:case_id>/file/<int:sealed_id>/", admin.case_file, name="file"),
    path("<int:case_id>/letter/<int:event_id>/", admin.letter, name="letter"),
    path("<int:case_id>/letter/<int:event_id>/pdf/", admin.letter_pdf, name="letter_pdf"),
    path("<int:case_id>/log/", admin_log.release, name="release"),
    path("<int:case_id>/log/<slug:action>/", admin_log.decide_release, name="decide_release"),
]
