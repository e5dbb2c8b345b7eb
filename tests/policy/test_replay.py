"""Recorded decisions under another policy."""

import json
import re
import subprocess
import sys

import pytest

from otp_policy import load_policy
from otp_policy.loader import parse_policy
from otp_policy.questions import decision_to_json, parse_question
from otp_policy.replay import replay

from .test_cli import LINE, PLAIN, QUESTION, TPSO, answers, run
from .test_diff import LAST_DAY, OF_NEWS

POLICY = load_policy("tpso")
NEW = parse_policy(TPSO.replace(OF_NEWS, OF_NEWS + LAST_DAY), source="new")


def question(**changes):
    item = {**QUESTION["item"], "contributors": ["u2"], **changes.pop("item", {})}
    return {**QUESTION, "on": "2027-02-01", "item": item, **changes}


def lines(*values):
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


@pytest.fixture
def new(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(TPSO.replace(OF_NEWS, OF_NEWS + LAST_DAY), encoding="utf-8")
    return path


def test_only_what_comes_out_otherwise_is_listed(new):
    asked = [question(on="2026-12-31"), question(), question(action="attest")]
    code, out, err = run("replay", "tpso", new, given=lines(*asked))
    assert code == 1
    assert answers(out) == [
        {
            "line": 2,
            "question": asked[1],
            "old": {"allowed": True, "reasons": [], "policy": "tpso@2019-05-25"},
            "new": {
                "allowed": False,
                "reasons": [
                    {"code": "role_missing", "clause": "annex 1 step 3", "interpretation": True}
                ],
                "policy": "tpso@2019-05-25",
            },
        }
    ]
    assert err.decode() == (
        "otp-policy: 3 lines: 1 otherwise, 2 the same, 0 the same by another clause, "
        "0 without a question, 0 in error\n"
    )


def test_nothing_otherwise_is_fine():
    code, out, err = run("replay", "tpso", "tpso", given=LINE * 3)
    assert (code, out) == (0, b"")
    assert b"3 lines: 0 otherwise, 3 the same" in err


def test_a_reason_by_another_clause_is_counted_and_not_listed(new):
    nobody = question(actor={"id": "u1"})
    code, out, err = run("replay", "tpso", new, given=lines(nobody))
    assert (code, out) == (0, b"")
    assert b"1 the same by another clause" in err


def test_a_record_with_its_answer_and_an_entry_of_a_ledger(new):
    answer = decision_to_json(POLICY.decide(parse_question(json.dumps(question()))))
    record = {"question": question(), "answer": answer}
    entry = {"seq": 1, "previous": "0", "hash": "1", "body": {**record, "actor": "u1"}}
    other = {"seq": 2, "previous": "1", "hash": "2", "body": {"action": "approve"}}
    code, out, err = run("replay", "tpso", new, given=lines(record, entry, other))
    assert code == 1
    assert [(one["line"], one["question"]) for one in answers(out)] == [
        (1, question()),
        (2, question()),
    ]
    assert b"1 without a question" in err


def test_a_record_that_the_old_policy_would_not_give_is_listed():
    answer = {"allowed": False, "reasons": [{"code": "own_work"}], "policy": "tpso@2018"}
    record = {"question": question(), "answer": answer}
    code, out, _ = run("replay", "tpso", "tpso", given=lines(record))
    assert code == 1
    (listed,) = answers(out)
    assert listed["recorded"] == answer
    assert listed["old"] == listed["new"]


def test_a_name_that_the_new_policy_does_not_know_is_a_difference():
    code, out, _ = run("replay", "tpso", "example_municipality", given=lines(question()))
    assert code == 1
    (listed,) = answers(out)
    assert listed["old"]["allowed"]
    assert listed["new"] == {"error": {"code": "unknown_role", "where": "actor.posts[0].role"}}


def test_a_name_that_only_the_new_policy_knows_is_a_difference():
    asked = question(actor={"id": "u1", "posts": [{"role": "mayor"}]})
    (listed,) = answers(run("replay", "tpso", "example_municipality", given=lines(asked))[1])
    assert listed["old"]["error"]["code"] == "unknown_role"
    assert listed["new"]["allowed"] is False


BAD = [
    (b"{", "not_json", "line 1"),
    (b"", "blank_line", "line 1"),
    (b"null", "wrong_type", "line 1"),
    (b"[1]", "wrong_type", "line 1"),
    (b'{"question": null}', "wrong_type", "line 1"),
    (b'{"question": {}, "anser": {}}', "unknown_key", "anser"),
    (b'{"seq": 1, "previous": "", "hash": "", "body": 3}', "wrong_type", "body"),
    (lines({"question": question(), "answer": 3}).strip(), "wrong_type", "answer"),
    (lines({"question": question(), "answer": {"allowed": 1}}).strip(), "wrong_type", "answer"),
    (
        lines({"question": question(), "answer": {"allowed": True, "reasons": 1}}).strip(),
        "wrong_type",
        "answer",
    ),
    (lines(question(action="aprove")).strip(), "unknown_action", "action"),
    (b" " * (3 << 20), "line_too_long", "line 1"),
]


@pytest.mark.parametrize(("line", "error", "where"), BAD)
def test_a_line_that_is_no_record_is_answered_in_its_place(line, error, where):
    code, out, err = run("replay", "tpso", "tpso", given=line + b"\n" + LINE)
    assert code == 1
    assert answers(out) == [{"line": 1, "error": {"code": error, "where": where}}]
    assert b"1 the same" in err
    assert b"1 in error" in err


@pytest.mark.parametrize("policies", [("nowhere", "tpso"), ("tpso", "nowhere")])
def test_both_policies_must_be_there(policies):
    assert run("replay", *policies, given=LINE)[:2] == (2, b"")


def test_the_library_says_it_without_the_command_line():
    line = json.dumps(question()).encode()
    replayed = replay(line, old=POLICY, new=NEW)
    assert (replayed.differs, replayed.old.allowed, replayed.new.allowed) == (True, True, False)
    assert not replay(line, old=POLICY, new=POLICY).differs


@pytest.mark.needs("/proc/self/status")
def test_memory_does_not_grow_with_the_number_of_lines(new):
    code = (
        "import sys; from otp_policy.cli import main; main(sys.argv[1:]);"
        "print(open('/proc/self/status').read(), file=sys.stderr)"
    )
    peaks = []
    for count in (100, 10_000):
        done = subprocess.run(
            [sys.executable, "-c", code, "replay", "tpso", str(new)],
            input=lines(question()) * count,
            capture_output=True,
            check=True,
            env=PLAIN,
        )
        assert done.stdout.count(b"\n") == count
        peaks.append(int(re.search(rb"VmHWM:\s+(\d+)", done.stderr)[1]))
    # Kilobytes. The longer run is 8 MB of questions and answers.
    assert peaks[1] - peaks[0] < 3000
