"""Annex 2.1: the overview, the matrix and the report, with their filters and their files."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.monitoring.models import DueItem
from otp_policy.wagtail.monitoring.reckoning import catch_up
from otp_policy.wagtail.monitoring.standing import matrix, total, totals
from otp_policy.wagtail.monitoring.views import dashboard

pytestmark = pytest.mark.django_db
SCREENS = ("", "matrix/", "report/", "report.csv")
MOST_QUERIES = 15


@pytest.fixture
def reader(office):
    client = Client()
    client.force_login(office["pr.division-b"])
    return client


@pytest.fixture
def items(office):
    """One item of each state, the overdue one of division B."""
    pages = [office.publish(office.draft(title=f"ข่าว {name}")) for name in ("ก", "ข", "ค")]
    pages.append(office.draft(title="ร่าง"))
    catch_up()
    today = office_day()
    for page, days in zip(pages, (-3, 5, 90), strict=False):
        rows = DueItem.objects.filter(pk=page.pk)
        soon = today + timedelta(days=days - 30)
        rows.update(due_on=today + timedelta(days=days), due_soon_on=soon)
    theirs = Unit.objects.get(code="division-b")
    DueItem.objects.filter(pk=pages[0].pk).update(unit=theirs)
    return pages


def text_of(client, address):
    answer = client.get(f"/admin/freshness/{address}")
    assert answer.status_code == 200
    return (b"".join(answer) if answer.streaming else answer.content).decode("utf-8-sig")


def rows_of(client, query=""):
    return list(csv.DictReader(io.StringIO(text_of(client, f"report.csv?{query}"))))


def test_the_overview_counts_by_division_and_category_and_names_what_is_missing(reader, items):
    page = text_of(reader, "")
    assert "เกินกำหนดทบทวน: 1" in page
    assert "ยังไม่เคยเผยแพร่: 1" in page
    assert "แผนการจัดซื้อจัดจ้าง" in page  # nothing of it is public
    english = Client()
    assert english.get("/admin/freshness/").status_code == 302  # to the login


def test_the_matrix_shows_the_overdue_of_each_division(reader, items):
    page = text_of(reader, "matrix/")
    assert "<strong>1</strong> / 1" in " ".join(page.split())
    assert "unit=division-b&amp;category=news" in page


def test_filters_narrow_the_list_and_nonsense_narrows_nothing(reader, items):
    assert [row["title"] for row in rows_of(reader)] == ["ข่าว ก", "ข่าว ข", "ข่าว ค", "ร่าง"]
    assert [row["title"] for row in rows_of(reader, "state=overdue")] == ["ข่าว ก"]
    assert [row["title"] for row in rows_of(reader, "state=due_soon")] == ["ข่าว ข"]
    assert [row["title"] for row in rows_of(reader, "state=missing")] == ["ร่าง"]
    assert [row["title"] for row in rows_of(reader, "unit=division-b")] == ["ข่าว ก"]
    assert rows_of(reader, "category=procurement") == []
    assert len(rows_of(reader, "category=x&state=y&unit=z")) == 4


def test_a_row_says_what_is_late_by_how_much_and_by_which_clause(reader, items):
    [row] = rows_of(reader, "state=overdue")
    assert row["days_overdue"] == "3"
    assert row["due_on"] == (office_day() - timedelta(days=3)).isoformat()
    assert row["clause"] == "annex 2.1"
    assert row["unit"] == str(Unit.objects.get(code="division-b"))
    page = text_of(reader, "report/?state=overdue")
    assert "ข่าว ก" in page
    assert "ข่าว ข" not in page


def test_the_workbook_has_the_same_rows_and_runs_no_formula(office, reader, items, monkeypatch):
    office.draft(title='=HYPERLINK("x")')
    answer = reader.get("/admin/freshness/report.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert len(lines) == 1 + 5
    assert lines[1][1] == "ข่าว ก"
    assert sheet.cell(6, 2).value == '=HYPERLINK("x")'
    assert sheet.cell(6, 2).data_type == "s"
    assert rows_of(reader, "state=missing")[1]["title"] == '\'=HYPERLINK("x")'
    monkeypatch.setattr(dashboard, "MOST_ROWS_OF_WORKBOOK", 4)
    refused = reader.get("/admin/freshness/report.xlsx")
    assert refused.status_code == 422
    assert "CSV" in refused.content.decode()


def test_who_has_no_part_in_the_measures_sees_nothing(office, items, django_user_model):
    from django.contrib.auth.models import Permission

    nobody = django_user_model.objects.create_user("temp.account", "t@example.invalid", "x")
    nobody.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(nobody)
    for screen in (*SCREENS, "report.xlsx"):
        answer = client.get(f"/admin/freshness/{screen}")
        assert answer.status_code in (302, 403)
        assert "ข่าว ก" not in answer.content.decode()


def test_more_items_take_no_more_queries(office, reader, items):
    chief = Client()
    chief.force_login(office["admin"])  # Wagtail's own menu asks least of all for them

    def cost(client, address):
        with CaptureQueriesContext(connection) as captured:
            text_of(client, address)
        return len(captured)

    for screen in SCREENS:
        cost(reader, screen), cost(chief, screen)
    few = [cost(client, screen) for client in (reader, chief) for screen in SCREENS]
    unit = Unit.objects.get(code="division-a")
    DueItem.objects.bulk_create(
        DueItem(page_id=10_000 + number, category="news", unit=unit, last_reviewed_on=office_day())
        for number in range(120)
    )
    assert [cost(client, screen) for client in (reader, chief) for screen in SCREENS] == few
    assert cost(chief, "report/?page=2&unit=division-a") <= MOST_QUERIES
    assert max(few[len(SCREENS) :]) <= MOST_QUERIES


def test_the_counts_of_the_whole_office_are_those_of_its_cells(items):
    on = office_day()
    whole = totals(on)
    assert whole == total(matrix(DueItem.objects.all(), on))
    assert [whole[state] for state in ("missing", "current", "due_soon", "overdue")] == [1, 1, 1, 1]
