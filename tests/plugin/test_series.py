"""
An item that is one of a series: the one of the next period does its duty (annex 2.1).

What is missing is what the last one, or the one before a gap, is overdue for.
"""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time

from home.models import OtherPage, PlansPage
from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.conf import period_of
from otp_policy.wagtail.disclosure.items import disclosed_items
from otp_policy.wagtail.listing import latest_and_due
from otp_policy.wagtail.models import Holiday, Unit
from otp_policy.wagtail.withdrawals import take_down
from procurement.models import MonthlySummaryPage, ProcurementPage

pytestmark = pytest.mark.django_db
# A Tuesday; the tenth working day after the end of October was 13 November, without holidays.
ON = date(2026, 11, 24)


def summary(office: Any, month: int, year: int = 2569, **more: Any) -> Any:
    title = f"สขร.1 {month}/{year}"
    usual = {"title": title, "month": month, "year": year, "says_nothing": True}
    return office.publish(office.draft(MonthlySummaryPage, **{**usual, **more}))


def plan(office: Any, fiscal_year: int, model: type = PlansPage, **more: Any) -> Any:
    usual = {"kind": "plan"} if model is PlansPage else {}
    title = f"แผน {fiscal_year}"
    return office.publish(
        office.draft(model, **{"title": title, "fiscal_year": fiscal_year, **usual, **more})
    )


def states(on: date = ON) -> dict[str, tuple[str, date | None]]:
    """Return state and due day of every item of the index, by its title."""
    return {
        item.title: (str(item.freshness.state), item.freshness.due_on)
        for item in disclosed_items(on=on)
    }


def test_the_summary_of_the_next_month_ends_the_duty_of_the_one_before(office):
    first, second = summary(office, 8), summary(office, 9)
    third = summary(office, 10)
    assert states() == {
        "สขร.1 8/2569": ("current", None),
        "สขร.1 9/2569": ("current", None),
        "สขร.1 10/2569": ("current", date(2026, 12, 14)),
    }
    followers = {item.id: item.followed_by for item in disclosed_items(on=ON)}
    assert followers[first.pk].page.pk == second.pk
    assert followers[second.pk].page.pk == third.pk
    assert followers[third.pk] is None
    # The next one that is missing is what the last one is overdue for.
    assert states(date(2026, 12, 15))["สขร.1 10/2569"] == ("overdue", date(2026, 12, 14))


def test_a_month_that_is_missing_stays_overdue_although_a_later_one_is_there(office):
    summary(office, 8)
    summary(office, 10)
    assert states()["สขร.1 8/2569"] == ("overdue", date(2026, 10, 14))
    summary(office, 9)
    assert states()["สขร.1 8/2569"] == ("current", None)


def test_a_draft_and_what_was_withdrawn_follow_nothing(office):
    summary(office, 9)
    draft = {"title": "ร่าง", "month": 10, "year": 2569, "says_nothing": True}
    draft = office.draft(MonthlySummaryPage, **draft)
    assert states()["สขร.1 9/2569"] == ("overdue", date(2026, 11, 13))
    page = office.publish(draft)
    assert states()["สขร.1 9/2569"] == ("current", None)
    take_down(page, office["publisher.web"], reason="ลงผิดเดือน")
    assert states()["สขร.1 9/2569"] == ("overdue", date(2026, 11, 13))


def test_each_unit_has_a_series_of_its_own(office):
    summary(office, 9)
    given = {"title": "ของอีกกอง", "month": 10, "year": 2569, "says_nothing": True}
    theirs = Unit.objects.get(code="division-b")
    page = office.draft(MonthlySummaryPage, by="pr.division-b", owning_unit=theirs, **given)
    people = {"by": office["publisher.web"], "second": office["director.division-a"]}
    with break_glass(reason="ทดสอบชุดของแต่ละกอง", **people):
        page.get_latest_revision().publish(skip_permission_checks=True)
    assert states()["ของอีกกอง"] == ("current", date(2026, 12, 14))
    assert states()["สขร.1 9/2569"] == ("overdue", date(2026, 11, 13))


def test_plans_follow_each_other_whatever_page_type_they_have(office):
    plan(office, 2569)
    plan(office, 2569, ProcurementPage, title="แผนจัดซื้อ", document_kind="plan")
    assert states()["แผน 2569"] == ("overdue", date(2026, 9, 30))
    assert states()["แผนจัดซื้อ"] == ("overdue", date(2026, 9, 30))
    plan(office, 2570)
    assert states()["แผน 2569"] == ("current", None)
    assert states()["แผนจัดซื้อ"] == ("overdue", date(2026, 9, 30)), "a series of another category"


def test_a_holiday_before_the_publication_counts_where_the_month_before_ended(office):
    page = summary(office, 9)
    Holiday.objects.create(on=date(2026, 11, 5), name_th="วันหยุดพิเศษ")
    assert states()["สขร.1 9/2569"] == ("overdue", date(2026, 11, 16))
    assert 'datetime="2026-11-16"' in Client().get(page.url).content.decode()


def test_two_of_one_period_do_not_follow_each_other(office):
    plan(office, 2569, title="แผน ก")
    plan(office, 2569, title="แผน ข")
    assert {state for state, _due in states().values()} == {"overdue"}


def test_what_names_no_kind_is_in_no_series(office):
    plan(office, 2568, kind="", title="ก")
    plan(office, 2569, kind="", title="ข")
    assert None not in {due for _state, due in states().values()}


def test_evidence_of_one_item_of_the_assessment_is_a_series(office):
    plan(office, 2568, OtherPage, title="เก่า", assessment_item="O9")
    plan(office, 2569, OtherPage, title="ข้ออื่น", assessment_item="O8")
    assert states()["เก่า"][1] is not None
    plan(office, 2569, OtherPage, title="ใหม่", assessment_item="O9")
    assert states()["เก่า"] == ("current", None)


def test_a_summary_that_is_a_file_is_in_the_series_of_its_month(office):
    given = {"document_kind": "summary", "fiscal_year": 2570}
    file = office.draft(ProcurementPage, title="แฟ้ม ตุลาคม", month=10, **given)
    office.publish(file)
    office.publish(office.draft(ProcurementPage, title="ไม่ระบุเดือน", **given))
    assert states()["แฟ้ม ตุลาคม"] == ("current", date(2026, 12, 14))
    summary(office, 11)
    assert states()["แฟ้ม ตุลาคม"] == ("current", None)
    assert states()["ไม่ระบุเดือน"][1] is not None


def test_the_index_says_so_on_the_page_in_json_in_csv_and_in_the_api(office):
    first, second = summary(office, 9), summary(office, 10)

    def text(url: str) -> str:
        return Client().get(url).content.decode("utf-8-sig")

    with freeze_time("2026-11-24 12:00"):
        assert "มีฉบับถัดไปแล้ว" in text("/disclosure/")
        assert text("/en/disclosure/").count("Followed by the next one") == 1
        assert json.loads(text("/disclosure/items.json?state=overdue"))["count"] == 0
        rows = {row["id"]: row for row in json.loads(text("/disclosure/items.json"))["items"]}
        told = {key: rows[first.pk][key] for key in ("due_on", "state", "followed_by")}
        assert told == {"due_on": None, "state": "current", "followed_by": second.pk}
        assert rows[second.pk]["followed_by"] is None
        assert json.loads(text(f"/api/disclosure/{first.pk}/")) == rows[first.pk]
        lines = {
            row["id"]: row for row in csv.DictReader(io.StringIO(text("/disclosure/items.csv")))
        }
        assert lines[str(first.pk)]["followed_by"] == str(second.pk)
        assert lines[str(first.pk)]["due_on"] == lines[str(second.pk)]["followed_by"] == ""


def test_the_page_leads_on_to_the_next_one_and_names_no_due_day(office):
    first, second = summary(office, 9), summary(office, 10, title_en="Summary of October")
    page = Client().get(first.url).content.decode()
    assert "ฉบับถัดไป" in page
    assert f'href="{second.url}"' in page
    assert "ทบทวนครั้งถัดไป" not in page
    assert "Summary of October" in Client().get(f"/en{first.url}").content.decode()
    assert "ฉบับถัดไป" not in Client().get(second.url).content.decode()


def test_what_is_followed_is_not_among_what_the_home_page_calls_due(office):
    summary(office, 9)
    titles = {item.texts["title"] for item in latest_and_due(each=3, limit=9, on=ON)[1]}
    assert "สขร.1 9/2569" in titles
    summary(office, 10)
    titles = {item.texts["title"] for item in latest_and_due(each=3, limit=9, on=ON)[1]}
    assert "สขร.1 9/2569" not in titles


def test_a_long_series_costs_no_more_than_a_short_one(office):
    def cost(url: str) -> int:
        client = Client()
        client.cookies["somebody"] = "1"
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    page = summary(office, 1)
    summary(office, 2)
    few = [cost(url) for url in ("/disclosure/", "/procurement/", page.url, "/")]
    for month in range(3, 9):
        summary(office, month)
    assert [cost(url) for url in ("/disclosure/", "/procurement/", page.url, "/")] == few
    assert max(few) <= 12


@pytest.mark.parametrize(
    ("year", "month", "first", "last"),
    [
        (2570, None, date(2026, 10, 1), date(2027, 9, 30)),
        (2570, 10, date(2026, 10, 1), date(2026, 10, 31)),
        (2570, 12, date(2026, 12, 1), date(2026, 12, 31)),
        (2571, 2, date(2028, 2, 1), date(2028, 2, 29)),
        (2570, 9, date(2027, 9, 1), date(2027, 9, 30)),
    ],
)
def test_the_days_of_a_fiscal_year_and_of_its_months(year, month, first, last):
    period = period_of(year, month)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("year", [None, 0, 543, 99999])
def test_a_year_that_is_none_has_no_days(year):
    assert period_of(year) is None


def test_a_month_of_a_file_needs_its_fiscal_year(office):
    page = office.draft(ProcurementPage, title="แฟ้ม", document_kind="summary")
    page.month = 10
    with pytest.raises(ValidationError) as caught:
        page.full_clean()
    assert list(caught.value.message_dict) == ["fiscal_year"]
