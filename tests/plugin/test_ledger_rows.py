"""Every row of the ledger says by which policy, on which text, in which role, by which order."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from otp_policy.wagtail import schedule
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import LedgerEntry, Slot
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.syndication.drain import drain
from tests.office import fresh

pytestmark = pytest.mark.django_db


def rows(page) -> dict[str, dict]:
    found = LedgerEntry.objects.filter(page_id=page.pk).order_by("seq")
    return {row.action: json.loads(row.body) for row in found}


def test_each_step_of_an_item_says_all_of_it(office):
    page = office.publish(office.other(), "website", "line")
    drain()
    fresh(page).unpublish(user=office["publisher.web"])
    found = rows(page)
    roles = {
        "propose_slot": ("pr.division-a", "pr_representative", "division-a"),
        "submit": ("pr.division-a", "pr_representative", "division-a"),
        "endorse": ("director.division-a", "division_director", "division-a"),
        "approve": ("director.office", "office_director", ""),
        "publish": ("publisher.web", "web_publisher", "data_centre"),
        "enqueue": ("publisher.social", "social_publisher", "yp"),
    }
    for action, (name, role, unit) in roles.items():
        row = found[action]
        assert (row["actor"]["username"], row["role"], row["unit"]) == (name, role, unit), action
    assert found["take_down"]["role"] in ("web_publisher", "")
    for action, row in found.items():
        assert row["policy"] == current_policy().label
        assert row["digest"].startswith("sha256:"), action
        assert "order" in row
    assert found["publish"]["via"] == "dispatcher"


def test_a_delegates_rows_name_the_order(office):
    today = timezone.localdate()
    office.delegate("pr.division-b", first=today, last=today)
    page = office.submit(office.draft())
    office.decide(page, "pr.division-b")
    assert rows(page)["approve"]["order"] == "12/2569"


def test_what_the_dispatcher_refuses_is_in_the_name_of_who_confirmed(office):
    page = office.draft()
    office.agree(page)
    office.approve(page)
    office["publisher.web"].otp_posts.all().update(until_on=timezone.localdate() - timedelta(1))
    publish_due()
    row = rows(page)["publish_refused"]
    assert Slot.objects.get().state == Slot.State.HELD
    assert (row["actor"]["username"], row["role"], row["via"]) == (
        "publisher.web",
        "web_publisher",
        "dispatcher",
    )
    assert row["digest"] == rows(page)["approve"]["digest"]


def test_a_unit_that_holds_and_sends_says_so_with_its_role(office):
    page = office.draft()
    office.agree(page)
    schedule.hold(page, office["publisher.web"], channel="website", note="รอ")
    row = rows(page)["hold_slot"]
    assert (row["role"], row["unit"], row["note"]) == ("web_publisher", "data_centre", "รอ")
    assert row["digest"].startswith("sha256:")
