"""A pack of this installation: whole, complete, checked by the auditor's file, and refused."""

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader
from wagtail.documents import get_document_model

from news.models import NewsPage
from otp_policy.cli.verify import script
from otp_policy.pack_proof import verify_pack
from otp_policy.wagtail import ledger_export
from otp_policy.wagtail.evidence_packs import building
from otp_policy.wagtail.evidence_packs.building import ITEM, build_pack
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.pdf_letters import letters_of
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.recording import record
from tests.office import fresh
from tests.plugin.thai_files import thai_pdf
from tests.tampering import tampering

pytestmark = pytest.mark.django_db
SECRET = "ข้อความของอีกเรื่องหนึ่ง"


@pytest.fixture
def page(office):
    """A plan that was published, corrected and published again, with another item in between."""
    item = office.publish(office.other(title="คู่มือการขอรับบริการ", summary="ขั้นตอนการขอรับบริการ"))
    office.publish(office.draft(title="ข่าวอื่น", summary=SECRET))
    record("note", user=office["admin"], page_id=None, note=SECRET)
    item = office.edit(item, summary="ขั้นตอนใหม่ของการขอรับบริการ")
    return office.publish(item)


def packed(page, office):
    return build_pack([page], office["publisher.web"], subject=ITEM, stem=f"evidence-{page.pk}")


def files_in(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def codes(data, **more):
    return [defect.code for defect in verify_pack(io.BytesIO(data), **more)]


def whole_ledger():
    return [json.loads(line) for line in ledger_export.lines(until=ledger_export.head())]


def test_a_pack_is_whole_and_its_entries_stand_in_the_ledger(office, page):
    head = ledger_export.head()
    pack = packed(page, office)
    data = pack.file.read()
    assert codes(data, head=head.hash, digest=pack.sha256, against=whole_ledger()) == []
    assert pack.name == f"evidence-{page.pk}-{hashlib.sha256(data).hexdigest()[:16]}.zip"
    noted = LedgerEntry.objects.get(action="make_evidence_pack")
    assert f"sha256:{pack.sha256}" in noted.body


def test_the_auditors_file_checks_it_alone(office, page, tmp_path):
    pack = packed(page, office)
    (tmp_path / pack.name).write_bytes(pack.file.read())
    (tmp_path / "ledger.jsonl").write_bytes(
        b"".join(ledger_export.lines(until=ledger_export.head()))
    )
    (tmp_path / "verify_ledger.py").write_text(script(), encoding="utf-8")
    command = [sys.executable, "-I", "-S", "verify_ledger.py", pack.name]
    done = subprocess.run(
        [*command, "--against", "ledger.jsonl", "--digest", pack.sha256],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr


def test_it_tells_who_asked_who_decided_by_which_right_and_what_changed(office, page):
    today = timezone.localdate()
    office.delegate("pr.division-b", first=today, last=today + timedelta(days=1))
    page = office.edit(page, summary="ขั้นตอนที่สาม")
    office.agree(page)
    office.submit(page)
    office.decide(page, "pr.division-b")
    office.decide(page, "director.office")
    publish_due()
    found = files_in(packed(fresh(page), office).file.read())
    [item] = json.loads(found["evidence.json"])["items"]
    assert [one["username"] for one in item["request"]["prepared_by"]] == ["pr.division-a"]
    assert len(item["request"]["submitted"]) == 3
    assert {one["channel"] for one in item["slots"]} == {"website"}
    by_order = [one for one in item["approvals"] if one["order"]]
    assert [(one["by"]["username"], one["order"], one["capacity"]) for one in by_order] == [
        ("pr.division-b", "12/2569", "assigned")
    ]
    assert [one["number"] for one in item["versions"]] == [1, 2, 3]
    changed = {one["before"]: one["after"] for one in item["difference"]}
    assert changed["ขั้นตอนใหม่ของการขอรับบริการ"] == "ขั้นตอนที่สาม"
    told = found["index.html"].decode()
    for words in ("แบบขอเผยแพร่", "12/2569", "คู่มือการขอรับบริการ", "Request for publication"):
        assert words in told
    assert "<script" not in told
    assert "http-equiv" in told


def test_the_page_and_the_text_as_served_are_in_it(office, page):
    found = files_in(packed(page, office).file.read())
    [item] = json.loads(found["evidence.json"])["items"]
    served = item["served"]
    text = found[served["text"]]
    assert f"sha256:{hashlib.sha256(text).hexdigest()}" == served["digest"]
    assert served["digest"] == item["versions"][-1]["digest"]
    thai = found[f"items/{page.pk}/page.th.html"].decode()
    assert "ขั้นตอนใหม่ของการขอรับบริการ" in thai
    assert f"items/{page.pk}/page.en.html" in found
    assert found["evidence.pdf"].startswith(b"%PDF")


def test_files_are_in_it_and_are_the_approved_ones(office):
    body = thai_pdf("แผนปฏิบัติราชการ")
    document = get_document_model().objects.create(
        title="แผน", file=ContentFile(body, name="plan.pdf")
    )
    block = {"document": document, "name": "แผน", "name_en": "", "text": "", "text_en": ""}
    page = office.publish(office.other(title="แผน", files=[("file", block)]))
    data = packed(page, office).file.read()
    found = files_in(data)
    [row] = json.loads(found["evidence.json"])["items"][0]["served"]["files"]
    assert found[row["member"]] == body
    assert row["member"].endswith(".pdf")
    assert codes(data) == []


def test_nothing_of_other_items_is_in_it(office, page):
    data = packed(page, office).file.read()
    assert SECRET.encode() not in data
    assert "ข่าวอื่น".encode() not in files_in(data)["ledger.jsonl"]
    lines = [json.loads(line) for line in files_in(data)["ledger.jsonl"].splitlines()]
    assert {line["body"]["page"] for line in lines if "body" in line} == {page.pk}
    assert any("body" not in line for line in lines)


def test_an_item_that_is_not_public_is_told_of_and_not_shown(office):
    draft = office.other(title="ร่างที่ยังไม่เผยแพร่")
    data = packed(draft, office).file.read()
    found = files_in(data)
    assert codes(data) == []
    assert json.loads(found["evidence.json"])["items"][0]["served"] is None
    assert not [name for name in found if name.startswith("items/")]


def test_a_live_text_that_nobody_approved_is_not_given_away_as_approved(office, page):
    # Behind the gate's back, as only raw SQL does it.
    type(page).objects.filter(pk=page.pk).update(summary="ข้อความที่ไม่มีใครอนุมัติ")
    data = packed(fresh(page), office).file.read()
    assert codes(data) == []
    item = json.loads(files_in(data)["evidence.json"])["items"][0]
    assert item["served"] is None
    assert "ไม่ตรงกับที่อนุมัติ" in files_in(data)["index.html"].decode()


def test_a_flipped_byte_of_a_real_pack_is_found(office):
    page = office.publish(office.draft(title="ข่าว"))
    data = packed(page, office).file.read()
    step = max(1, len(data) // 400)
    missed = [
        place
        for place in range(0, len(data), step)
        if not codes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    ]
    assert missed == []


def test_a_ledger_row_that_was_tampered_with_shows_in_the_pack(office, page):
    row = LedgerEntry.objects.filter(page_id=page.pk, action="approve").first()
    body = row.body.replace("director", "intruder")
    with tampering(), connection.cursor() as cursor:
        table = LedgerEntry._meta.db_table
        cursor.execute(f"UPDATE {table} SET body = %s WHERE seq = %s", [body, row.seq])
    assert "ledger_changed" in codes(packed(page, office).file.read())


@pytest.fixture
def clients(office):
    def client(name):
        made = Client()
        made.force_login(office[name])
        return made

    return client


MAY = ("pr.division-a", "director.division-a", "publisher.web", "director.office", "admin")
MAY_NOT = ("pr.division-b", "director.division-b", "publisher.social")


def test_the_owner_the_websites_unit_and_executives_may_and_others_may_not(office, page, clients):
    screen, pack, pdf = (
        f"/admin/evidence/items/{page.pk}/{part}" for part in ("", "pack/", "evidence.pdf")
    )
    for name in MAY:
        assert clients(name).get(screen).status_code == 200, name
        answer = clients(name).post(pack)
        assert answer.status_code == 200, name
        assert codes(b"".join(answer)) == []
    made = LedgerEntry.objects.filter(action="make_evidence_pack").count()
    for name in MAY_NOT:
        for answer in (clients(name).get(screen), clients(name).post(pack), clients(name).get(pdf)):
            assert answer.status_code in (302, 403), name
            assert "คู่มือการขอรับบริการ" not in answer.content.decode()
    assert LedgerEntry.objects.filter(action="make_evidence_pack").count() == made
    assert Client().post(pack).status_code == 302
    assert clients("admin").get(pack).status_code == 405
    assert clients("admin").get("/admin/evidence/items/999999/").status_code == 404


def test_a_change_without_djangos_token_is_refused(office, page):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office["admin"])
    assert strict.post(f"/admin/evidence/items/{page.pk}/pack/").status_code == 403


def test_the_screen_shows_the_hash_that_the_ledger_has(office, page, clients):
    answer = clients("admin").post(f"/admin/evidence/items/{page.pk}/pack/")
    digest = answer["X-Pack-SHA256"]
    assert digest[:16] in answer["Content-Disposition"]
    assert hashlib.sha256(b"".join(answer)).hexdigest() == digest
    screen = clients("admin").get(f"/admin/evidence/items/{page.pk}/").content.decode()
    assert digest in screen
    assert "แบบขอเผยแพร่" in screen


def test_the_pdf_reads_in_both_languages(office, page, clients):
    answer = clients("pr.division-a").get(f"/admin/evidence/items/{page.pk}/evidence.pdf")
    text = "".join(letters_of(one) for one in PdfReader(io.BytesIO(answer.content)).pages)
    assert "แบบขอเผยแพร่" in text
    assert "Request for publication" in text


def test_it_takes_as_many_queries_however_much_others_did(office, page):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            building.evidence_of([fresh(page)], subject=ITEM)
        return len(captured)

    cost()
    few = cost()
    for number in range(3):
        office.publish(office.draft(NewsPage, title=f"ข่าว {number}"))
    assert cost() == few
