"""Whoever asked may have all that is kept about them; nobody else may; each time is recorded."""

import io
import json
import zipfile

import pytest

from otp_policy.wagtail.information_requests.access import show_identity
from otp_policy.wagtail.information_requests.division_work import assign, prepare
from otp_policy.wagtail.information_requests.models import Sealed
from otp_policy.wagtail.information_requests.retention import erase_due
from otp_policy.wagtail.models import LedgerEntry, Unit

from .cases import HANDLER, WHO, move, new_case, on_day
from .test_access import CASES, _status
from .test_public import STATUS, picture, sent

DATA = f"{STATUS}data/"
QUESTION = "ขอสำเนารายงาน <b>ฉบับเต็ม</b>"
OF_DIVISION = "ร่างคำตอบภายในของกอง"


def opened(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return {name: archive.read(name) for name in archive.namelist()}


def asked_for(client):
    """Send a request with all that somebody may say of themselves; return it and its key."""
    said = {"name": WHO.name, "address": WHO.address, "phone": WHO.phone, "e_mail": WHO.e_mail}
    case, secret, _page = sent(
        client, question=QUESTION, files=[picture("../บัตร/สมชาย.png")], **said
    )
    return case, {"reference": case.reference, "secret": secret}


def test_the_requester_gets_everything_that_is_theirs_and_nothing_of_others(office, client):
    with on_day("2026-11-23"):
        case, key = asked_for(client)
        division = Unit.objects.get(code="division-a")
        assign(case.pk, user=office[HANDLER], subject="รายงานหนึ่ง", producer=division)
        move(office, case, "clarification_asked", on="2026-11-23", note="ฉบับปีใด")
        show_identity(office[HANDLER], case)
        move(office, case, "third_party_notified", on="2026-11-23", note="ถึงบริษัทอื่น")
    with on_day("2026-11-24"):
        client.post(STATUS, {**key, "answer": "ปี 2568"})
        prepare(case.pk, user=office["pr.division-a"], note=OF_DIVISION, files=[])
        found = opened(client.post(DATA, key))
    kept = json.loads(found["data.json"])
    assert kept["who_asks"] == {
        "name": WHO.name, "address": WHO.address, "telephone": WHO.phone, "e_mail": WHO.e_mail,
    }  # fmt: skip
    assert kept["request"] == [QUESTION]
    words = [event["words"] for event in kept["what_happened"]]
    assert "ฉบับปีใด" in words
    assert "ปี 2568" in words
    everything = b"\n".join(found.values()).decode("utf-8", "replace")
    assert "ถึงบริษัทอื่น" not in everything, "what was written to another stays"
    assert OF_DIVISION not in everything
    assert HANDLER not in everything, "in which role somebody looked, and not who"
    looked = [(row["what"], row["role"]) for row in kept["who_looked"]]
    assert looked == [
        ("เปิดดูผู้ขอในคำขอ", "ผู้เผยแพร่ข้อมูลบนเว็บไซต์ของสำนักงาน"),
        ("ให้ข้อมูลที่เก็บไว้เกี่ยวกับผู้ขอแก่ผู้ขอ", ""),
    ]
    (file,) = kept["files"]
    assert file["in_this_archive"].count("/") == 1, "no way out of the folder"
    assert found[file["in_this_archive"]].startswith(b"\x89PNG")
    page = found["index.html"].decode()
    assert WHO.name in page
    assert "<b>ฉบับ" not in page
    assert "<script" not in page
    assert "http" not in page


def test_an_answer_is_in_it_once_it_was_given(office, client):
    with on_day("2026-11-23"):
        case, key = asked_for(client)
        division = Unit.objects.get(code="division-a")
        assign(case.pk, user=office[HANDLER], subject="รายงานหนึ่ง", producer=division)
        client.force_login(office["pr.division-a"])
        here = f"{CASES}{case.pk}/"
        client.post(f"{here}prepare/", {"note": "คำตอบ", "files": [picture("คำตอบ.png")]})
        client.logout()
        assert len(json.loads(opened(client.post(DATA, key))["data.json"])["files"]) == 1
        draft = Sealed.objects.get(case=case, what="draft")
        client.force_login(office[HANDLER])
        decision = {"on": "2026-11-23", "outcome": "full", "hand_out": [draft.pk]}
        client.post(f"{here}move/decided/", decision)
        client.logout()
        kept = json.loads(opened(client.post(DATA, key))["data.json"])
    assert len(kept["files"]) == 2
    assert kept["kept_until"] == "2027-11-24"
    assert kept["kept_for_months_after_its_end"] == 12


def test_without_number_and_secret_there_is_nothing(office, client, settings):
    settings.OTP_POLICY_REQUEST_LOOKS_AN_HOUR = 3
    _case, key = asked_for(client)
    wrong = {**key, "secret": "2222-2222-2222-2222-2222"}
    assert client.post(DATA, wrong).status_code == 404
    assert client.post(DATA, {}).status_code == 404
    assert client.get(DATA, key).status_code == 405
    assert client.post(DATA, {**wrong, "reference": "999/2569"}).status_code == 404
    assert client.post(DATA, key).status_code == 429, "as bounded as looking"
    assert not LedgerEntry.objects.filter(action="request_data_given").exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("publisher.web", 200),
        ("publisher.social", 200),
        ("pr.division-a", 403),
        ("director.office", 403),
        ("pr.division-b", 403),
        ("admin", 403),
    ],
)
def test_only_who_handles_cases_hands_it_over_and_it_is_recorded(office, client, who, status):
    case = new_case(identity=WHO, question=QUESTION)
    division = Unit.objects.get(code="division-a")
    assign(case.pk, user=office[HANDLER], subject="รายงานหนึ่ง", producer=division)
    client.force_login(office[who])
    answer = client.post(f"{CASES}{case.pk}/data/")
    assert _status(answer) == status
    assert client.get(f"{CASES}{case.pk}/data/").status_code in (302, 405)
    entries = LedgerEntry.objects.filter(action="request_data_given")
    assert entries.count() == (status == 200)
    if status == 200:
        assert WHO.name in opened(answer)["index.html"].decode()
        assert json.loads(entries.get().body)["request"] == case.reference
        assert WHO.name not in entries.get().body


def test_after_erasure_it_says_so_and_has_nothing_personal(office, client):
    with on_day("2026-11-23"):
        case, _key = asked_for(client)
        division = Unit.objects.get(code="division-a")
        assign(case.pk, user=office[HANDLER], subject="รายงานหนึ่ง", producer=division)
        move(office, case, "decided", on="2026-11-23", outcome="not_held", note="ไม่มี")
    with on_day("2027-11-25"):
        erase_due()
        client.force_login(office[HANDLER])
        found = opened(client.post(f"{CASES}{case.pk}/data/"))
    kept = json.loads(found["data.json"])
    assert kept["erased_on"] == "2027-11-25"
    assert kept["request"] == []
    assert not any(kept["who_asks"].values())
    assert set(found) == {"data.json", "index.html"}
