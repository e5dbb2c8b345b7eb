"""Readers may report an error in an item; it becomes a task of the division that owns it."""

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from wagtail.models import PageViewRestriction

from otp_policy.calendars import add_months
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.monitoring.error_reports import close_report, open_reports
from otp_policy.wagtail.monitoring.models import ErrorReport
from otp_policy.wagtail.monitoring.report_retention import forget_reports
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.telling import tell
from otp_policy.wagtail.withdrawals import take_down
from tests.office import fresh

pytestmark = pytest.mark.django_db
SAID = {"kind": "wrong", "text": "ตัวเลขในตารางที่ 2 ไม่ตรงกับรายงาน", "website": ""}


@pytest.fixture
def page(office):
    tell()
    return office.publish(office.draft(title="รายงานตัวเลข", title_en="Figures"))


def address(page, prefix=""):
    return f"{prefix}/report/{page.pk}/"


def send(page, **more):
    return Client().post(address(page), {**SAID, **more})


def test_each_item_leads_to_its_form_and_no_other_page_has_one(office, page):
    assert f'href="{address(page)}"' in Client().get(page.url).content.decode()
    form = Client().get(address(page)).content.decode()
    assert "รายงานตัวเลข" in form
    assert 'name="csrfmiddlewaretoken"' in form
    english = Client().get(address(page, "/en")).content.decode()
    assert "Report an error" in english
    assert Client().get(f"/report/{office.draft().pk}/").status_code == 404
    assert Client().get(f"/report/{'9' * 25}/").status_code == 404
    take_down(fresh(page), office["publisher.web"], reason="ถอน")
    assert send(page).status_code == 404
    assert not ErrorReport.objects.exists()


def test_what_not_everybody_can_read_takes_no_report(page):
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=page, restriction_type="login")]
    )
    assert send(page).status_code == 404


def test_a_report_becomes_a_task_of_the_division_and_the_ledger_has_none_of_its_words(office, page):
    assert "ขอบคุณ" in send(page).content.decode()
    report = ErrorReport.objects.get()
    assert (report.unit.code, report.state) == ("division-a", "open")
    assert SAID["text"] not in LedgerEntry.objects.get(action="report_error").body
    send(page, kind="link")
    tell()
    told = Notice.objects.filter(what="error_reported")
    assert [row.recipient.username for row in told] == ["pr.division-a"], "once a day"
    assert len(open_reports(office["pr.division-a"])) == 2
    assert open_reports(office["pr.division-b"]) == []


def test_nothing_is_kept_of_the_reader_and_no_personal_data_is_taken(page):
    names = {field.name for field in ErrorReport._meta.get_fields()}
    assert not names & {"ip", "address", "email", "name", "user", "session"}
    answer = send(page, text="โทร 081-234-5678 นะ")
    assert "ข้อมูลส่วนบุคคล" in answer.content.decode()
    assert "081-234-5678" in answer.content.decode(), "what was typed is still there"
    assert send(page, text=" - ").status_code == 200
    assert send(page, kind="nonsense").status_code == 200
    assert send(page, text="ก" * 1001).status_code == 200
    assert not ErrorReport.objects.exists()


def test_a_program_that_fills_in_every_field_is_thanked_and_nothing_is_kept(page):
    assert "ขอบคุณ" in send(page, website="https://spam.example").content.decode()
    assert not ErrorReport.objects.exists()


def test_a_client_reports_so_many_times_an_hour_and_loses_nothing(page):
    with override_settings(OTP_POLICY_REPORTS_AN_HOUR=2):
        assert [send(page).status_code for _ in range(3)] == [200, 200, 429]
        assert SAID["text"] in send(page).content.decode()
        elsewhere = Client().post(address(page), SAID, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.status_code == 200
    assert ErrorReport.objects.count() == 3


def test_a_form_without_its_token_is_refused(page):
    assert Client(enforce_csrf_checks=True).post(address(page), SAID).status_code == 403
    assert not ErrorReport.objects.exists()


def test_the_division_or_the_centre_closes_it_with_a_word(office, page):
    send(page)
    tell()
    report = ErrorReport.objects.get()
    for name in ("pr.division-b", "director.division-a", "admin"):
        with pytest.raises(PolicyRefusal):
            close_report(report, office[name], state="fixed", note="แก้แล้ว")
    for state, note in (("fixed", " "), ("open", "แก้แล้ว"), ("nonsense", "แก้แล้ว")):
        with pytest.raises(PolicyRefusal):
            close_report(report, office["pr.division-a"], state=state, note=note)
    close_report(report, office["pr.division-a"], state="fixed", note="แก้แล้ว")
    with pytest.raises(PolicyRefusal):
        close_report(report, office["publisher.web"], state="fixed", note="แก้แล้ว")
    settle()
    assert not Notice.objects.filter(what="error_reported", read_at=None).exists()
    send(page)
    last = ErrorReport.objects.get(state="open")
    close_report(last, office["publisher.web"], state="nothing_wrong", note="ถูกต้องแล้ว")
    assert LedgerEntry.objects.filter(action="close_report").count() == 2


def test_the_screen_lists_and_closes(office, page):
    send(page)
    report = ErrorReport.objects.get()
    pr, other = Client(), Client()
    pr.force_login(office["pr.division-a"])
    other.force_login(office["pr.division-b"])
    screen, sent = "/admin/freshness/reports/", {"report": report.pk, "state": "fixed"}
    assert SAID["text"] in pr.get(screen).content.decode()
    assert 'name="note"' not in other.get(screen).content.decode()
    assert screen in pr.get("/admin/measures/").content.decode()
    assert other.post(screen, {**sent, "note": "แก้แล้ว"}).status_code == 200
    assert ErrorReport.objects.get().is_open
    assert pr.post(screen, {**sent, "note": "แก้แล้ว"}).status_code == 302
    assert not ErrorReport.objects.get().is_open
    assert pr.post(screen, {"report": "x"}).status_code == 404


def test_what_readers_wrote_is_kept_as_long_as_the_law_file_says_and_not_longer(office, page):
    send(page)
    report = ErrorReport.objects.get()
    send(page)
    closed_on = office_day()
    close_report(report, office["pr.division-a"], state="fixed", note="แก้แล้ว")
    last_day = add_months(closed_on, 12)
    assert forget_reports(last_day) == 0
    assert forget_reports(last_day + timedelta(days=1)) == 1
    assert forget_reports(last_day + timedelta(days=1)) == 0
    report.refresh_from_db()
    assert (report.text, report.state, report.note) == ("", "fixed", "แก้แล้ว")
    assert ErrorReport.objects.exclude(pk=report.pk).get().text == SAID["text"], "still open"
    assert LedgerEntry.objects.filter(action="forget_reports").count() == 1
    client = Client()
    client.force_login(office["pr.division-a"])
    assert "ครบกำหนดเก็บถ้อยคำแล้ว" in client.get("/admin/freshness/reports/").content.decode()
