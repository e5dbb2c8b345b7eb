"""Annex 2.1: the Centre asks a division for an update by a day, and it is tracked until met."""

from datetime import timedelta

import pytest
from django.test import Client
from freezegun import freeze_time

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import LedgerEntry, Notice, Publication, Unit
from otp_policy.wagtail.monitoring.attestations import ask_to_attest, decide_on_attestation
from otp_policy.wagtail.monitoring.models import UpdateRequest
from otp_policy.wagtail.monitoring.reckoning import catch_up
from otp_policy.wagtail.monitoring.requests import (
    ask_for_update,
    call_off,
    counts_of_requests,
    settle_requests,
    tell_of_late_requests,
)
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(office):
    return office.publish(office.draft(title="ข่าวเก่า"))


def asked(office, page=None, by="publisher.web", days=7, **more):
    given = {"unit": Unit.objects.get(code="division-a"), "category": "news", "what": "ปรับตัวเลข"}
    given |= {"wanted_by": office_day() + timedelta(days=days), **more}
    return ask_for_update(office[by], page=page, **given)


def refused(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        call(*args, **more)
    return [str(reason) for reason in refusal.value.also]


def counts():
    found = counts_of_requests(office_day())
    return found.open, found.late, found.met_in_time, found.met_late, found.called_off


def test_annex_2_1_only_the_websites_owner_asks_and_for_a_day_to_come(office, page):
    for name in ("pr.division-a", "director.division-a", "director.office", "admin"):
        [reason] = refused(asked, office, page, by=name)
        assert "2.1" in reason
    assert len(refused(asked, office, page, days=-1, what=" - ")) == 2
    assert refused(asked, office, category="nonsense")
    assert not UpdateRequest.objects.exists()
    assert asked(office, page, days=0).is_open


def test_the_division_is_told_and_no_other(office, page):
    asked(office, page)
    told = Notice.objects.filter(what="update_asked")
    names = {row.recipient.username for row in told}
    assert names == {"pr.division-a", "director.division-a"}
    assert {row.title for row in told} == {"ข่าวเก่า"}
    entry = LedgerEntry.objects.get(action="ask_for_update")
    assert entry.page_id == page.pk


def test_a_correction_meets_it_and_the_notices_ask_no_more(office, page):
    asked(office, page)
    assert settle_requests() == 0
    other = office.publish(office.draft(title="ข่าวอื่น"))
    assert settle_requests() == 0, "another item is no answer"
    assert other.live
    office.publish(office.edit(fresh(page), summary="ใหม่"))
    assert settle_requests() == 1
    assert settle_requests() == 0
    assert counts() == (0, 0, 1, 0, 0)
    settle()
    assert not Notice.objects.filter(what="update_asked", read_at=None).exists()
    assert LedgerEntry.objects.filter(action="meet_update").count() == 1


def test_an_approved_attestation_meets_it_and_a_waiting_one_does_not(office, page):
    asked(office, page)
    digest = Publication.objects.get(page_id=page.pk).digest
    attestation = ask_to_attest(page, office["pr.division-a"], digest=digest, note="ตรวจแล้ว")
    assert settle_requests() == 0
    decide_on_attestation(
        attestation, office["director.division-a"], "approve", digest=attestation.digest
    )
    assert settle_requests() == 1


def test_of_a_category_the_divisions_next_publication_meets_it(office, page):
    asked(office, category="other")
    office.publish(office.draft(title="ข่าวใหม่"))
    catch_up()
    assert settle_requests() == 0, "another category"
    office.publish(office.other())
    catch_up()
    assert settle_requests() == 1


def test_late_is_told_once_to_division_and_centre_and_counted(office, page):
    request = asked(office, page, days=2)
    with freeze_time(request.wanted_by + timedelta(days=1)):
        assert counts()[:2] == (1, 1)
        assert tell_of_late_requests() == 1
        assert tell_of_late_requests() == 0
        told = {row.recipient.username for row in Notice.objects.filter(what="update_late")}
        assert told == {"pr.division-a", "director.division-a", "publisher.web"}
        office.publish(office.edit(fresh(page), summary="ใหม่"))
        settle_requests()
        assert counts() == (0, 0, 0, 1, 0)


def test_on_the_day_itself_it_is_in_time(office, page):
    request = asked(office, page, days=2)
    with freeze_time(request.wanted_by):
        assert tell_of_late_requests() == 0
        office.publish(office.edit(fresh(page), summary="ใหม่"))
        settle_requests()
        assert counts() == (0, 0, 1, 0, 0)


def test_it_is_called_off_with_a_reason_by_whoever_coordinates(office, page):
    request = asked(office, page)
    assert refused(call_off, request, office["pr.division-a"], note="ไม่ต้องแล้ว")
    assert refused(call_off, request, office["publisher.web"], note=" ")
    call_off(request, office["publisher.web"], note="ไม่ต้องแล้ว")
    assert refused(call_off, request, office["publisher.web"], note="อีกครั้ง")
    office.publish(office.edit(fresh(page), summary="ใหม่"))
    assert settle_requests() == 0
    assert counts() == (0, 0, 0, 0, 1)


def test_the_screen_sends_lists_and_calls_off(office, page):
    def client(name):
        found = Client()
        found.force_login(office[name])
        return found

    address, day = "/admin/freshness/requests/", (office_day() + timedelta(days=3)).isoformat()
    web, pr = client("publisher.web"), client("pr.division-a")
    assert (
        f"{address}?page={page.pk}" in web.get(f"/admin/measures/items/{page.pk}/").content.decode()
    )
    sent = {"act": "ask", "page": page.pk, "ask-what": "ปรับตัวเลข", "ask-wanted_by": day}
    assert pr.post(address, sent).status_code == 200
    assert not UpdateRequest.objects.exists()
    assert web.post(address, {**sent, "page": ""}).status_code == 200  # no division was chosen
    assert not UpdateRequest.objects.exists()
    assert web.post(address, sent).status_code == 302
    listed = pr.get(address).content.decode()
    assert "ปรับตัวเลข" in listed
    assert 'name="off-note"' not in listed
    request = UpdateRequest.objects.get()
    off = {"act": "call_off", "request": request.pk, "off-note": "ซ้ำ"}
    assert pr.post(address, off).status_code == 200
    assert UpdateRequest.objects.get().is_open
    assert web.post(address, off).status_code == 302
    assert not UpdateRequest.objects.get().is_open
    assert web.post(address, {"act": "call_off", "request": "9" * 30}).status_code == 404
    assert web.post(address, {"act": "x"}).status_code == 404
