"""The use of the website: what counts as reading, what is kept of it, and what the report says."""

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponseNotModified
from django.test import Client, RequestFactory
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.documents import get_document_model

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.usage.counting import Counting, counting
from otp_policy.wagtail.usage.exports import to_csv, to_xlsx
from otp_policy.wagtail.usage.figures import figures
from otp_policy.wagtail.usage.forgetting import forget_words
from otp_policy.wagtail.usage.models import Kind, Use
from otp_policy.wagtail.usage.noticing import Noticed, noticed, words_of_search
from otp_policy.wagtail.usage.writing import add, write

READER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture(autouse=True)
def nothing_counted_yet(settings):
    settings.OTP_POLICY_USAGE_SECONDS = 3600.0
    counting.forget()
    yield
    if counting._timer is not None:
        counting._timer.cancel()
    counting.forget()


@pytest.fixture
def reader():
    return Client(headers={"user-agent": READER})


def rows():
    counting.write()
    return {(use.kind, use.name): use.number for use in Use.objects.all()}


def published(office, **fields):
    page = office.draft(**fields)
    office.publish(page)
    page.refresh_from_db()
    return page


def test_a_page_is_counted_in_every_language_under_one_name(office, reader):
    page = published(office)
    path = page.get_url()
    assert reader.get(path).status_code == 200
    assert reader.get(f"/en{path}").status_code == 200
    assert rows() == {("view", path): 2}
    use = Use.objects.get()
    assert (use.page_id, use.category, use.day) == (page.pk, "news", office_day())


def test_a_copy_that_still_holds_was_read():
    path = "/news/one/"
    answer = HttpResponseNotModified(headers={"X-Disclosure-Digest": "sha256:aa"})
    request = RequestFactory(headers={"user-agent": READER}).get(path)
    assert noticed(request, answer) == (Noticed(Kind.VIEW, path, "testserver"),)


@pytest.mark.parametrize(
    "headers",
    [
        {"DNT": "1"},
        {"Sec-GPC": "1"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "facebookexternalhit/1.1;line-poker/1.0"},
    ],
)
def test_who_is_no_reader_or_asks_not_to_be_counted_is_not(office, reader, headers):
    path = published(office).get_url()
    assert reader.get(path, headers=headers).status_code == 200
    assert rows() == {}
    assert reader.get(path).status_code == 200
    assert rows() == {("view", path): 1}


def test_people_of_the_office_are_not_counted(office, reader):
    path = published(office).get_url()
    reader.force_login(office["pr.division-a"])
    assert reader.get(path).status_code == 200
    assert rows() == {}


def test_what_is_no_page_is_not_counted(office, reader):
    page = published(office)
    reader.head(page.get_url())
    assert reader.get("/news/not-here-0812345678/").status_code == 404
    assert reader.get("/sitemap.xml").status_code == 200
    assert reader.get("/api/disclosure/").status_code == 200
    assert reader.get("/admin/login/").status_code == 200
    assert rows() == {}


def test_an_address_that_is_no_page_is_never_kept(office):
    things = {
        Noticed(Kind.VIEW, "/news/somchai-0812345678/", "localhost"),
        Noticed(Kind.DOWNLOAD, "/news/somchai/csv/", "localhost"),
    }
    assert write(Counter((office_day(), thing) for thing in things)) == 0
    assert Use.objects.count() == 0


def test_pages_of_the_site_that_are_no_wagtail_pages_count_by_address(office, reader):
    reader.get("/disclosure/")
    reader.get("/en/corrections/")
    assert rows() == {("view", "/disclosure/"): 1, ("view", "/corrections/"): 1}


def test_a_download_counts_for_its_item(office, reader):
    document = get_document_model()(title="แผนปฏิบัติราชการ")
    document.file.save("plan.txt", ContentFile(b"plan"))
    name = {"document": document, "name": "แผน", "name_en": "Plan", "text": "ก", "text_en": "a"}
    page = published(office, files=[("file", name)])
    assert reader.get(document.url).status_code == 200
    assert rows() == {("download", document.url): 1}
    assert Use.objects.get().page_id == page.pk


def test_searches_count_once_with_their_words_in_one_spelling(office, reader):
    published(office, title="ประกาศประกวดราคา")
    reader.get("/search/", {"q": "ประกวดราคา"})
    reader.get("/en/search/", {"q": " ประกวดราคา "})
    reader.get("/search/", {"q": "ประกวดราคา", "page": "2"})
    reader.get("/search/", {"q": "ประกวดราคา", "kind": "news.newspage"})
    reader.get("/search/", {"q": "ไดโนเสาร์"})
    reader.get("/search/")
    assert rows() == {
        ("search", "ประกวดราคา"): 2,
        ("search", "ไดโนเสาร์"): 1,
        ("found_nothing", "ไดโนเสาร์"): 1,
        # What is narrowed, turned or empty is a page that was read.
        ("view", "/search/"): 3,
    }


@pytest.mark.parametrize(
    "text",
    [
        "นาย ก. 1-2345-67890-12-1",
        "081 234 5678",
        "๐๘๑๒๓๔๕๖๗๘",
        "person@example.com",
        "somebody@",
        "ทะเบียน 1234567",
        "ก" * 101,
    ],
)
def test_words_that_may_tell_of_somebody_are_never_kept(office, reader, text):
    assert words_of_search(text) == ""
    reader.get("/search/", {"q": text})
    counting.write()
    assert not Use.objects.exclude(name="").filter(kind__in=["search", "found_nothing"]).exists()


def test_a_view_costs_no_query_and_the_writing_one_for_many(office, django_assert_num_queries):
    page = published(office)
    thing = Noticed(Kind.VIEW, page.get_url(), "localhost")
    with django_assert_num_queries(0):
        for _view in range(500):
            counting.add(office_day(), [thing])
    few = _queries_of_writing([(office_day(), thing)])
    days = [office_day() - timedelta(days=number) for number in range(60)]
    assert _queries_of_writing([(day, thing) for day in days]) == few
    assert Use.objects.get(day=office_day()).number == 502 - 500


def _queries_of_writing(counted):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        write(Counter(counted))
    return len(queries)


def test_what_two_processes_count_is_added_up(office):
    thing = Noticed(Kind.SEARCH, "แผน")
    for number in (3, 4):
        process = Counting()
        for _time in range(number):
            process.add(office_day(), [thing])
        assert process.write() == 1
        assert process.write() == 0
    assert Use.objects.get().number == 7


def test_what_cannot_be_written_is_kept(office, settings, monkeypatch):
    from django.db import OperationalError

    from otp_policy.wagtail.usage import counting as module

    process = Counting()
    process.add(office_day(), [Noticed(Kind.SEARCH, "แผน")])

    def away(counts):
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(module, "write", away)
        assert process.write() == 0
    assert process.write() == 1
    process._timer and process._timer.cancel()
    assert Use.objects.get().number == 1


def test_old_and_rare_words_are_forgotten_and_their_numbers_stay(office, settings):
    today = date(2026, 11, 29)

    def searched(days_ago, words, number):
        add({(today - timedelta(days=days_ago), "search", 0, words, ""): number})

    searched(801, "ของนานมาแล้ว", 50)
    searched(91, "ชื่อใครคนหนึ่ง", 2)
    searched(91, "งบประมาณ", 2)
    searched(1, "งบประมาณ", 1)
    searched(90, "ยังใหม่", 1)
    total = sum(Use.objects.values_list("number", flat=True))
    assert forget_words(on=today) == 2
    assert forget_words(on=today) == 0
    left = {use.name: use.number for use in Use.objects.exclude(name="")}
    assert left.keys() == {"งบประมาณ", "ยังใหม่"}
    assert sum(Use.objects.values_list("number", flat=True)) == total


def test_the_report_says_what_was_read_and_hides_rare_words(office):
    page = published(office, title="ข่าวของปี")
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    day = date(2026, 10, 5)
    add({
        (day, "view", page.pk, "/news/x/", "news"): 7,
        (first, "view", page.pk, "/news/x/", "news"): 2,
        (last + timedelta(days=1), "view", page.pk, "/news/x/", "news"): 100,
        (day, "view", 0, "/disclosure/", ""): 3,
        (day, "search", 0, "=cmd", ""): 5,
        (day, "search", 0, "หายาก", ""): 2,
        (day, "found_nothing", 0, "=cmd", ""): 4,
    })  # fmt: skip
    found = figures(first, last)
    assert found.totals == {
        Kind.VIEW: 12, Kind.DOWNLOAD: 0, Kind.SEARCH: 7, Kind.FOUND_NOTHING: 4,
    }  # fmt: skip
    assert [(line.on, line.number) for line in found.by_time] == [(first, 2), (day, 10)]
    assert [line.number for line in found.by_category] == [9]
    assert [(line.label, line.number) for line in found.pages] == [
        ("ข่าวของปี", 9),
        ("/disclosure/", 3),
    ]
    assert [line.label for line in found.words] == ["=cmd"]
    assert [line.number for line in found.words_without_result] == [4]
    by_month = figures(date(2026, 1, 1), date(2026, 12, 31))
    assert [line.on for line in by_month.by_time] == [date(2026, 10, 1), date(2026, 11, 1)]

    lines = list(csv.reader(io.StringIO(to_csv(found).removeprefix("\ufeff"))))
    assert ["'=cmd", "5"] in lines
    book = load_workbook(io.BytesIO(to_xlsx(found)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=cmd"] == ["s", "s"]


def test_the_figures_take_as_many_queries_for_much_as_for_little(office):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count():
        with CaptureQueriesContext(connection) as queries:
            figures(date(2026, 1, 1), date(2026, 12, 31))
        return len(queries)

    add({(date(2026, 3, 1), "view", page, "/a/", "news"): 1 for page in (1, 99_999)})
    add({(date(2026, 3, 1), "download", 0, "/documents/1/a.pdf", ""): 1})
    few = count()
    add({
        (date(2026, 3, 1 + n % 28), kind, n, f"/documents/{n}/{n}.pdf", "news"): n
        for n in range(1, 200)
        for kind in ("view", "download", "search")
    })  # fmt: skip
    assert count() == few <= 15


def test_the_report_is_there_for_people_of_the_office_alone(office, client):
    add({(office_day(), "view", 0, "/disclosure/", ""): 3})
    assert client.get("/admin/use/").status_code == 302
    client.force_login(office["pr.division-a"])
    answer = client.get("/admin/use/")
    assert answer.status_code == 200
    assert "/disclosure/" in answer.content.decode()
    for export in ("csv", "xlsx"):
        answer = client.get(
            "/admin/use/", {"first": "2026-10-01", "last": "2026-12-31", "export": export}
        )
        assert "attachment" in answer["Content-Disposition"]
    wrong = client.get("/admin/use/", {"first": "2026-10-02", "last": "2026-10-01"})
    assert wrong.context["form"].errors
    wrong = client.get("/admin/use/", {"first": "yesterday", "last": "", "export": "csv"})
    assert wrong.context["form"].errors.keys() == {"first", "last"}


def test_the_numbers_of_the_channels_stand_beside(office):
    found = figures(timezone.localdate(), timezone.localdate())
    assert found.channels == ()
