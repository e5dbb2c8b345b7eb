"""Evidence packs: a pack verifies wherever Python is, and whatever is done to it is found."""

import hashlib
import io
import os
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest

from otp_policy import packs
from otp_policy.cli import main
from otp_policy.cli.verify import script
from otp_policy.ledger import append, canonical_json, entry_line
from otp_policy.pack_proof import EVIDENCE_FORMAT, STATED, verify_pack
from otp_policy.packs import LARGEST_PACK, parse_json, read_pack, write_pack

PAGE, OTHER = 77, 78
FILE = "แผนปฏิบัติราชการ".encode()
TEXT = canonical_json(
    {
        "fields": {"title": "แผนปฏิบัติราชการ พ.ศ. ๒๕๖๙"},
        "files": {"documents.document:3": {"bytes": hashlib.sha256(FILE).hexdigest()}},
    }
)
DIGEST = f"sha256:{hashlib.sha256(TEXT).hexdigest()}"


def body(page, action, **more):
    return dict.fromkeys(STATED, "") | {
        "action": action,
        "actor": {"id": "4", "username": "director.division-a"},
        "at": "2026-03-01T09:00:00.000000+00:00",
        "digest": DIGEST if page == PAGE else "sha256:00",
        "page": page,
        **more,
    }


def chain():
    """Five entries: of another item, of the item twice with one of another between, and more."""
    entries, last = [], None
    for page, action in [
        (OTHER, "approve"),
        (PAGE, "approve"),
        (OTHER, "publish"),
        (PAGE, "publish"),
        (None, "change_office"),
    ]:
        last = append(last, body=body(page, action, note="ความลับ" if page == OTHER else "เห็นชอบ"))
        entries.append(last)
    return entries


def proof(entries):
    links = []
    for entry in entries[1:]:
        is_own = entry["body"]["page"] == PAGE
        links.append(entry if is_own else {key: entry[key] for key in ("seq", "previous", "hash")})
    return links


def evidence(entries, **more):
    decisions = [
        {"seq": entry["seq"], **{name: entry["body"][name] for name in STATED}}
        for entry in entries
        if entry["body"]["page"] == PAGE
    ]
    served = {
        "text": "items/77/approved.json",
        "digest": DIGEST,
        "files": [{"member": "items/77/file-1.pdf", "of": "documents.document:3"}],
        "pages": ["items/77/page.th.html"],
    }
    item = {"page": PAGE, "decisions": decisions, "served": served}
    head = {"seq": entries[-1]["seq"], "head": entries[-1]["hash"]}
    return {"format": EVIDENCE_FORMAT, "ledger": head, "items": [item | more]}


def members(entries=None, facts=None, **more):
    entries = entries or chain()
    found = {
        "evidence.json": canonical_json(facts or evidence(entries)),
        "items/77/approved.json": TEXT,
        "items/77/file-1.pdf": FILE,
        "items/77/page.th.html": "<p>แผน</p>".encode(),
        "ledger.jsonl": b"".join(map(entry_line, proof(entries))),
    } | more
    return {name: data for name, data in found.items() if data is not None}


def packed(found):
    out = io.BytesIO()
    digest = write_pack(out, ((name, [found[name]]) for name in sorted(found)))
    assert digest == hashlib.sha256(out.getvalue()).hexdigest()
    return out.getvalue()


PACK = packed(members())


def codes(data, **more):
    return [defect.code for defect in verify_pack(io.BytesIO(data), **more)]


def test_a_pack_is_whole_and_every_common_program_opens_it():
    assert codes(PACK) == []
    with zipfile.ZipFile(io.BytesIO(PACK)) as opened:
        assert opened.testzip() is None
        assert opened.read("items/77/file-1.pdf") == FILE
    assert packed(members()) == PACK


def test_one_flipped_byte_anywhere_is_found():
    missed = []
    for place in range(len(PACK)):
        for mask in (0x01, 0x20, 0xFF):
            flipped = PACK[:place] + bytes([PACK[place] ^ mask]) + PACK[place + 1 :]
            if not codes(flipped):
                missed.append((place, mask))
    assert missed == []


def test_a_cut_at_any_place_and_one_byte_more_or_less_is_found():
    for place in range(len(PACK)):
        assert codes(PACK[:place]), place
        assert codes(PACK[:place] + PACK[place + 1 :]), place
        assert codes(PACK[:place] + b"\0" + PACK[place:]), place
    assert codes(PACK + b"\0")
    assert codes(b"")


def rezipped(change):
    """The same files by Python's own `zipfile`, which writes other headers than a pack has."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PACK)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info.filename)
            change(info)
            new.writestr(info, data)
    return out.getvalue()


def with_comment(info):
    info.comment = "ความเห็น".encode()


def with_extra(info):
    info.extra = struct.pack("<HH4s", 0xCAFE, 4, b"hide")


def as_symlink(info):
    info.external_attr = 0o120777 << 16


def deflated(info):
    info.compress_type = zipfile.ZIP_DEFLATED


def later(info):
    info.date_time = (2026, 3, 1, 9, 0, 0)


def upward(info):
    info.filename = info.filename.replace("items/77/file-1.pdf", "../../etc/passwd")


@pytest.mark.parametrize("change", [with_comment, with_extra, as_symlink, deflated, later, upward])
def test_what_another_program_would_hide_or_open_is_found(change):
    assert codes(rezipped(change))


def test_a_comment_of_the_file_and_what_stands_before_it_is_found():
    assert codes(b"#!/bin/sh\n" + PACK)
    at = PACK.rindex(b"PK\x05\x06")
    commented = PACK[: at + 20] + struct.pack("<H", 4) + b"hide"
    assert codes(commented) == ["not_canonical"]


def local(name, data, *, size=None, flags=0x0800, method=0):
    from zlib import crc32

    size = len(data) if size is None else size
    head = (b"PK\x03\x04", 10, flags, method, 0, 0x21, crc32(data), size, size, len(name), 0)
    return struct.pack("<4s5H3I2H", *head) + name + data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (local(b"a", b"x", size=0xFFFFFFFF), "truncated"),  # a lie about 64 bits
        (local(b"a", b"x", size=LARGEST_PACK), "truncated"),  # a bomb would have to be there
        (local(b"a", b"x", method=8), "not_canonical"),
        (local(b"a", b"x", flags=0x0801), "not_canonical"),  # encrypted
        (local(b"a", b"x", flags=0x0808), "not_canonical"),  # its size only after it
        (local(b"../a", b"x"), "bad_name"),
        (local(b"/etc/passwd", b"x"), "bad_name"),
        (local(b"c:\\a", b"x"), "bad_name"),
        (local(b"a/./b", b"x"), "bad_name"),
        (local(b"A", b"x"), "bad_name"),
        (local(b"\xff" * 60000, b""), "bad_name"),
        (local(b"a", b"x") * 2, "out_of_order"),
        (local(b"b", b"x") + local(b"a", b"x"), "out_of_order"),
        (b"".join(local(b"%05d" % number, b"") for number in range(6000)), "too_many"),
        (b"PK\x05\x06" + bytes(18), "truncated"),
        (b"PK\x01\x02", "not_canonical"),
    ],
)
def test_a_hostile_file_gets_a_finding(data, code):
    assert code in codes(data)


@pytest.mark.parametrize(
    "value",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 200_000,
        b"1e400",
        b"NaN",
        b'{"a":1,"a":1}',
        b'"\\ud800"',
        b"\xff",
        b"",
        b"[]",
        b"{}",
        b'{"format":"otp-evidence/1"}',
        b'{"format":"otp-evidence/1","items":[[]],"ledger":{"head":"","seq":1}}',
    ],
)
@pytest.mark.parametrize("name", ["evidence.json", "items/77/approved.json", "ledger.jsonl"])
def test_hostile_json_gets_a_finding(name, value):
    assert codes(packed(members(**{name: value})))


def test_a_manifest_is_held_against_what_is_there():
    reading = read_pack(io.BytesIO(PACK))
    assert list(reading.members)[-2:] == ["manifest.json", "manifest.sha256"]
    begin = reading.members["manifest.json"].begins_at
    manifest = parse_json(PACK[begin : begin + reading.members["manifest.json"].size])
    assert [row["name"] for row in manifest["members"]] == sorted(members())


def assembled(parts, *, wrong_sum=False):
    """A container whose headers and directory fit *parts*, whatever these say of each other."""
    out, written = io.BytesIO(), []
    for name, data in parts:
        written.append(packs._write_member(out, name, [data]))
        if wrong_sum and name == "items/77/file-1.pdf":
            last = written[-1] = replace(written[-1], crc=written[-1].crc ^ 1)
            out.seek(last.begins_at - 30 - len(name))
            out.write(packs._local_header(name, last.size, last.crc))
            out.seek(0, 2)
    out.write(packs._directory(written, out.tell()))
    return out.getvalue()


def test_members_that_are_not_those_of_the_manifest_are_found():
    with zipfile.ZipFile(io.BytesIO(PACK)) as opened:
        parts = [(name, opened.read(name)) for name in opened.namelist()]
    assert assembled(parts) == PACK
    changed = [(name, FILE + b"!" if name.endswith(".pdf") else data) for name, data in parts]
    assert codes(assembled(changed)) == ["changed"]
    assert codes(assembled([one for one in parts if not one[0].endswith(".pdf")])) == ["missing"]
    assert codes(assembled([("a", b""), *parts])) == ["unlisted"]
    assert codes(assembled(parts[:-1])) == ["missing"]
    assert codes(assembled([*parts[:-1], ("manifest.sha256", b"0" * 81)])) == ["manifest_changed"]
    assert codes(assembled([*parts[:-2], parts[-1], parts[-2]])) == ["missing"]
    assert codes(assembled([*parts, parts[-1]])) == ["not_canonical"]
    assert codes(assembled(parts, wrong_sum=True)) == ["changed"]


def test_facts_that_are_not_in_the_ledger_are_found():
    entries = chain()
    facts = evidence(entries)
    facts["items"][0]["decisions"][0]["actor"] = {"id": "5", "username": "director.office"}
    assert codes(packed(members(entries, facts))) == ["decision_differs"]
    facts = evidence(entries)
    del facts["items"][0]["decisions"][1]
    assert codes(packed(members(entries, facts))) == ["decision_missing"]
    facts = evidence(entries)
    facts["ledger"]["head"] = entries[0]["hash"]
    assert codes(packed(members(entries, facts))) == ["head_differs"]


def test_an_item_that_is_told_twice_is_found():
    entries = chain()
    facts = evidence(entries)
    facts["items"] *= 2
    assert codes(packed(members(entries, facts))) == ["evidence_malformed"]


def test_another_text_or_file_than_the_approved_one_is_found():
    assert codes(packed(members(**{"items/77/file-1.pdf": "แผนอื่น".encode()}))) == ["file_differs"]
    assert codes(packed(members(**{"items/77/file-1.pdf": None}))) == ["file_missing"]
    assert codes(packed(members(**{"items/77/page.th.html": None}))) == ["file_missing"]
    other = TEXT.replace("๒๕๖๙".encode(), "๒๕๗๐".encode())
    assert codes(packed(members(**{"items/77/approved.json": other}))) == ["text_differs"]


def test_a_broken_chain_and_an_entry_of_another_item_are_found():
    entries = chain()
    lines = [entry_line(entry) for entry in proof(entries)]
    assert codes(packed(members(entries, **{"ledger.jsonl": b"".join(lines[:1] + lines[2:])}))) == [
        "broken_link"
    ]
    open_lines = b"".join(entry_line(entry) for entry in entries[1:])
    assert "foreign_entry" in codes(packed(members(entries, **{"ledger.jsonl": open_lines})))
    changed = b"".join(lines).replace("เห็นชอบ".encode(), "ไม่เห็นชอบ".encode(), 1)
    assert "ledger_changed" in codes(packed(members(entries, **{"ledger.jsonl": changed})))
    assert "ความลับ".encode() not in PACK


def test_a_pack_that_was_forged_as_a_whole_shows_by_what_was_noted_elsewhere():
    entries = chain()
    forged = [append(None, body=body(OTHER, "approve"))]
    for page in (PAGE, OTHER, PAGE, None):
        forged.append(append(forged[-1], body=body(page, "approve", role="office_director")))
    other = packed(members(forged))
    assert codes(other) == []
    assert codes(other, digest=hashlib.sha256(PACK).hexdigest()) == ["digest_differs"]
    assert codes(other, head=entries[-1]["hash"]) == ["head_differs"]
    assert set(codes(other, against=entries)) == {"not_in_ledger"}
    assert codes(PACK, against=entries, head=entries[-1]["hash"]) == []
    assert codes(PACK, digest=f"sha256:{hashlib.sha256(PACK).hexdigest()}") == []
    assert codes(PACK, digest=hashlib.sha256(members()["evidence.json"]).hexdigest()) == []


@pytest.mark.parametrize("name", ["", ".hidden", "a/../b", "ก", "A", "manifest.json", "a" * 81])
def test_no_pack_is_written_with_a_name_that_it_cannot_have(name):
    with pytest.raises(ValueError, match="cannot be here"):
        write_pack(io.BytesIO(), [(name, [b""])])


def test_no_pack_is_written_out_of_order():
    with pytest.raises(ValueError, match="cannot be here"):
        write_pack(io.BytesIO(), [("b", [b""]), ("a", [b""])])


def test_the_auditors_file_checks_packs_alone(tmp_path):
    name = f"evidence-77-{hashlib.sha256(PACK).hexdigest()[:16]}.zip"
    (tmp_path / "verify_ledger.py").write_text(script(), encoding="utf-8")
    (tmp_path / name).write_bytes(PACK)
    (tmp_path / "other-0123456789abcdef.zip").write_bytes(PACK)
    (tmp_path / "cut.zip").write_bytes(PACK[:-1])
    (tmp_path / "ledger.jsonl").write_bytes(b"".join(map(entry_line, chain())))
    (tmp_path / "short.jsonl").write_bytes(b"".join(map(entry_line, chain()[:3])))

    def run(*arguments):
        command = [sys.executable, "-I", "-S", "verify_ledger.py", *arguments]
        environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert b"Traceback" not in done.stderr
        return done.returncode, done.stdout.decode().splitlines()

    assert run(name, "--against", "ledger.jsonl") == (0, [])
    assert run("other-0123456789abcdef.zip")[1] == [
        "other-0123456789abcdef.zip: name_differs (0123456789abcdef)"
    ]
    assert run("cut.zip") == (1, ["cut.zip: not_canonical (directory)"])
    code, lines = run(name, "--against", "short.jsonl")
    assert code == 1
    assert [line.split(": ")[1] for line in lines] == ["not_in_ledger (ledger.jsonl"] * 2
    assert run("ledger.jsonl", "--digest", "00")[0] == 2
    assert run("nowhere.zip")[0] == 2
    assert run("ledger.jsonl") == (0, [])


def test_the_command_checks_a_pack_by_its_beginning_too(tmp_path, capsys):
    path = tmp_path / "pack"
    path.write_bytes(PACK)
    assert main(["verify", str(path)]) == 0
    told = capsys.readouterr().err
    assert hashlib.sha256(PACK).hexdigest() in told
    assert "--digest" in told  # nothing anchored it yet
    assert main(["verify", str(path), "--digest", "0" * 64]) == 1


def test_the_auditors_file_runs_on_python_3_9():
    import ast

    ast.parse(script(), feature_version=(3, 9))
