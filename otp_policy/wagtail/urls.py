"""URLs of the plugin's admin screens, below /admin/measures/."""

from django.urls import path

from .views import (
    calendar,
    decisions,
    differences,
    items,
    leaving,
    ledger,
    lifecycle,
    notices,
    paper,
    schedule,
    several,
    submission,
    waiting,
)

app_name = "otp_policy"
urlpatterns = [
    path("", waiting.waiting, name="waiting"),
    path("ledger/", ledger.export, name="ledger"),
    path("ledger/ledger.jsonl", ledger.download, name="ledger_download"),
    path("ledger/verify_ledger.py", ledger.checking_script, name="ledger_script"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read_notices, name="read_notices"),
    path("notices/mails/", notices.notice_mails, name="notice_mails"),
    path("notices/<int:notice_id>/", notices.open_notice, name="open_notice"),
    path("items/<int:page_id>/", items.item, name="item"),
    path("several/", several.several, name="several"),
    path("items/<int:page_id>/difference/", differences.difference, name="difference"),
    path("items/<int:page_id>/personal-data/", submission.personal_data, name="personal_data"),
    path("items/<int:page_id>/submit/", submission.submit, name="submit"),
    path("items/<int:page_id>/recall/", submission.recall, name="recall"),
    path("items/<int:page_id>/withdrawal/", lifecycle.withdrawal, name="withdrawal"),
    path("items/<int:page_id>/urgent/", lifecycle.urgent, name="urgent"),
    path(
        "items/<int:page_id>/versions/<int:number>/hide/",
        lifecycle.hide_version,
        name="hide_version",
    ),
    path("items/<int:page_id>/decide/", decisions.decide, name="decide"),
    path("people/<int:user_id>/leaving/", leaving.leaving, name="leaving"),
    path("items/<int:page_id>/paper/", paper.record, name="paper"),
    path("items/<int:page_id>/paper/memo/", paper.memo, name="paper_memo"),
    path("items/<int:page_id>/paper/<int:paper_id>/scan/", paper.scan, name="paper_scan"),
    path("items/<int:page_id>/channels/<slug:channel>/<slug:action>/", schedule.slot, name="slot"),
]
