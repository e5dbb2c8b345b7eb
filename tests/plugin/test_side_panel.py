"""The side panel of the editor: what each step lacks, why, and who has it, after each save."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from otp_policy.wagtail import schedule
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.gate import what_is_missing
from otp_policy.wagtail.holders import people_who_may
from otp_policy.wagtail.item_state import item_state
from otp_policy.wagtail.step_notes import steps_with_notes
from tests.editor_forms import NEWS_PARTS
from tests.office import fresh, in_an_hour

pytestmark = pytest.mark.django_db


def notes(page):
    with translation.override("en"):
        state = item_state(fresh(page))
        return {
            note.row.number: note for note in steps_with_notes(state, what_is_missing(state.draft))
        }


def test_each_step_says_what_it_lacks_with_its_clause(office):
    found = notes(office.draft())
    assert "(annex 1 step 2" in found[2].missing[0]
    assert "No time is agreed" in found[2].missing[0]
    assert "The item has no approval" in found[3].missing[0]
    assert "not submitted" in found[3].missing[1]
    assert "annex 1 step 3" in found[3].missing[1]
    assert found[4].missing == ()
    assert "nothing to correct" in found[5].known[0]


def test_it_names_who_may_decide_and_leaves_out_who_worked_on_it(office):
    page = office.submit(office.draft())
    assert "not approved yet. (annex 1 step 3" in notes(page)[3].missing[0]
    assert notes(page)[3].people == (
        "ผอ. กอง ก (director.division-a)",
        "ผอ. สนค. (director.office)",
    )
    page = office.submit(office.edit(office.draft(), by="director.division-a", summary="แก้"))
    assert notes(page)[3].people == ("ผอ. สนค. (director.office)",)


def test_an_official_assigned_may_act_within_the_orders_dates(office):
    page, today = office.draft(), office_day()
    office.delegate("pr.division-b", first=today - timedelta(9), last=today - timedelta(1))
    assert office["pr.division-b"] not in people_who_may("approve", page)
    office.delegate("pr.division-b", first=today, last=today)
    assert office["pr.division-b"] in people_who_may("approve", page)


def test_a_proposed_time_names_who_answers_it(office):
    page = office.draft()
    schedule.propose(page, office["pr.division-a"], channel="line", at=in_an_hour())
    assert notes(page)[2].people == ("ผู้เผยแพร่สื่อสังคม ยป. (publisher.social)",)


def test_a_live_item_lacks_nothing(office):
    found = notes(office.publish(office.draft()))
    assert all(note.missing == () for note in found.values())
    assert "approval: " in found[3].known[0]


def test_the_panel_follows_each_save_and_stands_beside_a_new_page(client, office):
    client.force_login(office["pr.division-a"])
    new = client.get(f"/admin/pages/add/news/newspage/{office.section('news').pk}/")
    assert 'data-side-panel="measures"' in new.content.decode()
    page = office.draft()
    url = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    form = client.get(url).context["form"]
    data = {
        "title": "เปลี่ยนชื่อ",
        "slug": page.slug,
        "summary": "สรุป",
        "owning_unit": page.owning_unit_id,
        "body": "null",
        "body_en": "null",
        **NEWS_PARTS,
    }
    assert form is not None
    answer = client.post(url, data, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content.decode()[:500]
    assert "[data-side-panel='measures']" in answer.json()["html"]
    assert "ยังไม่ได้เสนอเรื่อง" in answer.json()["html"]
