"""Annex 2.1: the yearly report has a day, people are reminded of it, and the calendar shows it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from freezegun import freeze_time

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.executive_reports import steps
from otp_policy.wagtail.executive_reports.duty import DutyState, duty_on
from otp_policy.wagtail.executive_reports.models import ReportStage
from otp_policy.wagtail.executive_reports.receivers import Rounds
from otp_policy.wagtail.executive_reports.reminding import remind_of_reports
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.recording import record

from .making import AFTER, submitted

pytestmark = pytest.mark.django_db
CENTRE = ["publisher.web", "second.web"]


@pytest.fixture(autouse=True)
def after_the_year():
    with freeze_time(AFTER) as clock:
        yield clock


def told(what):
    rows = Notice.objects.filter(what=what).select_related("recipient")
    return sorted(row.recipient.username for row in rows)


def test_before_the_first_report_it_counts_from_the_first_decision(office):
    first = LedgerEntry.objects.order_by("seq").first() or record("endorse", user=None)
    duty = duty_on()
    assert duty.owed.counted_from == office_day(first.at)
    assert not duty.was_reported
    assert duty.clause == "annex 2.1"


def test_after_a_report_the_next_is_due_a_year_later(office):
    submitted(office)
    duty = duty_on()
    assert (duty.owed.year, duty.due_on) == (2027, date(2027, 11, 16))
    assert duty.state is DutyState.NOT_DUE
    for day, state in (
        (date(2027, 11, 1), DutyState.NOT_DUE),
        (date(2027, 11, 2), DutyState.DUE_SOON),
        (date(2027, 11, 16), DutyState.DUE_SOON),
        (date(2027, 11, 17), DutyState.OVERDUE),
    ):
        assert duty_on(day).state is state, day


def test_a_quarter_is_no_yearly_report_and_what_was_returned_is_none_either(office):
    submitted(office, quarter=4)
    assert not duty_on().was_reported
    submission = submitted(office)
    assert duty_on().was_reported
    steps.send_back(submission, office["director.office"], remark="แก้ไขตัวเลข")
    assert not duty_on().was_reported


def test_a_later_version_does_not_move_the_day(office, after_the_year):
    steps.acknowledge(submitted(office), office["director.office"])
    after_the_year.move_to("2027-03-01 12:00")
    submitted(office, reason="พบข้อมูลเพิ่มเติม")
    assert duty_on().due_on == date(2027, 11, 16)


def test_the_centre_is_told_before_and_on_the_day_and_the_executives_after_it(
    office, after_the_year
):
    submitted(office)
    due = duty_on().due_on
    for days, what, people in (
        (-15, "report_missing_soon", []),
        (-14, "report_missing_soon", CENTRE),
        (-1, "report_missing_soon", CENTRE),
        (0, "report_missing_today", CENTRE),
        (6, "report_missing_late", []),
        (7, "report_missing_late", ["director.office", *CENTRE]),
    ):
        after_the_year.move_to(f"{due + timedelta(days=days)} 12:00")
        remind_of_reports()
        assert remind_of_reports() == 0
        assert told(what) == people, days
    after_the_year.move_to(f"{due + timedelta(days=30)} 12:00")
    assert remind_of_reports() == 1
    rows = ReportStage.objects.filter(about="submit").order_by("offset")
    assert [row.offset for row in rows] == [-14, 0, 7, 30]
    entries = LedgerEntry.objects.filter(action="escalate_report")
    assert entries.filter(body__contains='"about":"submit"').count() == 2


def test_nobody_is_reminded_once_it_is_submitted(office, after_the_year):
    submitted(office)
    after_the_year.move_to("2027-11-16 12:00")
    steps.submit(
        steps.begin(office["publisher.web"], year=2027, findings="ครบถ้วน"),
        office["publisher.web"],
    )
    remind_of_reports()
    assert told("report_missing_today") == []


def test_the_executives_are_reminded_of_what_waits_for_them(office, after_the_year):
    submission = submitted(office)
    for days, reminded in ((0, 0), (6, 0), (7, 1), (30, 1)):
        after_the_year.move_to(f"{date(2026, 11, 16) + timedelta(days=days)} 12:00")
        assert remind_of_reports() == reminded, days
    assert told("report_waits").count("director.office") == 2
    steps.acknowledge(submission, office["director.office"])
    settle()
    assert not Notice.objects.filter(what="report_waits", read_at=None).exists()
    after_the_year.move_to("2027-02-01 12:00")
    assert remind_of_reports() == 0


def test_a_policy_without_a_report_asks_nothing(office, settings, tmp_path):
    from pathlib import Path

    import otp_policy

    shipped = Path(otp_policy.__file__).parent / "data/policies/tpso.toml"
    text = shipped.read_text(encoding="utf-8")
    begun, rest = text.split("\n[[report]]")
    own = tmp_path / "own.toml"
    own.write_text(begun + "\n[[law]]" + rest.partition("\n[[law]]")[2], encoding="utf-8")
    settings.OTP_POLICY_FILE = str(own)
    assert duty_on() is None
    assert remind_of_reports() == 0
    client = Client()
    client.force_login(office["publisher.web"])
    path = reverse("otp_policy_executive_reports:reports")
    assert client.get(path).status_code in (302, 403)


def test_the_dispatchers_round_reminds(office, after_the_year):
    submitted(office)
    after_the_year.move_to("2027-11-16 12:00")
    Rounds().run(sender=None)
    assert told("report_missing_today") == CENTRE


def page_of(office, name, path):
    client = Client()
    client.force_login(office[name])
    return client.get(path).content.decode()


def test_the_calendar_shows_the_day_in_its_month_to_those_with_a_part(office):
    submitted(office)
    path = reverse("otp_policy:calendar")
    mark = 'id="otp-report-due"'
    assert mark in page_of(office, "publisher.web", f"{path}?month=2027-11")
    assert mark in page_of(office, "director.office", f"{path}?month=2027-11")
    assert mark not in page_of(office, "publisher.web", f"{path}?month=2027-10")
    assert mark not in page_of(office, "pr.division-a", f"{path}?month=2027-11")


def test_the_dashboard_says_what_is_late_and_what_waits(office, after_the_year):
    submission = submitted(office)
    link = reverse("otp_policy_executive_reports:report", args=(submission.report_id,))
    assert link in page_of(office, "director.office", "/admin/")
    assert link not in page_of(office, "pr.division-a", "/admin/")
    steps.acknowledge(submission, office["director.office"])
    mark = 'id="otp-reports-heading"'
    assert mark not in page_of(office, "publisher.web", "/admin/")
    after_the_year.move_to("2027-11-17 12:00")
    assert mark in page_of(office, "publisher.web", "/admin/")
    assert mark not in page_of(office, "pr.division-a", "/admin/")
