"""Annex 2.1 with step 5: “checked, still right” counts once approved, without publishing anew."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from freezegun import freeze_time

from otp_policy.calendars import add_months
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.disclosure.items import disclosed_items
from otp_policy.wagtail.models import LedgerEntry, Notice, Publication
from otp_policy.wagtail.monitoring.attestations import (
    ask_to_attest,
    decide_on_attestation,
    open_attestation,
    recall_attestation,
    waiting_attestations,
)
from otp_policy.wagtail.monitoring.models import Attestation, AttestationDecision, DueItem
from otp_policy.wagtail.monitoring.reckoning import catch_up, differences
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.reminders import remind
from otp_policy.wagtail.telling import tell
from tests.office import fresh

pytestmark = pytest.mark.django_db
NOTE = "ตรวจเทียบกับระเบียบฉบับปัจจุบัน"


@pytest.fixture
def live(office):
    return office.publish(office.draft())


def digest_of(page):
    return Publication.objects.get(page_id=page.pk, ended_at=None).digest


def attested(office, page, by="pr.division-a", **more):
    more.setdefault("digest", digest_of(page) if page.live else "sha256:-")
    return ask_to_attest(page, office[by], **{"note": NOTE, **more})


def decided(office, attestation, by, action="approve", **more):
    more.setdefault("digest", attestation.digest)
    return decide_on_attestation(attestation, office[by], action, **more)


def codes(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        call(*args, **more)
    return refusal.value.codes


def also(call, *args, **more):
    with pytest.raises(PolicyRefusal) as refusal:
        call(*args, **more)
    assert not refusal.value.codes
    return " ".join(map(str, refusal.value.also))


def test_annex_2_1_only_the_items_own_representative_attests(office, live):
    for name, code in (
        ("pr.division-b", "wrong_unit"),
        ("publisher.web", "role_missing"),
        ("director.division-a", "role_missing"),
        ("admin", "role_missing"),
    ):
        assert codes(attested, office, live, by=name) == (code,)
    assert attested(office, live).state == "waiting"


def test_annex_2_1_only_what_is_live_is_attested_and_no_other_text(office, live):
    assert codes(attested, office, office.draft()) == ("not_live",)
    assert also(attested, office, live, digest="sha256:" + "0" * 64)
    assert also(attested, office, live, note=" - ")
    # Raw, as a gate that was passed by: what nobody approved is not sworn to.
    type(live).objects.filter(pk=live.pk).update(summary="แก้หลังบ้าน")
    assert also(attested, office, live)
    assert not Attestation.objects.exists()


def test_step_5_an_attestation_of_news_is_approved_as_news_is(office, live):
    attestation = attested(office, live)
    for name in ("pr.division-a", "publisher.web", "admin"):
        assert codes(decided, office, attestation, name)[0] == "role_missing"
    assert codes(decided, office, attestation, "director.division-b") == ("wrong_unit",)
    assert Publication.objects.get().attested_at is None
    decided(office, attestation, "director.division-a")
    assert Publication.objects.get().attested_at is not None


def test_step_5_anything_else_is_endorsed_and_then_approved(office):
    page = office.publish(office.other())
    attestation = attested(office, page)
    assert codes(decided, office, attestation, "director.office") == ("role_missing",)
    decided(office, attestation, "director.division-a")
    assert Publication.objects.get().attested_at is None
    decided(office, attestation, "director.office")
    assert Publication.objects.get().attested_at is not None
    acts = list(LedgerEntry.objects.filter(page_id=page.pk).values_list("action", flat=True))
    assert acts[-4:] == [
        "ask_to_attest",
        "endorse_attestation",
        "approve_attestation",
        "attest",
    ]


def test_step_3_who_attested_does_not_approve_it(office, live):
    today = office_day()
    office.delegate("pr.division-a", first=today, last=today + timedelta(days=1))
    attestation = attested(office, live)
    assert codes(decided, office, attestation, "pr.division-a") == ("own_work",)
    assert open_attestation(live.pk) == attestation


def test_once_approved_it_is_the_last_review_for_the_public_and_nothing_is_published(office, live):
    first = Publication.objects.get()
    with freeze_time(office_day() + timedelta(days=400)):
        catch_up()
        assert DueItem.objects.get().due_on < office_day()
        decided(office, attested(office, live), "director.division-a")
        [item] = disclosed_items()
        assert (item.last_reviewed_on, item.freshness.state) == (office_day(), "current")
        assert item.freshness.due_on == add_months(office_day(), 12)
        assert item.first_published_on == office_day(first.at)
        catch_up()
        row = DueItem.objects.get()
        assert (row.last_reviewed_on, row.due_on) == (office_day(), item.freshness.due_on)
        assert not list(differences())
        page = Client().get(live.url).content.decode()
        assert f'datetime="{office_day()}"' in page
    assert Publication.objects.count() == 1
    assert Publication.objects.get().digest == first.digest


def test_another_text_overtakes_what_waits_and_is_not_reviewed_by_it(office, live):
    attestation = attested(office, live)
    page = office.publish(office.edit(live, summary="ใหม่"))
    assert also(decided, office, attestation, "director.division-a")
    assert open_attestation(page.pk) is None
    assert not waiting_attestations(office["director.division-a"])
    assert not Publication.objects.exclude(attested_at=None)
    attested(office, page)
    assert Attestation.objects.get(pk=attestation.pk).state == "overtaken"


def test_a_request_other_than_the_one_shown_is_not_decided(office, live):
    attestation = attested(office, live)
    assert also(decided, office, attestation, "director.division-a", digest="sha256:" + "0" * 64)
    type(live).objects.filter(pk=live.pk).update(summary="แก้หลังบ้าน")
    assert also(decided, office, attestation, "director.division-a")
    assert Publication.objects.get().attested_at is None


def test_a_rejection_needs_its_reason_and_a_request_can_be_taken_back(office, live):
    attestation = attested(office, live)
    assert also(attested, office, live)
    assert also(decided, office, attestation, "director.division-a", "reject", comment=" ")
    decided(office, attestation, "director.division-a", "reject", comment="ตัวเลขเก่า")
    assert also(decided, office, attestation, "director.division-a")
    attested(office, live)
    assert codes(recall_attestation, live, office["pr.division-b"]) == ("wrong_unit",)
    recall_attestation(live, office["pr.division-a"])
    assert [row.state for row in Attestation.objects.order_by("pk")] == ["rejected", "recalled"]
    assert Publication.objects.get().attested_at is None


def test_a_decision_is_written_once_and_the_audit_finds_a_review_nobody_decided(office, live):
    decided(office, attested(office, live), "director.division-a")
    assert not [one for one in audit() if one.code.startswith(("review", "attestation"))]
    table = AttestationDecision._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET comment = 'x'")
    later = Publication.objects.get().attested_at + timedelta(days=30)
    Publication.objects.update(attested_at=later)
    Attestation.objects.update(note="อื่น")
    found = [one.code for one in audit()]
    assert found.count("review_not_in_ledger") == 1
    assert found.count("attestation_not_as_decided") == 1


def test_who_decides_is_told_reminded_and_asked_no_more_when_it_is_over(office, live):
    tell()
    attestation = attested(office, live)
    tell()
    notices = Notice.objects.filter(what="ask_approve_attestation", read_at=None)
    assert {one.recipient.username for one in notices} == {
        "director.division-a",
        "director.office",
    }
    with freeze_time(office_day() + timedelta(days=20)):
        assert remind() == 2
        assert remind() == 0
        assert Notice.objects.filter(what="remind_approve_attestation").count() == 2
        assert Notice.objects.filter(what="escalate_approve_attestation").exists()
        decided(office, attestation, "director.division-a")
        tell()
        settle()
    assert not notices.all()
    assert Notice.objects.get(what="attestation_approved").recipient.username == "pr.division-a"


def test_the_screens_lead_from_the_item_to_the_decision(office, live):
    def client(name):
        found = Client()
        found.force_login(office[name])
        return found

    address = f"/admin/freshness/items/{live.pk}/attestation/"
    pr, director = client("pr.division-a"), client("director.division-a")
    assert address in pr.get(f"/admin/measures/items/{live.pk}/").content.decode()
    said = {"act": "ask", "ask-note": NOTE, "ask-digest": digest_of(live)}
    assert 'name="ask-note"' in pr.get(address).content.decode()
    assert pr.post(address, {**said, "ask-note": ""}).status_code == 200
    assert not Attestation.objects.exists()
    assert pr.post(address, said).status_code == 302
    assert address in director.get("/admin/measures/").content.decode()
    assert NOTE in director.get(address).content.decode()
    attestation = Attestation.objects.get()
    decision = {"act": "decide", "action": "approve", "decide-digest": attestation.digest}
    assert pr.post(address, decision).status_code == 200
    assert director.post(address, decision).status_code == 302
    assert fresh(live).live
    assert Publication.objects.get().attested_at is not None
    assert address not in director.get("/admin/measures/").content.decode()
    assert director.post(address, {"act": "nonsense"}).status_code == 404
