"""The screens and files of a report: for ศศ. and the executives, drawn from what was frozen."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from freezegun import freeze_time
from openpyxl import load_workbook
from pypdf import PdfReader
from wagtail.users.models import UserProfile

from otp_policy.wagtail.executive_reports import steps
from otp_policy.wagtail.executive_reports.documents import document_of
from otp_policy.wagtail.executive_reports.files import as_pdf, as_xlsx
from otp_policy.wagtail.executive_reports.models import Report, Submission
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.pdf_letters import letters_of

from .making import AFTER, FINDINGS, YEAR, put_out, submitted

pytestmark = pytest.mark.django_db
OUTSIDERS = ("pr.division-a", "director.division-a", "publisher.social", "admin")


@pytest.fixture(autouse=True)
def after_the_year():
    with freeze_time(AFTER) as clock:
        yield clock


def url(name, *args):
    return reverse(f"otp_policy_executive_reports:{name}", args=args)


def as_user(office, name):
    client = Client()
    client.force_login(office[name])
    return client


def is_refused(response):
    # Wagtail's admin answers a refusal by leading to its first page, with a message.
    return response.status_code == 403 or (
        response.status_code == 302 and response["Location"].endswith("/admin/")
    )


def all_addresses(submission):
    report = submission.report_id
    return [
        url("reports"),
        url("figures", YEAR, 0),
        url("report", report),
        url("paper", report),
        *(url(name, submission.pk) for name in ("pdf", "xlsx", "print")),
    ]


def test_whoever_is_not_of_the_unit_nor_an_executive_is_refused_everywhere(office):
    submission = submitted(office)
    for name in OUTSIDERS:
        client = as_user(office, name)
        for path in [*all_addresses(submission), url("scan", submission.report_id, 1)]:
            assert is_refused(client.get(path)), (name, path)
        for act in ("prepare", "submit", "acknowledge", "return", "follow", "draft"):
            said = {"act": act, "submission": submission.pk, "findings": "ก", "remark": "ก"}
            assert is_refused(client.post(url("report", submission.report_id), said))
    submission.report.refresh_from_db()
    assert submission.report.state == Report.State.SUBMITTED
    for name in ("publisher.web", "second.web", "director.office"):
        client = as_user(office, name)
        for path in all_addresses(submission):
            response = client.get(path)
            assert response.status_code == 200, (name, path)
            assert "no-store" in response["Cache-Control"]


def test_changes_are_posted_and_carry_djangos_token(office):
    submission = submitted(office)
    client = Client(enforce_csrf_checks=True)
    client.force_login(office["director.office"])
    said = {"act": "acknowledge", "submission": submission.pk, "remark": ""}
    assert client.post(url("report", submission.report_id), said).status_code == 403
    client.get(url("report", submission.report_id), said)
    submission.report.refresh_from_db()
    assert submission.report.state == Report.State.SUBMITTED
    for name in ("pdf", "xlsx", "print"):
        assert as_user(office, "publisher.web").post(url(name, submission.pk)).status_code == 405


def test_the_whole_way_on_the_screens(office):
    centre, above = as_user(office, "publisher.web"), as_user(office, "director.office")
    begun = centre.post(url("figures", YEAR, 0), {"findings": FINDINGS})
    report = Report.objects.get()
    here = url("report", report.pk)
    assert begun["Location"] == here
    assert centre.post(here, {"act": "prepare", "findings": ""}).status_code == 200
    assert centre.post(here, {"act": "prepare", "findings": "ปรับข้อความ"}).status_code == 302
    assert is_refused(above.post(here, {"act": "submit"}))
    assert centre.post(here, {"act": "submit"}).status_code == 302
    submission = Submission.objects.get()
    decide = {"submission": submission.pk, "remark": "รับทราบ"}
    assert is_refused(centre.post(here, {**decide, "act": "acknowledge"}))
    assert above.post(here, {"act": "acknowledge", "submission": "x"}).status_code == 404
    assert above.post(here, {"act": "nonsense"}).status_code == 404
    assert above.post(here, {**decide, "act": "acknowledge"}).status_code == 302
    report.refresh_from_db()
    assert report.state == Report.State.ACKNOWLEDGED
    follow = {"act": "follow", "findings": "เพิ่มข้อมูล", "reason": "พบรายการที่ตกหล่น"}
    new = centre.post(here, follow)
    assert new["Location"] == url("report", Report.objects.get(version=2).pk)
    assert is_refused(above.post(here, follow))


def test_the_buttons_are_those_of_the_reader(office):
    submission = submitted(office)
    here = url("report", submission.report_id)
    above = as_user(office, "director.office").get(here).content.decode()
    assert 'value="acknowledge"' in above
    assert 'value="submit"' not in above
    own = as_user(office, "publisher.web").get(here).content.decode()
    assert 'value="acknowledge"' not in own
    paper = url("paper", submission.report_id)
    assert paper not in own
    assert paper in as_user(office, "second.web").get(here).content.decode()


def test_a_screen_shows_what_was_frozen_and_asks_for_few_queries(office):
    page, by = office.draft(), office["director.office"]
    put_out(page, "2026-01-05 10:00", by=by)
    submission = submitted(office)
    here, client = url("report", submission.report_id), as_user(office, "director.office")
    client.get(here)
    with CaptureQueriesContext(connection) as few:
        before = client.get(here).content.decode()
    for month in range(2, 9):
        put_out(page, f"2026-0{month}-05 10:00", by=by)
        office.draft(title=f"ข่าว {month}")
    Unit.objects.filter(code="division-a").update(name_th="กองที่เปลี่ยนชื่อ")
    with CaptureQueriesContext(connection) as many:
        after = client.get(here).content.decode()
    assert len(many) == len(few)
    assert "กองที่เปลี่ยนชื่อ" not in after
    assert figures_in(before) == figures_in(after)
    assert submission.sha256 in after
    assert submission.ledger_hash in after


def figures_in(html):
    return html.partition('id="otp-table-summary"')[2].partition("otp-help")[0]


def test_a_screen_of_changed_figures_shows_none_of_them(office):
    from .test_steps import raw

    submission = submitted(office)
    raw(f"UPDATE {Submission._meta.db_table} SET content = replace(content, 'tpso', 'tpsx')")
    client = as_user(office, "director.office")
    html = client.get(url("report", submission.report_id)).content.decode()
    assert "otp-table-summary" not in html
    assert 'role="alert"' in html
    assert client.get(url("pdf", submission.pk)).status_code == 404


def test_tables_have_captions_scopes_and_numbers_to_the_right(office):
    put_out(office.draft(), "2026-01-05 10:00", by=office["director.office"])
    submission = submitted(office)
    client = as_user(office, "publisher.web")
    html = client.get(url("report", submission.report_id)).content.decode()
    tables = html.split('<table class="listing">')[1:]
    assert len(tables) > 5
    assert all(table.lstrip().startswith('<caption class="w-sr-only">') for table in tables)
    assert html.count('class="otp-bars" aria-hidden="true"') >= 3
    assert 'class="otp-bars__part" width="100"' in html
    assert '<td class="otp-number">1</td>' in html
    printed = client.get(url("print", submission.pk)).content.decode()
    assert f"SHA-256 ของสิ่งที่เสนอ: {submission.sha256}" in printed


@pytest.mark.parametrize(
    ("language", "year", "word"), [("th", "2569", "รายงาน"), ("en", "2026", "Report")]
)
def test_the_pdf_is_tagged_and_says_it_in_the_readers_language(office, language, year, word):
    put_out(office.draft(), "2026-01-05 10:00", by=office["director.office"])
    submission = submitted(office)
    with translation.override(language):
        document = document_of(submission)
    content = as_pdf(document)
    assert as_pdf(document) == content
    reader = PdfReader(BytesIO(content))
    text = " ".join(letters_of(page) for page in reader.pages)
    assert word in text
    assert year in text
    joined = "".join(text.split())
    assert submission.sha256 in joined
    assert submission.ledger_hash in joined
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert ("กอง ก" in text) is (language == "th")


def test_no_cell_of_the_workbook_is_a_formula(office):
    Unit.objects.filter(code="division-a").update(name_th="=1+1", name_en="=HYPERLINK()")
    put_out(office.draft(), "2026-01-05 10:00", by=office["director.office"])
    report = steps.begin(office["publisher.web"], year=YEAR, findings="=cmd|' /C calc'!A0")
    submission = steps.submit(report, office["publisher.web"])
    with translation.override("th"):
        document = document_of(submission)
    book = load_workbook(BytesIO(as_xlsx(document)))
    assert len(book.sheetnames) == 1 + len(document.tables)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    numbers = [cell.value for cell in cells if cell.data_type == "n" and cell.value is not None]
    assert 1 in numbers


def test_the_menu_asks_the_database_nothing(office, rf):
    from otp_policy.wagtail.executive_reports.wagtail_hooks import register_reports_item

    request = rf.get("/")
    request.user = office["pr.division-a"]
    with CaptureQueriesContext(connection) as captured:
        assert register_reports_item().is_shown(request)
    assert len(captured) == 0


def test_periods_that_do_not_exist_are_not_there(office):
    client = as_user(office, "publisher.web")
    for year, quarter in ((1999, 0), (2500, 0), (2026, 5), (9999, 1)):
        assert client.get(url("figures", year, quarter)).status_code == 404
    assert client.get(url("report", 10**9)).status_code == 404
    assert client.get(url("pdf", 10**9)).status_code == 404


def test_a_reader_of_english_reads_no_thai_number_of_the_year(office):
    submission = submitted(office)
    client = as_user(office, "publisher.web")
    UserProfile.objects.update_or_create(
        user=office["publisher.web"], defaults={"preferred_language": "en"}
    )
    html = client.get(url("report", submission.report_id)).content.decode()
    assert "fiscal year 2026" in html
    assert "2569" not in html.partition("<main")[2]
