"""The public log: nothing is in it without its approval, and nobody is."""

from hashlib import sha256
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from otp_policy.wagtail.information_requests import releases, rounds
from otp_policy.wagtail.information_requests.division_work import assign
from otp_policy.wagtail.information_requests.models import Release, Sealed
from otp_policy.wagtail.models import LedgerEntry, Notice, Unit
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.scans import read_scan

from .cases import HANDLER, WHO, move, new_case

LOG = "/information-requests/log/"
SAID = {"title": "รายงานการประชุม ปี 2568", "question": "ขอรายงาน", "answer": "เปิดเผยตามไฟล์"}


def scan(colour=(1, 2, 3)):
    out = BytesIO()
    Image.new("RGB", (4, 4), colour).save(out, "PNG")
    return read_scan(SimpleUploadedFile("ชื่อผู้ขอ.png", out.getvalue()))


@pytest.fixture
def case(office):
    found = new_case(identity=WHO)
    division = Unit.objects.get(code="division-a")
    assign(found.pk, user=office[HANDLER], subject="รายงานการประชุม", producer=division)
    found.refresh_from_db()
    return move(office, found, "decided", outcome="full", note="ตามแนบ")


def written(office, case, by=HANDLER, **more):
    return releases.write(case, user=office[by], **{**SAID, **more})


def approved(office, entry):
    releases.endorse(entry, user=office["director.division-a"], digest=entry.digest)
    releases.approve(entry, user=office["director.office"], digest=entry.digest)
    entry.refresh_from_db()
    return entry


def shown(client) -> str:
    return client.get(LOG).content.decode()


def test_an_entry_is_public_only_once_it_is_endorsed_and_approved(office, client, case):
    entry = written(office, case, files=[scan()])
    address = f"{LOG}{case.year}-{case.number}/"
    file = f"{address}{entry.files[0]['sealed']}/"
    assert SAID["title"] not in shown(client)
    assert client.get(address).status_code == client.get(file).status_code == 404
    with pytest.raises(PolicyRefusal) as caught:
        releases.approve(entry, user=office["director.office"], digest=entry.digest)
    assert caught.value.codes == ("endorsement_missing",)
    approved(office, entry)
    assert SAID["title"] in shown(client)
    page = client.get(address).content.decode()
    assert SAID["answer"] in page
    given = client.get(file)
    assert sha256(given.content).hexdigest() == entry.files[0]["sha256"]
    assert "ชื่อผู้ขอ" not in page + given["Content-Disposition"]
    for kept in (WHO.name, WHO.phone, WHO.e_mail, WHO.address):
        assert kept not in page


def test_whoever_worked_on_it_does_not_decide_on_it(office, case):
    entry = written(office, case, by="director.division-a")
    with pytest.raises(PolicyRefusal) as caught:
        releases.endorse(entry, user=office["director.division-a"], digest=entry.digest)
    assert "own_work" in caught.value.codes


def test_a_handler_and_another_division_do_not_decide(office, case):
    entry = written(office, case)
    for who in ("publisher.web", "pr.division-a", "director.division-b", "admin"):
        with pytest.raises(PolicyRefusal):
            releases.endorse(entry, user=office[who], digest=entry.digest)
    with pytest.raises(PermissionDenied):
        written(office, case, by="pr.division-b")


def test_a_change_after_the_approval_takes_it_out_until_it_is_approved_again(office, client, case):
    entry = approved(office, written(office, case))
    entry = written(office, case, answer="คำตอบใหม่")
    assert SAID["title"] not in shown(client)
    with pytest.raises(PolicyRefusal) as caught:
        releases.approve(entry, user=office["director.office"], digest=entry.digest)
    assert caught.value.codes == ("endorsement_stale",)
    approved(office, entry)
    assert SAID["title"] in shown(client)


def test_a_decision_is_on_the_text_that_was_read(office, case):
    first = written(office, case)
    digest = first.digest
    written(office, case, answer="คำตอบที่เปลี่ยนไป")
    with pytest.raises(PolicyRefusal, match="เปลี่ยนไปแล้ว"):
        releases.endorse(first, user=office["director.division-a"], digest=digest)


def test_what_is_changed_past_the_models_is_not_shown_and_is_taken_out(office, client, case):
    entry = approved(office, written(office, case))
    Release.objects.filter(pk=entry.pk).update(answer="แก้ในฐานข้อมูล")
    assert "แก้ในฐานข้อมูล" not in shown(client)
    assert client.get(f"{LOG}{case.year}-{case.number}/").status_code == 404
    assert rounds.run()["withdrawn"] == 1
    assert LedgerEntry.objects.filter(action="request_log_withdrawn").count() == 1


def test_a_file_that_was_exchanged_is_not_approved(office, case):
    entry = written(office, case, files=[scan()])
    other = releases.seal_file(case, Sealed.What.PUBLIC, scan((9, 9, 9)))
    Sealed.objects.filter(pk=entry.files[0]["sealed"]).update(token=other.token)
    releases.endorse(entry, user=office["director.division-a"], digest=entry.digest)
    with pytest.raises(ValidationError):
        releases.approve(entry, user=office["director.office"], digest=entry.digest)
    entry.refresh_from_db()
    assert not entry.is_public


@pytest.mark.parametrize("field", ["title", "question", "answer"])
@pytest.mark.parametrize("word", [WHO.name, WHO.e_mail, "081-555-0199", "1-2345-67890-12-1"])
def test_a_text_that_names_somebody_is_refused(office, case, field, word):
    with pytest.raises(ValidationError) as caught:
        written(office, case, **{field: f"ตอบคุณ {word}"})
    assert caught.value.code == "personal_data"
    assert not Release.objects.exists()


def test_what_is_not_decided_does_not_go_into_the_log(office):
    with pytest.raises(ValidationError) as caught:
        written(office, new_case())
    assert caught.value.code == "not_closed"


def test_an_entry_is_taken_out_at_once(office, client, case):
    entry = approved(office, written(office, case))
    releases.take_out(entry, user=office[HANDLER])
    assert SAID["title"] not in shown(client)
    with pytest.raises(PermissionDenied):
        releases.take_out(entry, user=office["pr.division-b"])


def test_those_who_decide_are_told_and_decide_on_the_screen(office, client, case):
    entry = written(office, case)
    notice = Notice.objects.get(what="request_log_endorse")
    assert notice.recipient == office["director.division-a"]
    screen = f"/admin/measures/requests/{case.pk}/log/"
    for who, action in (("director.division-a", "endorse"), ("director.office", "approve")):
        client.force_login(office[who])
        assert SAID["answer"] in client.get(screen).content.decode()
        client.post(f"{screen}{action}/", {"digest": entry.digest})
    entry.refresh_from_db()
    assert entry.is_public
    decided = LedgerEntry.objects.filter(action__startswith="request_log_")
    assert list(decided.values_list("action", flat=True)) == [
        "request_log_written",
        "request_log_endorsed",
        "request_log_published",
    ]
