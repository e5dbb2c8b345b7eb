"""What waits for the reader and for others: who has it, since when, in few queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from otp_policy.wagtail import schedule
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.urgency import mark_urgent
from otp_policy.wagtail.waiting import waiting_for
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db


def lists(office, username: str) -> dict[str, list[int]]:
    found = waiting_for(office[username])
    names = ("decisions", "slots", "own", "others")
    return {name: [row.item.page_id for row in getattr(found, name)] for name in names}


def test_a_submitted_item_waits_for_its_director_and_for_others_of_its_unit(office):
    page = office.submit(office.draft())
    assert lists(office, "director.division-a")["decisions"] == [page.pk]
    assert lists(office, "pr.division-a")["others"] == [page.pk]
    assert lists(office, "director.division-b") == {
        "decisions": [], "slots": [], "own": [], "others": []
    }  # fmt: skip
    with translation.override("en"):
        row = waiting_for(office["pr.division-a"]).others[0]
        assert "Approve: Division director" in row.what
        assert row.since == fresh(page).current_workflow_task_state.started_at


def test_own_work_waits_for_others(office):
    page = office.submit(office.edit(office.draft(), by="director.division-a", summary="แก้เอง"))
    assert lists(office, "director.division-a")["decisions"] == []
    assert lists(office, "director.division-a")["others"] == [page.pk]
    assert lists(office, "director.office")["decisions"] == [page.pk]


def test_the_unit_of_the_draft_decides_and_not_that_of_the_live_text(office):
    page = office.publish(office.draft())
    page = office.submit(office.edit(page, owning_unit=Unit.objects.get(code="division-b")))
    assert lists(office, "director.division-b")["decisions"] == [page.pk]
    assert lists(office, "director.division-a")["decisions"] == []


def test_a_time_waits_for_the_channels_unit_and_its_answer_for_the_division(office):
    page = office.draft()
    schedule.propose(page, office["pr.division-a"], channel="line", at=in_an_hour())
    assert lists(office, "publisher.social")["slots"] == [page.pk]
    assert lists(office, "publisher.web")["slots"] == []
    assert page.pk in lists(office, "pr.division-a")["others"]
    schedule.counter(page, office["publisher.social"], channel="line", at=in_an_hour())
    assert lists(office, "pr.division-a")["slots"] == [page.pk]
    assert lists(office, "publisher.social")["others"] == [page.pk]


def test_changes_asked_for_wait_for_the_division(office):
    page = office.submit(office.draft())
    office.decide(page, "director.division-a", "reject", comment="แก้")
    assert lists(office, "pr.division-a")["own"] == [page.pk]
    assert lists(office, "director.division-a")["others"] == [page.pk]


def test_an_approved_item_waits_for_its_time(office):
    page = office.draft()
    office.agree(page, at=in_an_hour())
    page = office.approve(page)
    found = lists(office, "pr.division-a")
    assert (found["own"], found["others"]) == ([], [page.pk])


def test_urgent_items_come_first(office):
    first, urgent = office.submit(office.draft()), office.submit(office.draft())
    mark_urgent(urgent, office["pr.division-a"], reason="important")
    assert lists(office, "director.division-a")["decisions"] == [urgent.pk, first.pk]


@pytest.mark.parametrize("url", ["/admin/", "/admin/measures/"])
def test_more_items_take_no_more_queries(client, office, url):
    client.force_login(office["director.division-a"])

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(url).status_code == 200
        return len(caught)

    for _number in range(2):
        office.agree(office.submit(office.draft()), at=in_an_hour())
    few = queries()
    for _number in range(6):
        office.agree(office.submit(office.draft()), at=in_an_hour())
    assert queries() == few


def test_long_lists_have_pages(client, office, monkeypatch):
    monkeypatch.setattr("otp_policy.wagtail.views.waiting.ROWS_PER_PAGE", 2)
    for number in range(3):
        office.submit(office.draft(title=f"ข่าวที่ {number}"))
    client.force_login(office["director.division-a"])
    url = reverse("otp_policy:waiting")
    first, second = (client.get(f"{url}?decisions={n}").content.decode() for n in (1, 2))
    assert "ข่าวที่ 0" in first
    assert "ข่าวที่ 2" not in first
    assert "ข่าวที่ 2" in second
