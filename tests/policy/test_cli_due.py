"""`otp-policy freshness` and `deadline`, run as programs with real streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import otp_policy

ROOT = Path(otp_policy.__file__).parent.parent
# A locale that knows no Thai and other names of days: what we say must come out all the same.
PLAIN = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0",
         "PYTHONIOENCODING": "ascii"}  # fmt: skip
FRESHNESS = {"on": "2026-11-24", "category": "news", "first_published_on": "2026-01-31"}
DEADLINE = {"on": "2026-11-24", "clock": "ready_information", "received_on": "2026-11-21"}
ANSWERS = {
    "freshness": {
        "due_on": "2027-01-31",
        "state": "current",
        "clause": "annex 2.1",
        "rule": "review_every_months=12",
    },
    "deadline": {
        "due_on": "2026-11-23",
        "state": "overdue",
        "working": [
            {
                "on": "2026-11-21",
                "why": "Saturday 21 November 2026: received, not counted, weekend",
            },
            {"on": "2026-11-22", "why": "Sunday 22 November 2026: weekend"},
            {"on": "2026-11-23", "why": "Monday 23 November 2026: due"},
        ],
    },
}
LINES = {
    "freshness": json.dumps(FRESHNESS).encode() + b"\n",
    "deadline": json.dumps(DEADLINE).encode() + b"\n",
}
COMMANDS = sorted(LINES)


def run(*arguments, given=b""):
    done = subprocess.run(
        [sys.executable, "-m", "otp_policy", *arguments],
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


@pytest.mark.parametrize("command", COMMANDS)
def test_a_question_is_answered_and_what_is_overdue_is_no_failure(command):
    code, out, err = run(command, "tpso", given=LINES[command])
    assert (code, answers(out), err) == (0, [ANSWERS[command]], b"")


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_asked_nothing_answered(command):
    assert run(command, "tpso") == (0, b"", b"")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("arguments", [(), ("nowhere",), ("tpso", "tpso")])
def test_wrong_usage(command, arguments):
    code, out, err = run(command, *arguments)
    assert (code, out) == (2, b"")
    assert err


@pytest.mark.parametrize("command", COMMANDS)
def test_bad_lines_are_answered_in_their_place_and_the_run_goes_on(command):
    bad = [
        (b"", "blank_line", "line 2"),
        (b"{", "not_json", "line 3"),
        (b"\xff", "not_utf8", "line 4"),
        (b"[]", "wrong_type", "line 5"),
        (b"{}", "missing", "on"),
        (b'{"on": "2026-02-30"}', "impossible_date", "on"),
        (b'{"on": 1, "on": 2}', "duplicate_key", "on"),
        (b'{"now": 1}', "unknown_key", "now"),
    ]
    line = LINES[command]
    given = line + b"\n".join(text for text, _, _ in bad) + b"\n" + line
    code, out, err = run(command, "tpso", given=given)
    assert (code, err) == (1, b"")
    first, *middle, last = answers(out)
    assert first == last == ANSWERS[command]
    assert middle == [{"error": {"code": code, "where": where}} for _, code, where in bad]


@pytest.mark.parametrize(
    ("command", "change", "code", "where"),
    [
        ("freshness", {"on": "2019-05-24"}, "not_in_force", "on"),
        ("freshness", {"category": "ข่าว"}, "unknown_category", "category"),
        ("freshness", {"kind": "structure"}, "unknown_kind", "kind"),
        ("freshness", {"first_published_on": "9999-01-01"}, "date_out_of_range",
         "first_published_on"),
        ("deadline", {"clock": "x"}, "unknown_clock", "clock"),
        ("deadline", {"on": "2019-05-24", "received_on": "2019-05-20"}, "not_in_force", "on"),
        ("deadline", {"received_on": "2026-11-25"}, "impossible_date", "received_on"),
        ("deadline", {"on": "9999-12-31", "received_on": "9999-12-31", "clock": "appeal"},
         "date_out_of_range", "received_on"),
    ],
)  # fmt: skip
def test_what_the_policy_cannot_answer_is_an_error_with_its_place(command, change, code, where):
    asked = {"freshness": FRESHNESS, "deadline": DEADLINE}[command] | change
    done = run(command, "tpso", given=json.dumps(asked).encode())
    assert done[0] == 1
    assert answers(done[1]) == [{"error": {"code": code, "where": where}}]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_answer_comes_before_the_next_question(command):
    program = [sys.executable, "-m", "otp_policy", command, "tpso"]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=PLAIN
    ) as running:
        for _ in range(3):
            running.stdin.write(LINES[command])
            running.stdin.flush()
            assert json.loads(running.stdout.readline()) == ANSWERS[command]
        running.stdin.close()
        assert running.wait(timeout=30) == 0


@pytest.mark.needs("/proc/self/status")
@pytest.mark.parametrize("command", COMMANDS)
def test_memory_does_not_grow_with_the_number_of_lines(command):
    code = (
        f"import sys, re; from otp_policy.cli import main; main(['{command}', 'tpso']);"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1],"
        "file=sys.stderr)"
    )
    peaks = []
    for count in (100, 20_000):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=LINES[command] * count,
            capture_output=True,
            check=True,
            env=PLAIN,
            timeout=120,
        )
        assert done.stdout.count(b"\n") == count
        peaks.append(int(done.stderr))
    # Chunks of lines take their room once, whatever comes after them.
    assert peaks[1] - peaks[0] < 8_000
