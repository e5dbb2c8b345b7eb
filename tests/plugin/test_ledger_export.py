"""The exported ledger verifies without Django, and no change of it goes unseen."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext

from otp_policy.cli import main
from otp_policy.wagtail import ledger_export
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.models import LedgerEntry, LedgerHead
from otp_policy.wagtail.recording import record, record_many
from tests.office import PASSWORD, Office
from tests.tampering import tampering

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    """Return an office for the tests that want one: the others want an empty ledger."""
    return Office()


@pytest.fixture
def rows(db):
    """Return nothing; leave a ledger of twelve rows."""
    for number in range(6):
        record("approve", user=None, page_id=number, digest=f"sha256:{number}", note="ก\n\x0b“")
    record_many("adopt", user=None, rows=[{"page_id": number} for number in range(6)])


def export(*arguments: str) -> str:
    err = StringIO()
    call_command("otp_ledger", "export", *arguments, stderr=err)
    return err.getvalue()


def codes() -> list[str]:
    return [finding.code for finding in audit()]


def test_the_export_verifies_with_its_head(rows, tmp_path):
    path = tmp_path / "ledger.jsonl"
    said = export(str(path), "--script")
    head = LedgerHead.objects.get()
    assert head.hash in said
    assert len(path.read_bytes().splitlines()) == 12
    assert main(["verify", str(path)]) == 0
    assert main(["verify", str(path), "--head", head.hash]) == 0
    alone = [sys.executable, "-I", f"{path}.verify.py", str(path), "--head", head.hash]
    assert subprocess.run(alone, check=False, capture_output=True).returncode == 0
    assert codes() == []


def test_a_flipped_byte_anywhere_is_found(rows, tmp_path):
    path = tmp_path / "ledger.jsonl"
    export(str(path))
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert main(["verify", str(path)]) == 1, (place, whole[place : place + 1])


def test_a_row_that_is_dropped_or_swapped_and_a_tail_that_is_cut_are_found(rows, tmp_path):
    path = tmp_path / "ledger.jsonl"
    export(str(path))
    whole = path.read_bytes().splitlines(keepends=True)
    for place in range(len(whole)):
        path.write_bytes(b"".join(whole[:place] + whole[place + 1 :]))
        assert main(["verify", str(path)]) == 1, f"dropped {place}"
        path.write_bytes(b"".join(whole[:place]))
        assert main(["verify", str(path)]) == 1, f"cut at {place}"
        if place:
            other = [*whole[: place - 1], whole[place], whole[place - 1], *whole[place + 1 :]]
            path.write_bytes(b"".join(other))
            assert main(["verify", str(path)]) == 1, f"swapped {place}"


def test_an_empty_note_of_the_head_is_not_taken_for_none(rows, tmp_path):
    path = tmp_path / "ledger.jsonl"
    export(str(path))
    (tmp_path / "ledger.jsonl.head").write_text("")
    assert main(["verify", str(path)]) == 1


def test_an_export_since_a_row_joined_to_the_earlier_one_verifies(rows, tmp_path):
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    export(str(first))
    record("publish", user=None)
    export(str(second), "--since", "13")
    assert len(second.read_bytes().splitlines()) == 1
    joined = tmp_path / "joined.jsonl"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    head = LedgerHead.objects.get().hash
    assert main(["verify", str(joined), "--head", head]) == 0
    with pytest.raises(CommandError):
        export(str(second), "--since", "0")


def test_to_standard_output_it_says_the_same(rows, tmp_path):
    path = tmp_path / "ledger.jsonl"
    export(str(path))
    out = StringIO()
    call_command("otp_ledger", "export", stdout=out, stderr=StringIO())
    assert out.getvalue().encode() == path.read_bytes()


def test_a_file_that_cannot_be_written_is_said(rows, tmp_path):
    with pytest.raises(CommandError, match="missing"):
        export(str(tmp_path / "missing" / "ledger.jsonl"))


def test_a_batch_is_in_memory_at_a_time(rows, monkeypatch):
    monkeypatch.setattr(ledger_export, "_BATCH", 5)
    with CaptureQueriesContext(connection) as seen:
        found = ledger_export.lines(until=ledger_export.head())
        assert json.loads(next(found))["seq"] == 1
        assert len(seen) == 2
        assert len(list(found)) == 11


def test_rows_written_since_the_head_was_read_belong_to_the_next_export(rows):
    last = ledger_export.head()
    record("publish", user=None)
    assert len(list(ledger_export.lines(until=last))) == last.seq == 12


def test_the_audit_finds_each_change_of_the_stored_rows(rows):
    row = LedgerEntry.objects.get(seq=3)
    body = json.loads(row.body)
    for text in (
        row.body.replace("\\u000b", "\\u000B"),
        row.body.replace('{"action":"approve"', '{"action":"publish","action":"approve"'),
        json.dumps(body),
        json.dumps({**body, "digest": "sha256:x"}),
        "[]",
        "",
    ):
        assert text != row.body
        with tampering():
            QuerySet(LedgerEntry).filter(seq=3).update(body=text)
        assert any(code.startswith("ledger_") for code in codes()), text
    with tampering():
        QuerySet(LedgerEntry).filter(seq=3).update(body=row.body)
    assert codes() == []
    with tampering():
        QuerySet(LedgerEntry).filter(seq=3).update(at=LedgerEntry.objects.get(seq=12).at)
    assert "ledger_malformed" in codes()


def test_the_audit_finds_a_tail_that_was_cut(rows):
    with tampering():
        QuerySet(LedgerEntry).filter(seq=12)._raw_delete("default")
    assert codes() == ["ledger_head_differs"]


def login(office, name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def test_who_may_see_the_register_downloads_it(office, tmp_path):
    client = login(office, "admin")
    page = client.get("/admin/measures/ledger/").content.decode()
    assert LedgerHead.objects.get().hash in page
    answer = client.get("/admin/measures/ledger/ledger.jsonl")
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(b"".join(answer.streaming_content))
    assert main(["verify", str(path), "--head", answer["X-Ledger-Head"]]) == 0
    assert (
        "/admin/measures/ledger/" in client.get("/admin/otp_policy/ledgerentry/").content.decode()
    )
    script = client.get("/admin/measures/ledger/verify_ledger.py").content.decode()
    compile(script, "verify_ledger.py", "exec")


def test_whoever_may_not_see_the_register_gets_nothing_of_it(office):
    client = login(office, "director.office")
    for name in ("", "ledger.jsonl", "verify_ledger.py"):
        answer = client.get(f"/admin/measures/ledger/{name}")
        assert answer.status_code == 302  # the admin's answer to a refusal
        assert answer["Location"] == "/admin/"
    office["director.office"].user_permissions.add(
        Permission.objects.get(codename="view_ledgerentry")
    )
    assert client.get("/admin/measures/ledger/ledger.jsonl").status_code == 200
