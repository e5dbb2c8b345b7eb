"""What a requester is known by is found nowhere outside the encrypted fields, all life long."""

import base64
import logging
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as site_settings
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from otp_policy.wagtail.information_requests import rounds
from otp_policy.wagtail.information_requests.models import InformationRequest, Release, Sealed
from otp_policy.wagtail.models import LedgerEntry

from .cases import on_day
from .test_public import picture

NUMBER, NAME = "1101700230708", "สมมติ แหล่งซ่อนเร้น"
E_MAIL, PHONE = "planted.person@example.invalid", "0915550144"
ADDRESS = "ซอยปลูกไว้ 77"
PLANTED = (
    NUMBER,
    NAME,
    E_MAIL,
    PHONE,
    ADDRESS,
    "แหล่งซ่อนเร้น",
    "planted.person",
    "1-1017-00230-70-8",
)
FORMS = {
    form
    for word in PLANTED
    for form in (
        word,
        word.encode("unicode_escape").decode(),
        base64.b64encode(word.encode()).decode().rstrip("="),
    )
}
CASES = "/admin/measures/requests/"


def found_in(text: str) -> set[str]:
    return {form for form in FORMS if form in text}


def whole_database() -> str:
    """Return every value of every table, as a thief of the file would read it."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                said += [
                    value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    for value in (bytes(v) if isinstance(v, memoryview) else v for v in row)
                ]
    return "\n".join(said)


@pytest.fixture
def watched(caplog, client, monkeypatch):
    """Note every address that is asked for."""
    asked = []
    request = client.request

    def noting(**environ):
        response = request(**environ)
        asked.append(f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}")
        asked.append(response.get("Location", ""))
        return response

    monkeypatch.setattr(client, "request", noting)
    caplog.set_level(logging.DEBUG)
    return asked


def nothing_is_found(caplog, asked) -> None:
    assert found_in(whole_database()) == set()
    assert found_in(caplog.text) == set()
    assert found_in("\n".join(asked)) == set()
    assert found_in("\n".join(entry.body for entry in LedgerEntry.objects.all())) == set()
    for message in mail.outbox:
        headers = "\n".join(f"{name}: {value}" for name, value in message.extra_headers.items())
        assert found_in(f"{message.subject}\n{message.body}\n{headers}") == set()
    kept = "\n".join(str(value) for value in getattr(cache, "_cache", {}).values())
    assert found_in(kept) == set()
    for path in Path(site_settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            assert found_in(f"{path}\n{path.read_bytes().decode('utf-8', 'replace')}") == set()


def test_the_planted_person_is_found_nowhere(office, client, watched, caplog, settings):
    settings.OTP_POLICY_REQUESTS_AN_HOUR = 0
    with on_day("2026-11-23"):
        question = f"ผม {NAME} เลข {NUMBER} โทร {PHONE} ขอรายงานการประชุม ตอบที่ {E_MAIL}"
        client.post("/information-requests/", {"question": question, "step": "look"})
        # A mistake first: what was typed comes back, and is kept nowhere.
        wrong = {"question": question, "wants": "copy", "e_mail": E_MAIL + " x", "step": "send"}
        client.post("/information-requests/", {**wrong, "submission": str(uuid4())})
        said = {**wrong, "e_mail": E_MAIL, "name": NAME, "phone": PHONE, "address": ADDRESS}
        upload = picture(f"{NAME}.png")
        page = client.post(
            "/information-requests/", {**said, "submission": str(uuid4()), "files": [upload]}
        )
        secret = re.search(r"<code>([A-Z0-9-]{24})</code>", page.content.decode())[1]
        case = InformationRequest.objects.get()
        key = {"reference": case.reference, "secret": secret}
        # Whoever works on it writes the name into whatever takes words.
        client.force_login(office["publisher.web"])
        here = f"{CASES}{case.pk}/"
        client.post(f"{here}who/")
        refused = client.post(f"{here}assign/", {"subject": f"คำขอของ {NAME}"})
        assert refused.status_code == 400
        client.post(
            f"{here}assign/",
            {"subject": "รายงานการประชุม", "producer": office_unit("division-a").pk},
        )
        client.post(
            f"{here}move/clarification_asked/", {"on": "2026-11-23", "note": f"ถาม {NAME} ปีใด"}
        )
        client.logout()
        nothing_is_found(caplog, watched)
    with on_day("2026-11-25"):
        client.post("/information-requests/status/", {**key, "answer": f"{NAME} ตอบว่าปี 2568"})
        client.force_login(office["pr.division-a"])
        assert NUMBER in client.get(here).content.decode()  # a request is read to be answered
        assert ADDRESS not in client.get(here).content.decode()
        client.post(f"{here}prepare/", {"note": f"ถึง {NAME}", "files": [picture(f"{NAME}.png")]})
        client.force_login(office["publisher.web"])
        draft = Sealed.objects.get(case=case, what="draft")
        decision = {"on": "2026-11-25", "outcome": "full", "note": f"เรียน {NAME}"}
        client.post(f"{here}move/decided/", {**decision, "hand_out": [draft.pk]})
        for event in case.events.filter(kind__in=("received", "decided")):
            assert NAME in client.get(f"{here}letter/{event.pk}/").content.decode()
            client.get(f"{here}letter/{event.pk}/pdf/")
        client.get(f"{here}file/{draft.pk}/")
        client.get(CASES, {"q": case.reference})
        public = {"title": "รายงานการประชุม", "question": "ขอรายงาน", "answer": f"ตอบ {NAME}"}
        assert client.post(f"{here}log/", public).status_code == 400
        public["answer"] = "เปิดเผยทั้งหมด"
        client.post(f"{here}log/", {**public, "files": [picture(f"{NAME}.png")]})
        for who, action in (("director.division-a", "endorse"), ("director.office", "approve")):
            client.force_login(office[who])
            client.post(f"{here}log/{action}/", {"digest": Release.objects.get().digest})
        client.logout()
        rounds.run()
        nothing_is_found(caplog, watched)
        log = client.get("/information-requests/log/").content.decode()
        assert "รายงานการประชุม" in log
        assert found_in(log) == set()
    assert len(mail.outbox) == 3
    with on_day("2027-11-26"):
        assert rounds.run()["erased"] == 1
        nothing_is_found(caplog, watched)
    assert set(Sealed.objects.values_list("what", flat=True)) == {"public"}
    case.refresh_from_db()
    assert case.erased_at is not None
    # What the log gives away for good is still there.
    assert "รายงานการประชุม" in client.get("/information-requests/log/").content.decode()


def test_the_hunt_finds_what_is_not_hidden(office):
    """A hunt that finds nothing anywhere proves nothing."""
    from .cases import new_case

    case = new_case()
    InformationRequest.objects.filter(pk=case.pk).update(subject=f"คำขอของ {NAME}")
    assert found_in(whole_database()) >= {NAME}


def office_unit(code):
    from otp_policy.wagtail.models import Unit

    return Unit.objects.get(code=code)


def test_an_upload_that_is_no_picture_leaves_nothing_behind(office, client, settings):
    settings.OTP_POLICY_REQUESTS_AN_HOUR = 0
    bad = SimpleUploadedFile(f"{NAME}.png", f"not a picture {NUMBER}".encode())
    said = {"question": f"ขอ {NUMBER}", "wants": "copy", "step": "send", "files": [bad]}
    response = client.post("/information-requests/", {**said, "submission": str(uuid4())})
    assert response.status_code == 400
    assert found_in(whole_database()) == set()
