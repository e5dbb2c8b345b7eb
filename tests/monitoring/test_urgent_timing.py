"""Annex 2.1, “immediately”: important and urgent items are timed from received to public."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from freezegun import freeze_time

from otp_policy.wagtail.monitoring.urgent_timing import summary_of, timings
from otp_policy.wagtail.urgency import lift_urgency, mark_urgent
from tests.office import fresh

pytestmark = pytest.mark.django_db


def marked(office, title, reason="urgent"):
    page = office.draft(title=title)
    mark_urgent(page, office["pr.division-a"], reason=reason)
    return page


def test_the_time_runs_from_the_mark_until_public(office):
    with freeze_time("2026-11-24 03:00") as clock:
        done, waiting, lifted = (marked(office, title) for title in ("ก", "ข", "ค"))
        clock.tick(timedelta(minutes=90))
        office.publish(done)
        lift_urgency(fresh(lifted), office["pr.division-a"])
        clock.tick(timedelta(minutes=30))
        found = timings(timezone.now())
        assert [(one.title, one.minutes, one.public_at is None) for one in found] == [
            ("ข", 120, True),
            ("ก", 90, False),
        ]
        summary = summary_of(found)
        assert (summary.count, summary.running) == (2, 1)
        assert (summary.median_minutes, summary.longest_minutes) == (90, 90)
        # What was lifted once it was public stays in the report.
        lift_urgency(fresh(done), office["pr.division-a"])
        assert len(timings(timezone.now())) == 2
        assert waiting.pk == found[0].page_id


def test_nothing_marked_is_a_report_too():
    summary = summary_of(timings(timezone.now()))
    assert (summary.count, summary.median_minutes) == (0, None)


def test_the_screen_shows_it_in_one_query_more(office):
    client = Client()
    client.force_login(office["publisher.web"])
    address = "/admin/freshness/urgent/"
    marked(office, "ข่าวด่วน")
    client.get(address)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address).content.decode()
        assert "ข่าวด่วน" in page
        return len(captured)

    few = cost()
    for number in range(3):
        marked(office, f"อีก {number}")
    assert cost() == few
