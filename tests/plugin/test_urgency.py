"""Annex 2.1: important or urgent items have a timer, go first, and reach all who may decide."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from otp_policy.wagtail import schedule
from otp_policy.wagtail.adapters import ask
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import LedgerEntry, Publication, UrgentMark
from otp_policy.wagtail.publishing import due_slots, publish_due
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.signals import urgent_item_submitted
from otp_policy.wagtail.urgency import lift_urgency, mark_urgent, timer_of, who_may_decide
from otp_policy.wagtail.waiting import waiting_for
from tests.editor_forms import NEWS_PARTS
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db


def marked(office, page, by="pr.division-a", reason="urgent"):
    return mark_urgent(page, office[by], reason=reason)


@pytest.fixture
def told():
    heard = []

    def listen(sender, page, mark, deciders, **kwargs):
        heard.append((page.pk, mark.reason, {user.get_username() for user in deciders}))

    urgent_item_submitted.connect(listen)
    yield heard
    urgent_item_submitted.disconnect(listen)


def test_annex_2_1_the_division_or_the_websites_owner_marks_and_nobody_else(office):
    page = office.draft()
    for name in ("pr.division-b", "director.division-a", "publisher.social", "admin"):
        with pytest.raises(PolicyRefusal):
            marked(office, page, by=name)
    with pytest.raises(PolicyRefusal):
        marked(office, page, reason="because")
    marked(office, page)
    marked(office, page, by="publisher.web", reason="important")
    assert list(UrgentMark.objects.filter(lifted_at=None).values_list("reason", flat=True)) == [
        "important"
    ]


def test_another_reason_does_not_start_the_timer_anew(office):
    page = office.draft()
    first = marked(office, page)
    UrgentMark.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(minutes=9))
    marked(office, page, reason="important")
    assert timer_of(page.pk).minutes == 9


def test_step_5_urgency_skips_no_approval(office):
    page = office.draft()
    marked(office, page)
    office.agree(page)
    assert publish_due() == 0
    office.approve(page)
    assert publish_due() == 1


def test_annex_2_1_all_who_may_approve_are_told_delegates_included(office, told):
    today = office_day()
    office.delegate("pr.division-b", first=today, last=today)
    page = office.draft()
    marked(office, page)
    assert told == []
    office.submit(page)
    assert told == [
        (page.pk, "urgent", {"director.division-a", "director.office", "pr.division-b"})
    ]
    other = office.submit(office.draft(title="ข่าวที่สอง"))
    assert len(told) == 1
    marked(office, other, reason="important")  # an item that waits already
    assert told[1][:2] == (other.pk, "important")
    office.delegate("publisher.web", first=today + timedelta(days=1), last=today)
    assert office["publisher.web"] not in who_may_decide(page)


def test_annex_2_1_urgent_items_stand_at_the_head_of_every_queue(office):
    pages = [office.draft(title=f"ข่าว {number}") for number in range(3)]
    for page in pages:
        schedule.propose(page, office["pr.division-a"], channel="website", at=timezone.now())
        office.submit(page)
    marked(office, pages[2])
    director, web = office["director.division-a"], office["publisher.web"]
    assert waiting_for(director).decisions[0].item.page_id == pages[2].pk
    assert waiting_for(web).slots[0].item.page_id == pages[2].pk
    for page in pages:
        schedule.confirm(page, web, channel="website")
    by_key = {slot.pk: slot.page_id for slot in schedule.Slot.objects.all()}
    assert by_key[due_slots(timezone.now())[0]] == pages[2].pk


def test_the_timer_runs_from_the_mark_until_public_and_stays_on_record(client, office):
    page = office.draft()
    mark = marked(office, page)
    assert timer_of(page.pk).is_running
    UrgentMark.objects.filter(pk=mark.pk).update(at=timezone.now() - timedelta(minutes=42))
    office.publish(page)
    timer = timer_of(page.pk)
    assert not timer.is_running
    assert timer.minutes == 42
    client.login(username="pr.division-a", password=PASSWORD)
    text = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert "เผยแพร่ภายใน 42 นาที" in text
    assert [
        json.loads(row.body)["reason"] for row in LedgerEntry.objects.filter(action="mark_urgent")
    ] == ["urgent"]


def test_a_mark_that_was_lifted_puts_nothing_first(office):
    page = office.draft()
    marked(office, page)
    with pytest.raises(PolicyRefusal):
        lift_urgency(page, office["director.division-a"])
    lift_urgency(page, office["pr.division-a"])
    assert timer_of(page.pk) is None
    assert LedgerEntry.objects.filter(action="lift_urgency").exists()


def test_annex_2_1_the_centre_corrects_an_urgent_item_itself(office):
    page = office.publish(office.draft())
    web = office["publisher.web"]
    assert ask(page, "correct", web).reasons
    marked(office, page, by="publisher.web")
    assert ask(page, "correct", web).allowed


def test_the_door_marks_and_lifts(client, office):
    page = office.draft()
    door = reverse("otp_policy:urgent", args=(page.pk,))
    client.login(username="director.division-a", password=PASSWORD)
    client.post(door, {"reason": "urgent"})
    assert timer_of(page.pk) is None
    client.login(username="pr.division-a", password=PASSWORD)
    client.post(door, {"reason": "urgent"})
    assert timer_of(page.pk).mark.reason == "urgent"
    client.post(door, {"act": "lift"})
    assert timer_of(page.pk) is None


def test_step_4_what_a_stopped_dispatcher_missed_goes_out_and_its_lateness_is_shown(office):
    page = office.draft()
    office.agree(page, at=timezone.now() - timedelta(minutes=7))
    office.approve(page)
    assert not fresh(page).live  # nobody published meanwhile
    assert publish_due() == 1
    assert Publication.objects.get().lateness_seconds >= 420
    late = json.loads(LedgerEntry.objects.get(action="publish").body)["late_seconds"]
    assert late >= 420
    client = Client()
    client.login(username="pr.division-a", password=PASSWORD)
    text = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert "ช้ากว่ากำหนด 7 นาที" in text


@pytest.mark.parametrize("by_editor", [False, True])
def test_step_1_both_doors_take_an_item_back_and_the_ledger_says_so(client, office, by_editor):
    page = office.submit(office.draft())
    client.login(username="pr.division-a", password=PASSWORD)
    if by_editor:
        client.post(
            reverse("wagtailadmin_pages:edit", args=(page.pk,)),
            {**NEWS_PARTS, "action-cancel-workflow": "1"},
        )
    else:
        client.post(reverse("otp_policy:recall", args=(page.pk,)))
    assert not fresh(page).workflow_in_progress
    entry = LedgerEntry.objects.get(action="recall")
    assert '"username":"pr.division-a"' in entry.body


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_step_3_asking_for_changes_needs_a_reason(office, comment):
    page = office.submit(office.draft())
    with pytest.raises(PolicyRefusal):
        office.decide(page, "director.division-a", "reject", comment=comment)
    assert fresh(page).workflow_in_progress
    office.decide(page, "director.division-a", "reject", comment="ขอให้แก้ไข")
    assert not LedgerEntry.objects.filter(action="approve").exists()


def test_annex_2_1_the_mark_is_offered_to_those_who_may_set_it(office, client):
    page = office.submit(office.draft())
    door = reverse("otp_policy:urgent", args=(page.pk,))
    for name, offered in (("pr.division-a", True), ("director.division-a", False)):
        client.force_login(office[name])
        screen = client.get(reverse("otp_policy:item", args=(page.pk,)))
        assert screen.status_code == 200
        assert (door in screen.content.decode()) is offered, name
