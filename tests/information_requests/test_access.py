"""Who may see and do what; every look at a person is in the ledger."""

import json

import pytest
from django.core.exceptions import PermissionDenied

from otp_policy.wagtail.information_requests.access import show_identity
from otp_policy.wagtail.information_requests.division_work import assign, prepare
from otp_policy.wagtail.information_requests.models import InformationRequest
from otp_policy.wagtail.models import LedgerEntry, Notice, Unit

from .cases import HANDLER, WHO, move, new_case

CASES = "/admin/measures/requests/"
QUESTION = "ขอสำเนาบันทึกข้อความลับเฉพาะเรื่อง"


@pytest.fixture
def case(office) -> InformationRequest:
    found = new_case(identity=WHO, question=QUESTION)
    division = Unit.objects.get(code="division-a")
    return assign(found.pk, user=office[HANDLER], subject="บันทึกเรื่องหนึ่ง", producer=division)


@pytest.mark.parametrize(
    ("who", "case_status", "reads", "identity_status"),
    [
        ("publisher.web", 200, True, 200),
        ("publisher.social", 200, True, 200),
        ("pr.division-a", 200, True, 403),
        ("director.division-a", 200, True, 403),
        # Oversees: how it stands, and no word of it.
        ("director.office", 200, False, 403),
        ("pr.division-b", 403, False, 403),
        ("director.division-b", 403, False, 403),
        ("admin", 403, False, 403),
    ],
)
def test_each_role_sees_its_part(office, client, case, who, case_status, reads, identity_status):
    client.force_login(office[who])
    response = client.get(f"{CASES}{case.pk}/")
    assert _status(response) == case_status
    assert (QUESTION in response.content.decode()) is reads
    shown = client.post(f"{CASES}{case.pk}/who/")
    assert _status(shown) == identity_status
    assert (WHO.e_mail in shown.content.decode()) is (identity_status == 200)
    looked = LedgerEntry.objects.filter(action="request_identity_read")
    assert looked.count() == (identity_status == 200)


def _status(response) -> int:
    """Wagtail's admin turns a refusal into a redirect to its home page."""
    if response.status_code == 302:
        assert response["Location"].startswith("/admin/")
        assert "login" not in response["Location"]
        return 403
    return response.status_code


def test_a_look_at_who_asks_is_recorded_with_the_post_and_without_the_person(office, case):
    assert show_identity(office[HANDLER], case) == WHO
    entry = LedgerEntry.objects.get(action="request_identity_read")
    body = json.loads(entry.body)
    assert body["request"] == case.reference
    assert (body["role"], body["actor"]["username"]) == ("web_publisher", HANDLER)
    assert WHO.name not in entry.body


def test_the_list_shows_each_division_its_own(office, client, case):
    other = new_case()
    client.force_login(office["pr.division-a"])
    page = client.get(CASES).content.decode()
    assert f">{case.reference}<" in page
    assert f">{other.reference}<" not in page
    client.force_login(office[HANDLER])
    page = client.get(CASES).content.decode()
    assert f">{other.reference}<" in page


def test_the_list_of_who_has_no_part_in_any_case_is_empty(office, client, case):
    for name in ("pr.division-b", "admin"):
        client.force_login(office[name])
        answer = client.get(CASES)
        assert answer.status_code == 200
        assert case.reference not in answer.content.decode()


def test_a_visitor_sees_nothing_of_the_admin(client, case):
    for path in ("", f"{case.pk}/", "new/", "topics/", f"{case.pk}/log/"):
        response = client.get(CASES + path)
        assert response.status_code == 302
        assert "login" in response["Location"]


def test_a_division_prepares_and_does_not_decide(office, client, case):
    prepare(case.pk, user=office["pr.division-a"], note="คำตอบของกอง")
    with pytest.raises(PermissionDenied):
        move(office, case, "decided", by="pr.division-a", outcome="full")
    with pytest.raises(PermissionDenied):
        prepare(case.pk, user=office["pr.division-b"], note="คำตอบของกอง")
    client.force_login(office["pr.division-a"])
    sent = {"on": "2026-11-29", "outcome": "full"}
    assert _status(client.post(f"{CASES}{case.pk}/move/decided/", sent)) == 403
    case.refresh_from_db()
    assert case.is_open


def test_a_title_with_personal_data_is_refused(office, case):
    from django.core.exceptions import ValidationError

    for title in (f"คำขอของ {WHO.name}", "โทร 081-555-0199", "ถึง requester.one@example.invalid"):
        with pytest.raises(ValidationError):
            assign(case.pk, user=office[HANDLER], subject=title)
    case.refresh_from_db()
    assert case.subject == "บันทึกเรื่องหนึ่ง"


def test_the_division_is_told_by_number_alone(office, case):
    notice = Notice.objects.get(recipient=office["pr.division-a"], what="request_assigned")
    assert notice.title == case.reference
    assert QUESTION not in notice.title


def test_intake_by_hand_takes_a_number_too(office, client):
    client.force_login(office[HANDLER])
    sent = {
        "via": "letter",
        "received_on": "2026-11-20",
        "question": "ขอตามหนังสือ",
        "wants": "certified_copy",
        "language": "th",
        "name": WHO.name,
    }
    page = client.post(f"{CASES}new/", sent)
    found = InformationRequest.objects.get()
    assert found.reference in page.content.decode()
    assert (found.via, found.received_on.isoformat()) == ("letter", "2026-11-20")
    client.force_login(office["pr.division-a"])
    assert _status(client.post(f"{CASES}new/", sent)) == 403


def test_every_screen_of_a_handler_opens_and_every_move_works_by_post(office, client, case):
    client.force_login(office[HANDLER])
    for path in ("", "new/", "topics/", f"{case.pk}/", f"{case.pk}/assign/", f"{case.pk}/prepare/"):
        assert client.get(CASES + path).status_code == 200, path
    for kind in ("clarification_asked", "clarified", "third_party_notified", "extended"):
        assert client.get(f"{CASES}{case.pk}/move/{kind}/").status_code == 200
    today = case.received_on.isoformat()
    sent = {"on": today, "note": "ขอรายละเอียด"}
    moved = client.post(f"{CASES}{case.pk}/move/clarification_asked/", sent)
    assert moved.status_code == 302
    case.refresh_from_db()
    assert case.is_paused
    again = client.post(f"{CASES}{case.pk}/move/clarification_asked/", sent)
    assert again.status_code == 400
    assert "ให้บันทึกการสิ้นสุดก่อน" in again.content.decode()


def test_filters_narrow_the_list(office, client, case):
    client.force_login(office[HANDLER])
    for query, found in (
        ({"q": case.reference}, True),
        ({"q": "บันทึกเรื่อง"}, True),
        ({"q": "ไม่มี"}, False),
        ({"state": "open"}, True),
        ({"state": "closed"}, False),
        ({"state": "overdue"}, False),
        ({"unit": "division-a"}, True),
        ({"unit": "division-b"}, False),
    ):
        page = client.get(CASES, query).content.decode()
        assert (f">{case.reference}<" in page) is found, query
