"""Annex 2.1: what a report counts, where, and in a number of queries that never grows."""

import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time

from otp_policy.ledger import canonical_json
from otp_policy.reporting import FiscalPeriod
from otp_policy.wagtail.executive_reports.figures import figures_of
from otp_policy.wagtail.executive_reports.tables import missing_parts, tables_of
from otp_policy.wagtail.information_requests.models import InformationRequest
from otp_policy.wagtail.models import Publication, Slot, Unit, Withdrawal
from otp_policy.wagtail.monitoring.models import (
    Attestation,
    DueItem,
    ErrorReport,
    ReviewStage,
    UpdateRequest,
)
from otp_policy.wagtail.syndication.models import Attempt, Delivery, Readers
from otp_policy.wagtail.usage.models import Use

from .making import AFTER, YEAR, at, put_out

pytestmark = pytest.mark.django_db
WHOLE = FiscalPeriod.of(YEAR, starts_month=10)
ON = date(2026, 11, 16)


def quarter(number):
    return FiscalPeriod.of(YEAR, number, starts_month=10)


def total(period=WHOLE):
    return figures_of(period, on=ON)["items"]["total"]


def one(rows, **said):
    [row] = [row for row in rows if all(row[name] == value for name, value in said.items())]
    return row


@pytest.fixture
def director(office):
    return office["director.office"]


@pytest.mark.parametrize(
    ("when", "year", "in_quarter"),
    [
        ("2025-09-30 23:59", 2025, 4),
        ("2025-10-01 00:00", 2026, 1),
        ("2025-12-31 23:59", 2026, 1),
        ("2026-01-01 00:00", 2026, 2),
        ("2026-03-31 23:59", 2026, 2),
        ("2026-04-01 00:00", 2026, 3),
        ("2026-09-30 23:59", 2026, 4),
        ("2026-10-01 00:00", 2027, 1),
    ],
)
def test_a_publication_counts_in_its_quarter_by_the_clock_of_bangkok(
    office, director, when, year, in_quarter
):
    put_out(office.draft(), when, by=director)
    for fiscal_year in (2025, 2026, 2027):
        period = FiscalPeriod.of(fiscal_year, starts_month=10)
        found = figures_of(period, on=ON)["items"]
        is_its = fiscal_year == year
        assert found["total"]["published"] == is_its
        by_quarter = {row["quarter"]: row["published"] for row in found["quarters"]}
        assert by_quarter == {n: int(is_its and n == in_quarter) for n in (1, 2, 3, 4)}
        for number in (1, 2, 3, 4):
            period = FiscalPeriod.of(fiscal_year, number, starts_month=10)
            counted = figures_of(period, on=ON)["items"]["total"]["published"]
            assert counted == (is_its and number == in_quarter)


def test_the_first_text_is_published_and_the_next_an_update(office, director):
    page, old, other = office.draft(), office.draft(title="ข่าวปีก่อน"), office.other()
    put_out(old, "2025-08-01 09:00", by=director)
    put_out(old, "2025-11-01 09:00", by=director)
    put_out(page, "2026-01-05 09:00", by=director)
    put_out(page, "2026-02-05 09:00", by=director, material=True)
    put_out(page, "2026-05-05 09:00", by=director, material=False)
    put_out(other, "2026-06-05 09:00", by=director)
    found = figures_of(WHOLE, on=ON)["items"]
    counts = {name: found["total"][name] for name in ("published", "updated", "corrected")}
    assert counts == {"published": 2, "updated": 3, "corrected": 2}
    assert found["total"]["material"] == 1
    news = one(found["cells"], unit="division-a", category="news")
    assert (news["published"], news["updated"]) == (1, 3)
    assert one(found["categories"], category="other")["published"] == 1
    assert one(found["units"], unit="division-a")["updated"] == 3
    assert [row["updated"] for row in found["quarters"]] == [1, 1, 1, 0]


def test_what_was_taken_over_as_it_stood_is_no_update(office, director):
    page = office.draft()
    put_out(page, "2026-01-05 09:00", by=director, kind="baseline")
    assert total()["published"] == 0
    put_out(page, "2026-02-05 09:00", by=director)
    assert (total()["published"], total()["updated"]) == (0, 1)


def test_the_time_from_draft_to_public_begins_after_the_text_before(office, director):
    page, other = office.draft(), office.draft(title="อีกข่าว")
    put_out(page, "2026-01-05 10:00", by=director, written="2026-01-05 08:00")
    put_out(page, "2026-02-05 10:00", by=director, written="2026-02-05 09:30")
    put_out(other, "2026-03-05 10:00", by=director, written="2026-03-04 10:00")
    found = total()
    assert (found["draft_minutes_median"], found["draft_minutes_longest"]) == (120, 1440)


def test_lateness_counts_from_a_whole_minute(office, director):
    put_out(office.draft(), "2026-01-05 10:00", by=director, late_minutes=0)
    put_out(office.draft(title="ช้า"), "2026-01-06 10:00", by=director, late_minutes=1)
    put_out(office.draft(title="ช้ามาก"), "2026-01-07 10:00", by=director, late_minutes=90)
    assert (total()["late"], total()["late_minutes_longest"]) == (2, 90)


def test_withdrawals_attestations_and_readers_reports_count_when_they_happened(office, director):
    page = office.draft()
    publication = put_out(page, "2025-08-05 10:00", by=director)
    said = {"page_id": page.pk, "publication": publication, "asked_by": director}
    last, next_year = at("2026-09-30 23:59"), at("2026-10-01 00:00")
    for instant in (last, next_year):
        Withdrawal.objects.create(
            **said, reason="ผิด", state="approved", asked_at=instant, decided_at=instant
        )
        Attestation.objects.create(
            **said, note="ตรวจแล้ว", state="approved", asked_at=instant, decided_at=instant
        )
        ErrorReport.objects.create(
            page_id=page.pk, title="ข่าว", unit=page.owning_unit, category="news", kind="wrong",
            text="ผิด", at=instant,
        )  # fmt: skip
    Withdrawal.objects.create(**said, reason="ผิด", state="rejected", asked_at=last, decided_at=last)
    Attestation.objects.create(**said, note="ยัง", state="rejected", asked_at=last, decided_at=last)
    counts = {name: total()[name] for name in ("withdrawn", "attested", "reported")}
    assert counts == {"withdrawn": 1, "attested": 1, "reported": 1}
    assert total(quarter(4))["withdrawn"] == 1
    assert total(quarter(3))["withdrawn"] == 0


def test_a_review_that_was_overdue_is_missed_once_whoever_noticed_it(office):
    page, other, not_yet = office.draft(), office.draft(title="ข"), office.draft(title="ค")
    due = {"category": "news", "unit": page.owning_unit, "last_reviewed_on": date(2026, 1, 1)}
    DueItem.objects.all().delete()
    for offset in (-14, 0, 7, 30):
        ReviewStage.objects.create(
            page_id=page.pk, due_on=date(2026, 9, 30), offset=offset, at=at("2026-10-30 09:00")
        )
    # Still overdue, and reminded of before: the same day is one miss.
    DueItem.objects.create(page_id=page.pk, due_on=date(2026, 9, 30), **due)
    # Reminded of on its day, and done after that: nobody noticed that it was late.
    ReviewStage.objects.create(
        page_id=other.pk, due_on=date(2026, 5, 1), offset=0, at=at("2026-05-01 09:00")
    )
    DueItem.objects.create(page_id=other.pk, due_on=date(2026, 10, 1), **due)
    DueItem.objects.create(page_id=not_yet.pk, due_on=ON, **due)
    found = figures_of(WHOLE, on=ON)["items"]
    assert found["total"]["missed"] == 1
    assert [row["missed"] for row in found["quarters"]] == [0, 0, 0, 1]
    following = FiscalPeriod.of(2027, starts_month=10)
    # What is due today is not missed yet.
    assert total(following)["missed"] == 1


def test_what_belongs_to_no_item_any_more_is_counted_apart(office, director):
    page = office.draft()
    put_out(page, "2026-01-05 10:00", by=director)
    put_out(type(page)(pk=987654), "2026-01-05 10:00", by=director)
    found = figures_of(WHOLE, on=ON)
    assert one(found["items"]["cells"], unit="", category="")["published"] == 1
    assert found["items"]["total"]["published"] == 2
    [table] = [one for one in tables_of(found) if one.code == "cells"]
    assert any("" not in row[:2] and row[0] == row[1] for row in table.rows)


def request_for_update(office, number, state="open", wanted="2026-02-01", met=None, **more):
    return UpdateRequest.objects.create(
        unit=Unit.objects.get(code="division-a"), category="news", what=f"ปรับ {number}",
        wanted_by=date.fromisoformat(wanted), asked_by=office["publisher.web"],
        asked_at=at("2026-01-05 09:00"), state=state,
        met_on=date.fromisoformat(met) if met else None, **more,
    )  # fmt: skip


def test_update_requests_are_met_in_time_up_to_their_day(office):
    request_for_update(office, 1, "met", met="2026-02-01")
    request_for_update(office, 2, "met", met="2026-02-02")
    request_for_update(office, 3, "called_off")
    request_for_update(office, 4)
    request_for_update(office, 5, wanted=ON.isoformat())
    [row] = figures_of(WHOLE, on=ON)["requests"]
    assert row == {
        "unit": "division-a", "category": "news", "asked": 5, "met_in_time": 1, "met_late": 1,
        "called_off": 1, "open": 2, "late": 1,
    }  # fmt: skip
    assert figures_of(quarter(1), on=ON)["requests"] == []


def case(number, received, closed=None, due="2026-01-20", outcome=""):
    return InformationRequest.objects.create(
        year=2569, number=number, secret_digest="0" * 64, via="web", wants="copy", language="th",
        received_on=date.fromisoformat(received), registered_at=at(f"{received} 09:00"),
        clock="information_request", owner=Unit.objects.get(code="data_centre"),
        due_on=date.fromisoformat(due) if due else None,
        closed_on=date.fromisoformat(closed) if closed else None, outcome=outcome,
        subject="ขอข้อมูลของนายสมชาย",
    )  # fmt: skip


def test_requests_for_information_are_numbers_and_nothing_of_who_asks(office):
    case(1, "2026-01-05", "2026-01-20", outcome="full")
    case(2, "2026-01-05", "2026-01-21", outcome="refused")
    case(3, "2026-01-05")
    case(4, "2026-09-30", due=ON.isoformat())
    case(5, "2026-10-01")
    found = figures_of(WHOLE, on=ON)
    said = found["information"]
    assert {name: said[name] for name in ("received", "closed_in_time", "closed_late")} == {
        "received": 4, "closed_in_time": 1, "closed_late": 1,
    }  # fmt: skip
    assert (said["open"], said["open_late"]) == (1, 1)
    assert (said["days_median"], said["days_longest"]) == (15, 16)
    assert said["outcomes"] == {"full": 1, "refused": 1}
    assert said["quarters"] == {"2": 3, "4": 1}
    assert "สมชาย" not in json.dumps(found, ensure_ascii=False)


def test_the_use_of_the_website_by_month_and_category_without_the_words(office):
    for day, kind, category, number in (
        ("2025-10-01", "view", "news", 3),
        ("2025-10-31", "view", "", 4),
        ("2026-09-30", "view", "news", 5),
        ("2026-09-30", "download", "", 6),
        ("2026-10-01", "view", "news", 700),
    ):
        Use.objects.create(
            day=day, kind=kind, category=category, number=number, name=f"{day}{kind}"
        )
    Use.objects.create(day="2026-01-02", kind="search", number=9, name="นายสมชาย ใจดี")
    found = figures_of(WHOLE, on=ON)
    assert found["use"]["totals"] == {"view": 12, "download": 6, "search": 9, "found_nothing": 0}
    months = [(row["month"], row["view"]) for row in found["use"]["months"]]
    assert months == [("2025-10", 7), ("2026-01", 0), ("2026-09", 5)]
    assert found["use"]["categories"] == [{"category": "news", "view": 8}]
    assert "สมชาย" not in json.dumps(found, ensure_ascii=False)


def delivery(office, page, publication, number, state="sent", when="2026-01-05 09:00"):
    slot = Slot.objects.create(
        page_id=page.pk, channel="line", at=at(when), state="used",
        proposed_by=office["pr.division-a"], confirmed_by=office["publisher.social"],
    )  # fmt: skip
    row = Delivery.objects.create(
        page_id=page.pk + number, channel="line", publication=publication, slot=slot,
        reference=f"r{number}", payload={}, state=state, due_at=at(when),
    )  # fmt: skip
    Delivery.objects.filter(pk=row.pk).update(created_at=at(when))
    return row


def test_channels_tell_what_was_sent_what_is_stuck_and_what_failed(office, director):
    page = office.draft()
    publication = put_out(page, "2026-01-05 09:00", by=director)
    sent = delivery(office, page, publication, 1)
    delivery(office, page, publication, 2, state="held")
    delivery(office, page, publication, 3, when="2026-10-01 00:00")
    Readers.objects.create(delivery=sent, reached=50, saw=20, asked_at=at(AFTER))
    for outcome in ("not_sent", "unknown", "sent"):
        Attempt(delivery=sent, at=at("2026-01-05 09:00"), kind="send", outcome=outcome).save()
    [row] = figures_of(WHOLE, on=ON)["channels"]
    assert row == {
        "channel": "line", "owed": 2, "sent": 1, "stuck": 1, "posted": 0, "reached": 50,
        "saw": 20, "followed": None, "failures": 2,
    }  # fmt: skip


def count_queries():
    with CaptureQueriesContext(connection) as captured:
        found = figures_of(WHOLE, on=ON)
    return len(captured), found


def test_the_queries_are_at_most_fifteen_however_many_items_there_are(office, director):
    few, _found = count_queries()
    assert few <= 15
    page = office.draft()
    first = put_out(page, "2026-01-05 10:00", by=director, written="2026-01-05 08:00")
    begun = at("2026-02-01 09:00")
    Publication.objects.bulk_create(
        Publication(
            page_id=500_000 + number, revision_id=0, approval=first.approval, digest="sha256:a",
            recipe=1, scheduled_at=begun, at=begun + timedelta(minutes=number),
        )
        for number in range(3000)
    )  # fmt: skip
    for number in range(40):
        request_for_update(office, number)
        case(number, "2026-01-05", "2026-01-20", outcome="full")
        Use.objects.create(day="2026-01-02", kind="view", number=1, name=f"/{number}/")
        delivery(office, page, first, number)
        DueItem.objects.update_or_create(
            page_id=900_000 + number,
            defaults={"category": "news", "unit": page.owning_unit, "due_on": date(2026, 5, 1)},
        )
    many, found = count_queries()
    assert many == few
    assert found["items"]["total"]["published"] == 3001
    assert found["items"]["total"]["missed"] == 40


def test_the_figures_are_values_that_canonical_json_takes(office, director):
    put_out(office.draft(), "2026-01-05 10:00", by=director, written="2026-01-05 08:00")
    case(1, "2026-01-05", "2026-01-20", outcome="full")
    Use.objects.create(day="2026-01-02", kind="view", number=1, name="/")
    found = figures_of(WHOLE, on=ON)
    assert json.loads(canonical_json(found)) == found


def test_what_is_not_installed_is_said_and_the_rest_is_counted(office, director, monkeypatch):
    put_out(office.draft(), "2026-01-05 10:00", by=director)
    installed = apps.is_installed
    gone = ("monitoring", "usage", "information_requests", "syndication")
    missing = {f"otp_policy.wagtail.{name}" for name in gone}
    monkeypatch.setattr(apps, "is_installed", lambda name: name not in missing and installed(name))
    found = figures_of(WHOLE, on=ON)
    assert found["items"]["total"]["published"] == 1
    assert found["absent"] == ["channels", "information", "requests", "standing", "use"]
    assert len(missing_parts(found)) == 5
    codes = [table.code for table in tables_of(found)]
    assert codes == ["summary", "quarters", "units", "categories", "cells"]


@freeze_time(AFTER)
def test_an_agencys_own_names_are_kept_in_the_figures(office):
    Unit.objects.filter(code="division-a").update(name_th="กอง ก ชื่อเดิม", name_en="")
    names = figures_of(WHOLE)["names"]
    assert names["units"]["division-a"] == {"th": "กอง ก ชื่อเดิม", "en": "กอง ก ชื่อเดิม"}
    assert names["categories"]["news"]["en"]


def test_a_chart_shows_updates_made_beside_those_missed(office, director):
    page = office.draft()
    put_out(page, "2026-01-05 10:00", by=director)
    put_out(page, "2026-02-05 10:00", by=director)
    ReviewStage.objects.create(
        page_id=page.pk, due_on=date(2026, 5, 1), offset=7, at=at("2026-05-08 09:00")
    )
    [table] = [one for one in tables_of(figures_of(WHOLE, on=ON)) if one.code == "quarters"]
    assert [(bar.number, bar.share, bar.series) for bar in table.chart] == [
        (0, 0, 0), (0, 0, 1), (2, 100, 0), (0, 0, 1), (0, 0, 0), (1, 50, 1), (0, 0, 0), (0, 0, 1),
    ]  # fmt: skip
    assert [row[1] for row in table.rows] == [0, 2, 0, 0]
    # Where nothing happened, there is nothing to draw.
    [empty] = [one for one in tables_of(figures_of(quarter(1), on=ON)) if one.code == "units"]
    assert empty.chart == ()
