"""`/disclosure/`, `/corrections/` and the read API: what the public may know of every item."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from wagtail.models import PageViewRestriction

from otp_policy.calendars import add_months
from otp_policy.wagtail.conf import last_day_of_fiscal_year, office_day
from otp_policy.wagtail.disclosure.items import disclosed_items
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.versions import hide_version
from otp_policy.wagtail.withdrawals import take_down
from procurement.models import ProcurementPage
from tests.office import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(office):
    return office.publish(office.draft(title="ข่าวการค้า", title_en="Trade news"))


def read(address: str, **headers):
    return Client().get(address, headers=headers)


def text_of(address: str) -> str:
    answer = read(address)
    assert answer.status_code == 200
    return answer.content.decode()


def queries(address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert read(address).status_code == 200
    return len(captured)


# --- the index


def test_an_item_is_listed_with_its_owner_and_its_days(news):
    page = text_of("/disclosure/")
    assert "ข่าวการค้า" in page
    assert str(news.owning_unit) in page
    assert f'datetime="{add_months(office_day(), 12)}"' in page  # news: every twelve months
    assert "เป็นปัจจุบัน" in page


def test_a_category_without_an_item_is_said_to_be_missing(news):
    assert text_of("/disclosure/").count("state--missing") == 5
    assert text_of("/disclosure/?category=news").count("state--missing") == 0


def test_english_is_complete_and_leads_to_the_english_address(news):
    page = text_of("/en/disclosure/")
    assert "Trade news" in page
    assert f'href="http://127.0.0.1:8000/en/news/{news.slug}/"' in page
    assert "Up to date" in page


def test_no_draft_no_withdrawn_and_no_private_item_is_listed(office, news):
    office.draft(title="ร่างลับ")
    gone = office.publish(office.draft(title="ถอนแล้ว"))
    take_down(gone, office["publisher.web"], reason="มีข้อมูลส่วนบุคคล")
    everything = "".join(
        text_of(address)
        for address in ("/disclosure/", "/disclosure/items.json", "/api/disclosure/")
    )
    assert "ร่างลับ" not in everything
    assert "ถอนแล้ว" not in everything
    assert read(f"/api/disclosure/{gone.pk}/").status_code == 404
    # Raw, as a gate that was passed by: the public list asks Wagtail's own restrictions too.
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=news, restriction_type="login")]
    )
    assert "ข่าวการค้า" not in text_of("/disclosure/")
    assert read(f"/api/disclosure/{news.pk}/").status_code == 404


def test_overdue_counts_from_the_day_after_the_due_day(news):
    due = add_months(office_day(), 12)
    assert disclosed_items(on=due)[0].freshness.state == "due_soon"
    assert disclosed_items(on=due + timedelta(days=1))[0].freshness.state == "overdue"
    assert disclosed_items(on=due + timedelta(days=1), state="overdue")
    assert not disclosed_items(on=due, state="overdue")


def test_a_plan_is_due_when_its_year_is_over(office):
    plan = office.draft(ProcurementPage, title="แผนจัดซื้อ", document_kind="plan", fiscal_year=2570)
    office.publish(plan)
    [item] = disclosed_items()
    assert (item.kind, item.freshness.due_on) == ("procurement_plan", date(2027, 9, 30))
    assert last_day_of_fiscal_year(2570) == date(2027, 9, 30)


def test_filters_narrow_and_nonsense_narrows_nothing(office, news):
    office.publish(office.other(title="ข้อมูลอื่น"))
    assert "ข้อมูลอื่น" not in text_of("/disclosure/items.json?category=news")
    assert json.loads(text_of("/disclosure/items.json?unit=division-b"))["count"] == 0
    assert json.loads(text_of("/disclosure/items.json?category=nonsense&state=x"))["count"] == 2


def test_the_file_for_spreadsheets_runs_no_formula(office):
    office.publish(office.draft(title='=HYPERLINK("x")'))
    answer = read("/disclosure/items.csv")
    [row] = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["title"] == '\'=HYPERLINK("x")'
    assert row["state"] == "current"


@pytest.mark.parametrize("address", ["/disclosure/", "/corrections/", "/api/disclosure/"])
def test_more_items_take_no_more_queries(office, address):
    def publish_and_correct(number):
        page = office.publish(office.draft(title=f"ข่าว {number}", summary="เดิม"))
        office.publish(office.edit(page, summary=f"ใหม่ {number}", correction_note="แก้ข้อความ"))

    publish_and_correct(0)
    queries(address)
    few = queries(address)
    for number in range(1, 4):
        publish_and_correct(number)
    assert queries(address) == few <= 25


# --- corrections


@pytest.fixture
def corrected(office):
    page = office.publish(office.draft(title="ประกาศราคา", summary="ราคา 100 บาท"))
    note = {"correction_note": "ราคาเดิมผิด", "correction_note_en": "The price was wrong"}
    return office.publish(office.edit(page, summary="ราคา 200 บาท", **note))


def test_a_correction_is_told_with_its_note_its_approver_and_both_texts(corrected):
    page = text_of("/corrections/")
    assert "ราคาเดิมผิด" in page
    assert "ผู้อำนวยการกอง" in page
    assert f"{corrected.get_url()}versions/1/" in page
    assert "<del" in page
    assert "100" in page
    assert "The price was wrong" in text_of("/en/corrections/")


def test_a_hidden_text_is_not_told_by_its_correction(office, corrected):
    hide_version(corrected, office["publisher.web"], number=1, reason="มีชื่อบุคคล")
    page = text_of("/corrections/")
    assert "ราคาเดิมผิด" in page
    assert "100" not in page
    assert "versions/1/" not in page


def test_a_withdrawn_item_tells_no_correction(office, corrected):
    take_down(fresh(corrected), office["publisher.web"], reason="มีข้อมูลส่วนบุคคล")
    assert "ราคาเดิมผิด" not in text_of("/corrections/")


# --- API


def test_the_api_gives_the_item_by_a_number_that_stays(office, news):
    listed = json.loads(text_of("/api/disclosure/"))
    [row] = listed["items"]
    assert row == json.loads(text_of(f"/api/disclosure/{news.pk}/"))
    assert row["digest"] == Publication.objects.get(ended_at=None).digest
    assert read(row["url"].removeprefix("http://127.0.0.1:8000")).status_code == 200
    office.publish(office.edit(news, summary="แก้ใหม่"))
    assert json.loads(text_of("/api/disclosure/"))["items"][0]["id"] == row["id"]


def test_who_has_the_answer_already_gets_none_until_something_changes(office, news):
    tag = read("/api/disclosure/")["ETag"]
    assert read("/api/disclosure/", **{"If-None-Match": tag}).status_code == 304
    office.publish(office.edit(news, title="ข่าวที่แก้แล้ว"))
    assert read("/api/disclosure/", **{"If-None-Match": tag}).status_code == 200


def test_any_site_may_read_and_none_may_write(news):
    assert (
        read("/api/disclosure/", Origin="https://a.example")["Access-Control-Allow-Origin"] == "*"
    )
    assert Client().options("/api/disclosure/").status_code == 204
    head = Client().head("/api/disclosure/")
    assert (head.status_code, head.content) == (200, b"")
    for method in ("post", "put", "patch", "delete"):
        assert getattr(Client(), method)("/api/disclosure/").status_code == 405


def test_pages_of_the_api_follow_each_other(office, news):
    office.publish(office.draft(title="ข่าวที่สอง"))
    seen = [
        json.loads(text_of(f"/api/disclosure/?limit=1&offset={offset}"))["items"]
        for offset in range(3)
    ]
    assert [len(rows) for rows in seen] == [1, 1, 0]
    assert seen[0][0]["id"] != seen[1][0]["id"]
    assert read("/api/disclosure/?limit=1000").status_code == 422


def test_categories_tell_the_state_of_what_is_oldest_in_them(news):
    rows = {row["code"]: row for row in json.loads(text_of("/api/disclosure/categories/"))}
    assert (rows["news"]["count"], rows["news"]["state"]) == (1, "current")
    assert (rows["procurement"]["count"], rows["procurement"]["state"]) == (0, "missing")


def test_what_the_api_answers_is_what_its_document_says(office, news):
    schema = schemathesis.openapi.from_wsgi("/api/disclosure/openapi.json", get_wsgi_application())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {operation.path for operation in operations} == {
        "/api/disclosure/",
        "/api/disclosure/categories/",
        "/api/disclosure/{item_id}/",
    }
    for operation in operations:
        _each(operation)


def _each(operation) -> None:
    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(case=operation.as_strategy())
    def ask(case):
        case.call_and_validate()

    ask()
