"""Reminders, repeated requests, and erasure on time."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from otp_policy.wagtail.information_requests import repeats, rounds
from otp_policy.wagtail.information_requests.division_work import assign
from otp_policy.wagtail.information_requests.models import CaseEvent, Sealed, Topic
from otp_policy.wagtail.information_requests.numbering import case_of
from otp_policy.wagtail.information_requests.reminding import remind
from otp_policy.wagtail.information_requests.retention import erase_due
from otp_policy.wagtail.information_requests.sealing import identity_of
from otp_policy.wagtail.models import Holiday, LedgerEntry, Notice, Unit

from .cases import HANDLER, WHO, move, new_case, on_day


def told(what):
    return set(Notice.objects.filter(what=what).values_list("recipient__username", flat=True))


def test_a_case_is_told_of_before_it_is_due_and_further_up_when_it_is_late(office):
    with on_day("2026-11-23"):
        case = new_case()
        division = Unit.objects.get(code="division-a")
        assign(case.pk, user=office[HANDLER], subject="เรื่องหนึ่ง", producer=division)
    for day, reminded in (
        ("2026-12-04", 0),
        ("2026-12-05", 1),  # due on the 8th: soon is three days before it
        ("2026-12-06", 0),
        ("2026-12-08", 0),
        ("2026-12-09", 1),
        ("2026-12-10", 0),
    ):
        with on_day(day):
            assert remind() == reminded, day
    assert told("request_due_soon") >= {HANDLER, "pr.division-a", "director.division-a"}
    assert "pr.division-b" not in told("request_due_soon")
    assert told("request_is_overdue") == {"director.office"}
    assert LedgerEntry.objects.filter(action="request_overdue").count() == 1


def test_a_case_that_stands_or_is_closed_is_not_reminded_of(office):
    with on_day("2026-11-23"):
        move(office, new_case(), "clarification_asked")
        move(office, new_case(), "decided", outcome="full")
    with on_day("2026-12-30"):
        assert remind() == 0


def test_a_due_day_that_moves_is_reminded_of_anew(office):
    with on_day("2026-11-23"):
        new_case()
    with on_day("2026-12-07"):
        assert remind() == 1
        Holiday.objects.create(on=date(2026, 12, 8), name_th="วันหยุดพิเศษ")
        assert remind() == 1
        assert remind() == 0


def make_topic(office, count, topic=None):
    topic = topic or Topic.objects.create(
        title="ราคาสินค้ารายเดือน", unit=Unit.objects.get(code="division-a")
    )
    for _ in range(count):
        assign(
            new_case().pk,
            user=office[HANDLER],
            subject="ราคาสินค้า",
            producer=topic.unit,
            topic=topic,
        )
    topic.refresh_from_db()
    return topic


def test_the_third_request_for_the_same_asks_the_unit_to_publish_it(office):
    topic = make_topic(office, 2)
    assert topic.raised_at is None
    make_topic(office, 1, topic)
    topic.refresh_from_db()
    assert topic.raised_at is not None
    assert told("request_topic") == {"pr.division-a", "director.division-a"}
    make_topic(office, 1, topic)
    assert LedgerEntry.objects.filter(action="request_topic_raised").count() == 1


def test_requests_of_long_ago_do_not_count(office):
    with on_day("2025-01-10"):
        topic = make_topic(office, 2)
    with on_day("2026-11-23"):
        make_topic(office, 1, topic)
    topic.refresh_from_db()
    assert topic.raised_at is None


def test_the_unit_answers_for_its_topic(office, client):
    topic = make_topic(office, 3)
    with pytest.raises(ValidationError):
        repeats.close(topic.pk, user=office["pr.division-a"])
    with pytest.raises(PermissionDenied):
        repeats.close(topic.pk, user=office["pr.division-b"], reason="ไม่ใช่ของเรา")
    client.force_login(office["pr.division-a"])
    address = f"/admin/measures/requests/topics/{topic.pk}/"
    client.post(address, {"published_at_url": "https://example.invalid/prices/"})
    topic.refresh_from_db()
    assert topic.published_at_url == "https://example.invalid/prices/"
    assert topic.closed_by == office["pr.division-a"]


def test_personal_data_is_erased_on_its_day_and_the_evidence_stays(office):
    from otp_policy.wagtail.information_requests.moves import Asked, receive

    with on_day("2026-11-23"):
        case, secret = receive(Asked(question="ขอสำเนา", identity=WHO))
    with on_day("2026-11-30"):
        move(office, case, "decided", outcome="full", note="ตามแนบ")
    assert case.erase_on == date(2027, 12, 1)  # twelve months, the last day included
    with on_day("2026-12-02"):
        move(office, case, "delivered")
    assert case.erase_on == date(2027, 12, 3)
    with on_day("2027-12-02"):
        assert erase_due() == 0
        assert identity_of(case) == WHO
    with on_day("2027-12-03"):
        assert rounds.run()["erased"] == 1
        assert erase_due() == 0
    case.refresh_from_db()
    assert not Sealed.objects.filter(case=case).exists()
    assert not identity_of(case)
    assert case_of(case.reference, secret) is None
    kinds = list(CaseEvent.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds == ["received", "decided", "delivered", "erased"]
    assert (case.outcome, case.closed_on) == ("full", date(2026, 11, 30))
    assert LedgerEntry.objects.filter(action="request_erased").count() == 1


def test_the_case_still_opens_after_its_erasure(office, client):
    with on_day("2026-11-23"):
        case = move(office, new_case(identity=WHO), "decided", outcome="full", note="ตามแนบ")
    with on_day("2027-12-03"):
        erase_due()
    client.force_login(office[HANDLER])
    page = client.get(f"/admin/measures/requests/{case.pk}/")
    assert page.status_code == 200
    assert "ลบข้อมูลส่วนบุคคลของเรื่องนี้แล้ว" in page.content.decode()


def test_an_open_case_is_never_erased(office):
    with on_day("2020-01-10"):
        case = new_case(identity=WHO)
    with on_day("2026-11-23"):
        assert erase_due() == 0
    assert identity_of(case) == WHO


def test_what_fails_in_a_round_keeps_nothing_else_back_and_tells_no_values(
    office, settings, caplog
):
    settings.EMAIL_BACKEND = "no.such.backend"
    with on_day("2026-11-23"):
        new_case(identity=WHO)
    with on_day("2026-12-09"):
        assert rounds.run()["reminded"] == 1
    assert WHO.e_mail not in caplog.text
    assert WHO.name not in caplog.text
