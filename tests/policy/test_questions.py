"""JSON to questions: what is not a question is refused at its place."""

import json
from dataclasses import replace

import pytest

from otp_policy import QuestionError
from otp_policy.questions import parse_question, question_from_json, question_to_json

EXAMPLE = """
{"on": "2026-11-23", "action": "approve",
 "actor": {"id": "u1",
   "posts": [{"role": "division_director", "unit": "division-a"}],
   "delegations": [{"role": "division_director", "unit": "division-b",
     "from": "2026-10-01", "until": "2026-12-31", "order": "12/2569"}]},
 "item": {"id": "77", "category": "news", "unit": "division-a", "contributors": ["u2"],
   "digest": "sha256:aa", "live": false, "urgent": false, "channel": "website",
   "slots": [{"channel": "website", "at": "2026-11-24T09:00:00+07:00", "confirmed_by": "u5"}],
   "endorsements": [{"by": "u4", "digest": "sha256:aa"}],
   "approvals": [{"by": "u3", "digest": "sha256:aa"}]}}
"""
SHORTEST = {
    "on": "2026-11-23",
    "action": "approve",
    "actor": {"id": "u1"},
    "item": {"category": "news", "unit": "division-a", "digest": "sha256:aa"},
}


def put(path, value):
    """Return the example with *value* at *path*; with `...`, without what stood there."""
    question = json.loads(EXAMPLE)
    *parents, last = path
    place = question
    for key in parents:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return question


def test_the_example_of_the_contract():
    question = parse_question(EXAMPLE)
    assert question.item.slots[0].at.isoformat() == "2026-11-24T09:00:00+07:00"
    assert question.actor.delegations[0].order == "12/2569"
    assert question_from_json(question_to_json(question)) == question


def test_the_rest_defaults_to_empty_and_false():
    question = question_from_json(SHORTEST)
    assert question.actor.posts == question.item.slots == ()
    assert question.item.live is question.item.urgent is False
    assert question_from_json(question_to_json(question)) == question
    assert question_from_json(question_to_json(replace(question, action="x"))).action == "x"


@pytest.mark.parametrize("path", [("on",), ("action",), ("actor",), ("item",), ("actor", "id"),
                                  ("item", "category"), ("item", "unit"), ("item", "digest"),
                                  ("actor", "posts", 0, "role"), ("item", "approvals", 0, "by"),
                                  ("actor", "delegations", 0, "until"),
                                  ("item", "slots", 0, "channel")])  # fmt: skip
def test_what_is_required_is_missed(path):
    with pytest.raises(QuestionError) as caught:
        question_from_json(put(path, ...))
    assert caught.value.code == "missing"
    assert caught.value.where.endswith(path[-1])


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        (("on",), "2026-02-30", "impossible_date", "on"),
        (("on",), "20261123", "impossible_date", "on"),
        (("on",), "2026-W48-1", "impossible_date", "on"),
        (("on",), "๒๐๒๖-๑๑-๒๓", "impossible_date", "on"),
        (("on",), "0000-01-01", "impossible_date", "on"),
        (("on",), 20261123, "wrong_type", "on"),
        (("on",), "", "empty", "on"),
        (("action",), None, "wrong_type", "action"),
        (("actor",), [], "wrong_type", "actor"),
        (("actor", "id"), "", "empty", "actor.id"),
        (("actor", "id"), 7, "wrong_type", "actor.id"),
        (("actor", "name"), "x", "unknown_key", "actor.name"),
        (("actor", "posts"), {}, "wrong_type", "actor.posts"),
        (("actor", "posts"), None, "wrong_type", "actor.posts"),
        (("actor", "posts", 0), "x", "wrong_type", "actor.posts[0]"),
        (
            ("actor", "delegations", 0, "from"),
            "2026-13-01",
            "impossible_date",
            "actor.delegations[0].from",
        ),
        (("item", "live"), 1, "wrong_type", "item.live"),
        (("item", "urgent"), "yes", "wrong_type", "item.urgent"),
        (("item", "contributers"), ["u1"], "unknown_key", "item.contributers"),
        (("item", "contributors"), ["u1", 2], "wrong_type", "item.contributors[1]"),
        (("item", "digest"), "\ud800", "not_utf8", "item.digest"),
        (
            ("item", "slots", 0, "at"),
            "2026-11-31T09:00:00+07:00",
            "impossible_date",
            "item.slots[0].at",
        ),
        (
            ("item", "slots", 0, "at"),
            "2026-11-24T09:00:00",
            "impossible_date",
            "item.slots[0].at",
        ),
        (
            ("item", "slots", 0, "at"),
            "2026-11-24",
            "impossible_date",
            "item.slots[0].at",
        ),
        *(
            (("item", "slots", 0, "at"), at, "impossible_date", "item.slots[0].at")
            for at in ("2026-11-24T24:00:00+07:00", "2026-11-24T09:00:00+07:60")
        ),
        (("item", "channel"), "", "empty", "item.channel"),
        (("item", "channel"), None, "wrong_type", "item.channel"),
        (("item", "contributors"), None, "wrong_type", "item.contributors"),
        (("item", "live"), None, "wrong_type", "item.live"),
        (("item", "approvals", 0, "by"), None, "wrong_type", "item.approvals[0].by"),
        (("item", "unit"), None, "wrong_type", "item.unit"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(path, value, code, where):
    with pytest.raises(QuestionError) as caught:
        parse_question(json.dumps(put(path, value)))
    assert (caught.value.code, caught.value.where) == (code, where)


@pytest.mark.parametrize(
    "path",
    [("item", "slots", 0, "confirmed_by"), ("item", "slots", 0, "at"), ("item", "live_digest"),
     ("item", "urgent_reason"), ("item", "id"), ("actor", "posts", 0, "unit"),
     ("actor", "delegations", 0, "unit"), ("actor", "delegations", 0, "order")],
)  # fmt: skip
def test_null_says_none_where_a_text_may_be_left_out(path):
    left_out = put(path, "x")
    *parents, last = path
    place = left_out
    for key in parents:
        place = place[key]
    del place[last]
    assert question_from_json(put(path, None)) == question_from_json(left_out)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "blank_line"),
        (b"   \t", "blank_line"),
        (b"\xff", "not_utf8"),
        (b"{", "not_json"),
        (b"{} {}", "not_json"),
        (b'{"on": NaN}', "not_json"),
        (b'{"on": -Infinity}', "not_json"),
        (b'{"on": 1, "on": 2}', "duplicate_key"),
        (b'{"a": [{"b": 1, "b": 1}]}', "duplicate_key"),
        (b"[]", "wrong_type"),
        (b"null", "wrong_type"),
        (b"9" * 100_000, "wrong_type"),
        (b'{"on": ' + b"9" * 100_000 + b"}", "wrong_type"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
    ],
)
def test_what_is_no_json_is_refused_whole(line, code):
    with pytest.raises(QuestionError) as caught:
        parse_question(line)
    assert caught.value.code == code
