"""The file for an auditor: alone in an empty folder, it finds whatever was done to a ledger."""

import json
import os
import subprocess
import sys

import pytest

from otp_policy.cli import main
from otp_policy.cli.verify import script
from otp_policy.ledger import append, canonical_json, entry_line, verify


def chain(count):
    entries, last = [], None
    for number in range(1, count + 1):
        last = append(last, body={"action": "approve", "by": f"u{number}", "note": "เห็นชอบ"})
        entries.append(last)
    return entries


@pytest.fixture
def check(tmp_path):
    (tmp_path / "verify_ledger.py").write_text(script(), encoding="utf-8")

    def run(data, *more):
        (tmp_path / "ledger.jsonl").write_bytes(data)
        # Isolated and without site-packages: nothing but the standard library can be found.
        command = [sys.executable, "-I", "-S", "verify_ledger.py", "ledger.jsonl", *more]
        environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        assert b"Traceback" not in done.stderr
        return done.returncode, done.stdout.decode().splitlines()

    return run


def exported(entries):
    return b"".join(map(entry_line, entries))


def test_an_appended_chain_is_whole(check):
    entries = chain(4)
    assert [entry["seq"] for entry in entries] == [1, 2, 3, 4]
    assert verify(entries) == ()
    assert check(exported(entries), "--head", entries[-1]["hash"]) == (0, [])


def test_the_file_finds_a_changed_a_dropped_and_a_moved_row(check):
    entries = chain(4)
    lines = exported(entries).splitlines(keepends=True)
    changed = [*lines[:1], lines[1].replace(b"u2", b"u9"), *lines[2:]]
    assert check(b"".join(changed)) == (1, ["ledger.jsonl:2: changed (seq 2)"])
    assert check(b"".join([lines[0], *lines[2:]]))[1] == [
        "ledger.jsonl:2: broken_link (seq 3)",
        "ledger.jsonl:2: out_of_order (seq 3)",
    ]
    assert check(b"".join([lines[1], lines[0], *lines[2:]]))[0] == 1
    assert check(b"".join(lines[:3]), "--head", entries[-1]["hash"])[1] == [
        "ledger.jsonl:3: head_differs"
    ]


def test_what_is_no_ledger_is_told_without_a_traceback(check):
    lines = [b"{", b"\xff", b"[" * 100_000, b'{"seq":1,"seq":1}', b"1" * (1 << 21), b""]
    assert check(b"\n".join(lines) + b"\n") == (
        1,
        [f"ledger.jsonl:{number}: malformed" for number in range(1, len(lines) + 1)],
    )


def test_any_flipped_bit_is_found(tmp_path):
    # In process: a program for each of these would take minutes.
    data = exported(chain(2))
    path = tmp_path / "ledger.jsonl"
    missed = []
    for place in range(len(data)):
        for bit in (1, 4, 32):
            broken = bytearray(data)
            broken[place] ^= bit
            path.write_bytes(broken)
            if main(["verify", str(path)]) == 0:
                missed.append((place, bit))
    # Only what JSON itself does not tell apart may pass: the end of the last line.
    assert all(place == len(data) - 1 for place, _ in missed), missed


def test_the_command_writes_the_file(capsys):
    assert main(["verify", "--script"]) == 0
    assert capsys.readouterr().out == script()
    assert main(["verify"]) == 2


@pytest.mark.parametrize("change", [{"seq": "1"}, {"hash": "0" * 64}, {"body": {"a": 2}}, {"x": 1}])
def test_nothing_is_appended_to_what_is_not_whole(change):
    first = append(None, body={"a": 1})
    with pytest.raises(ValueError, match="no whole entry"):
        append({**first, **change}, body={})


@pytest.mark.parametrize("body", [{"rate": 1.5}, {"days": 2**53}, {"note": "\ud800"}])
def test_what_has_no_canonical_form_is_never_appended(body):
    with pytest.raises((TypeError, ValueError)):
        append(None, body=body)


# RFC 8785, 3.2.2 and 3.2.3, without their floats, which no decision holds.
RFC_STRINGS = (
    r'{"string":"\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}'
)
RFC_SORTING = (
    r'{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",'
    r'"1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",'
    r'"\u00f6":"Latin Small Letter O With Diaeresis"}'
)


def test_the_strings_of_rfc_8785_come_out_as_printed_there():
    assert canonical_json(json.loads(RFC_STRINGS)) == (
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


def test_the_keys_of_rfc_8785_are_sorted_as_printed_there():
    assert list(json.loads(canonical_json(json.loads(RFC_SORTING))).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
