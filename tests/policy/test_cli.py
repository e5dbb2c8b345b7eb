"""The command line, run as a program with real streams."""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import otp_policy
from otp_policy.cli import main
from otp_policy.ledger import GENESIS, entry_hash

ROOT = Path(otp_policy.__file__).parent.parent
TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")
QUESTION = {
    "on": "2026-11-23",
    "action": "approve",
    "actor": {
        "id": "u1",
        "posts": [{"role": "division_director", "unit": "division-a"}],
    },
    "item": {
        "category": "news",
        "unit": "division-a",
        "digest": "sha256:aa",
        "contributors": ["u1", "u2"],
    },
}
LINE = json.dumps(QUESTION).encode() + b"\n"
REFUSED = {
    "allowed": False,
    "reasons": [{"code": "own_work", "clause": "annex 1 step 3", "interpretation": True}],
    "policy": "tpso@2019-05-25",
}
# A locale that knows no Thai: what we say must come out all the same.
PLAIN = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0",
         "PYTHONIOENCODING": "ascii"}  # fmt: skip
COMMAND = [sys.executable, "-m", "otp_policy"]


def run(*arguments, given=b""):
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=given,
        capture_output=True,
        check=False,
        env=PLAIN,
        timeout=60,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout, done.stderr


def answers(out):
    return [json.loads(line) for line in out.splitlines()]


def test_check_of_the_shipped_policy_finds_nothing():
    code, out, err = run("check", "tpso")
    assert (code, out) == (0, b"")
    assert b"no defect" in err


def test_check_prints_every_defect_with_place_code_and_remedy(tmp_path):
    path = tmp_path / "ours.toml"
    text = TPSO.replace('owner = "yp"', 'owner = "กอง"', 1).replace("[[law]]", "[[laws]]")
    path.write_text(text, encoding="utf-8")
    code, out, err = run("check", path)
    lines = out.decode().splitlines()
    owner = text[: text.index('owner = "กอง"')].count("\n") + 1
    assert code == 1
    assert f"{len(lines)} defects" in err.decode()
    assert any(
        line.startswith(
            f"{path}:{owner}:1: channel[1].owner: undeclared unit `กอง` [undeclared_unit]"
        )
        for line in lines
    )
    assert any("[unknown_table]; write `law`" in line for line in lines)


def test_a_defect_is_one_line_whatever_the_name_holds(tmp_path):
    path = tmp_path / "ours.toml"
    text = TPSO.replace('owner = "yp"', 'owner = "ผู้\\n\\u200b"', 1)
    path.write_text(text, encoding="utf-8")
    lines = run("check", path)[1].decode().splitlines()
    assert all(line.startswith(f"{path}:") for line in lines)
    assert any(r"undeclared unit `ผู้\n\u200b` [undeclared_unit]" in line for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [(), ("decide",), ("nothing",), ("check", "nowhere.toml"), ("decide", "nowhere"),
     ("verify", "nowhere.jsonl"), ("check", "tpso", "tpso"), ("check", ".")],
)  # fmt: skip
def test_wrong_usage(arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, b"")
    assert err


def test_help_is_no_failure():
    assert run("--help")[0] == 0


def test_the_policy_says_no_and_that_is_no_failure():
    code, out, err = run("decide", "tpso", given=LINE)
    assert (code, answers(out), err) == (0, [REFUSED], b"")


def test_nothing_asked_nothing_answered():
    assert run("decide", "tpso") == (0, b"", b"")


def test_bad_lines_are_answered_in_their_place_and_the_run_goes_on():
    bad = [
        (b"", "blank_line", "line 2"),
        (b"{", "not_json", "line 3"),
        (b"\xff\xfe", "not_utf8", "line 4"),
        (b'{"on": NaN}', "not_json", "line 5"),
        (b"[" * 100_000, "too_deep", "line 6"),
        (b'{"on": ' + b"9" * 50_000 + b"}", "wrong_type", "on"),
        (b'{"\\ud800": 1}', "unknown_key", "\ud800"),
        (b" " * (3 << 20), "line_too_long", "line 9"),
        (
            LINE.strip().replace(b'"news"', '"ข่าว"'.encode()),
            "unknown_category",
            "item.category",
        ),
        (b'{"on": 1, "on": 2}', "duplicate_key", "on"),
    ]
    given = LINE + b"\n".join(line for line, _, _ in bad) + b"\n" + LINE
    code, out, err = run("decide", "tpso", given=given)
    assert (code, err) == (1, b"")
    first, *middle, last = answers(out)
    assert first == last == REFUSED
    assert middle == [{"error": {"code": code, "where": where}} for _, code, where in bad]


def test_line_ends_and_byte_order_marks_are_no_matter():
    given = b"\xef\xbb\xbf" + LINE.replace(b"\n", b"\r\n") + LINE.rstrip()
    code, out, _ = run("decide", "tpso", given=given)
    assert (code, answers(out)) == (0, [REFUSED, REFUSED])


def test_a_broken_policy_answers_nothing(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text("", encoding="utf-8")
    code, out, err = run("decide", path, given=LINE)
    assert (code, out) == (1, b"")
    assert b"missing_table" in err


def test_each_answer_comes_before_the_next_question():
    program = [*COMMAND, "decide", "tpso"]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=PLAIN
    ) as running:
        for _ in range(3):
            running.stdin.write(LINE)
            running.stdin.flush()
            assert json.loads(running.stdout.readline()) == REFUSED
        running.stdin.close()
        assert running.wait(timeout=30) == 0


def test_a_reader_that_leaves_is_no_crash():
    program = [*COMMAND, "decide", "tpso"]
    with subprocess.Popen(
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=PLAIN,
    ) as running:
        running.stdout.close()
        try:
            running.stdin.write(LINE * 2000)
            running.stdin.close()
        except BrokenPipeError:
            running.stdin = None
        assert running.stderr.read() == b""
        assert running.wait(timeout=30) == 1


@pytest.mark.parametrize(
    ("redirection", "expected", "message"),
    [
        ("decide tpso <&-", 2, "standard input is closed"),
        ("decide tpso >&-", 2, "standard output is closed"),
        ("check tpso <&-", 0, "no defect"),
        ("check tpso 2>&-", 0, ""),
        ("decide tpso >/dev/full", 1, "No space left"),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_crash(redirection, expected, message):
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" -m otp_policy {redirection}', sys.executable],
        input=LINE,
        capture_output=True,
        check=False,
        env=PLAIN,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (expected, b"")
    assert message in done.stderr.decode()
    assert len(done.stderr.splitlines()) <= 1


@pytest.mark.needs("/proc/self/status")
def test_memory_does_not_grow_with_the_number_of_lines():
    code = (
        "import sys, re; from otp_policy.cli import main; main(['decide', 'tpso']);"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1],"
        "file=sys.stderr)"
    )
    peaks = []
    for count in (100, 20_000):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=LINE * count,
            capture_output=True,
            check=True,
            env=PLAIN,
        )
        assert done.stdout.count(b"\n") == count
        peaks.append(int(done.stderr))
    # Kilobytes. The longer run is 12 MB of questions and answers.
    assert peaks[1] - peaks[0] < 3000


def ledger(path, change=lambda rows: rows):
    rows, previous = [], GENESIS
    for seq in range(1, 4):
        body = {"decision": "เห็นชอบ", "n": seq}
        rows.append(
            {
                "seq": seq,
                "previous": previous,
                "hash": entry_hash(previous, body),
                "body": body,
            }
        )
        previous = rows[-1]["hash"]
    rows = change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return previous


def test_verify_of_a_whole_ledger(tmp_path):
    path = tmp_path / "ledger.jsonl"
    head = ledger(path)
    assert run("verify", path)[:2] == (0, b"")
    assert run("verify", path, "--head", head)[0] == 0
    assert run("verify", path, "--head", "0" * 64)[0] == 1


def test_verify_of_a_ledger_with_a_row_dropped(tmp_path):
    path = tmp_path / "ledger.jsonl"
    ledger(path, lambda rows: [rows[0], rows[2]])
    code, out, _ = run("verify", path)
    assert code == 1
    assert out.decode().splitlines() == [
        f"{path}:2: broken_link (seq 3)",
        f"{path}:2: out_of_order (seq 3)",
    ]


@pytest.mark.parametrize("line", [b"{", b"\xff", b"[]", b"[" * 100_000, b'{"seq":1,"seq":1}'])
def test_verify_of_what_is_no_ledger(tmp_path, line):
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(line + b"\n")
    code, out, _ = run("verify", path)
    assert code == 1
    assert out.decode() == f"{path}:1: malformed\n"


def test_main_returns_its_code(capsys):
    assert main(["check", "tpso"]) == 0
    assert main(["check"]) == 2
    assert "usage" in capsys.readouterr().err


def test_render_prints_the_document_in_either_form():
    code, out, err = run("render", "tpso", "--lang", "th", "--format", "html")
    assert (code, err) == (0, b"")
    assert out.decode().startswith('<!DOCTYPE html>\n<html lang="th">')
    code, out, _ = run("render", "tpso", "--lang", "en", "--on", "2026-11-24")
    assert code == 0
    assert "as in force on 24 November 2026" in out.decode()


@pytest.mark.parametrize("day", ["2019-05-24", "24/11/2569", "20261124", "2026-W48-2"])
def test_render_of_an_impossible_day_is_wrong_usage(day):
    code, out, err = run("render", "tpso", "--on", day)
    assert (code, out) == (2, b"")
    assert day.encode() in err


def test_diff_says_it_in_both_languages_or_in_one(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(TPSO.replace("review_every_months = 1\n", "review_every_months = 2\n"))
    for arguments, starts in [
        ((), ["ตั้งแต่วันที่", "From 25 May 2019"]),
        (("--lang", "th"), ["ตั้งแต่วันที่"]),
        (("--lang", "en"), ["From 25 May 2019"]),
    ]:
        code, out, err = run("diff", "tpso", path, *arguments)
        said = out.decode().splitlines()
        assert code == 1
        assert len(said) == len(starts)
        assert all(line.startswith(start) for line, start in zip(said, starts, strict=True))
        assert err == b"otp-policy: 1 difference, 0 of them in wording or citation only\n"
    code, out, _ = run("diff", "tpso", path, "--json")
    assert code == 1
    assert [one["kind"] for one in json.loads(out)] == ["duty"]


def test_diff_of_the_same_policy_is_fine():
    assert run("diff", "tpso", "tpso") == (0, b"", b"otp-policy: no difference\n")
    assert run("diff", "tpso", "tpso", "--json")[:2] == (0, b"[]\n")
