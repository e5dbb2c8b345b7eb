"""The hash chain: what is changed, dropped or moved is found without a database."""

import hashlib

import pytest

from otp_policy.ledger import GENESIS, canonical_json, entry_hash, verify


def chain(count):
    entries, previous = [], GENESIS
    for seq in range(1, count + 1):
        body = {"action": "approve", "by": f"u{seq}", "note": "เห็นชอบ"}
        entry = {
            "seq": seq,
            "previous": previous,
            "hash": entry_hash(previous, body),
            "body": body,
        }
        entries.append(entry)
        previous = entry["hash"]
    return entries


def codes(entries, **more):
    return [(defect.row, defect.code) for defect in verify(entries, **more)]


def test_canonical_json_is_that_of_rfc_8785():
    value = {
        "€": 1,
        "\r": 'a"b\\c\u0000\u001f\n/\u007f',
        "\ufb33": [True, None, -5],
        "1": {},
        "😀": "ก",
    }
    assert (
        canonical_json(value)
        == (
            '{"\\r":"a\\"b\\\\c\\u0000\\u001f\\n/\u007f","1":{},"€":1,"😀":"ก","\ufb33":[true,null,-5]}'
        ).encode()
    )


@pytest.mark.parametrize("value", [1.0, float("nan"), b"x", (1,), {1: 2}, {"a": {1, 2}}, object()])
def test_other_kinds_of_values_are_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


def test_what_has_no_canonical_form_is_refused():
    endless = []
    endless.append(endless)
    for value in [2**53, -(2**53), "\ud800", {"\ud800": 1}, endless]:
        with pytest.raises(ValueError, match=r"canonical|surrogates"):
            canonical_json(value)
    assert canonical_json(2**53 - 1) == b"9007199254740991"


def test_the_hash_can_be_worked_out_by_hand():
    content = b'{"body":{"a":1},"previous":"' + b"0" * 64 + b'"}'
    assert entry_hash(GENESIS, {"a": 1}) == hashlib.sha256(content).hexdigest()


def test_a_whole_ledger_has_no_defect():
    entries = chain(5)
    assert codes([]) == []
    assert codes(entries) == []
    assert codes(entries, head=entries[-1]["hash"]) == []


def test_a_changed_body_is_found():
    entries = chain(5)
    entries[2]["body"]["by"] = "someone else"
    assert codes(entries) == [(3, "changed")]


def test_a_changed_body_with_a_new_hash_breaks_the_chain_after_it():
    entries = chain(5)
    entries[2]["body"]["by"] = "someone else"
    entries[2]["hash"] = entry_hash(entries[2]["previous"], entries[2]["body"])
    assert codes(entries) == [(4, "broken_link")]


@pytest.mark.parametrize("row", [1, 2, 4])
def test_a_dropped_row_is_found(row):
    entries = chain(5)
    del entries[row - 1]
    assert codes(entries) == [(row, "broken_link"), (row, "out_of_order")]


def test_rows_in_another_order_are_found():
    entries = chain(3)
    assert codes([entries[0], entries[2], entries[1]])


def test_renumbered_rows_are_found():
    entries = chain(3)
    entries[2]["seq"] = 4
    assert codes(entries) == [(3, "out_of_order")]


def test_rows_dropped_at_the_end_are_found_by_the_head():
    entries = chain(5)
    assert codes(entries[:4]) == []
    assert codes(entries[:4], head=entries[-1]["hash"]) == [(4, "head_differs")]


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        {},
        {"seq": 1},
        {"seq": True, "previous": GENESIS, "hash": "", "body": {}},
    ],
)
def test_what_is_no_entry_is_found(bad):
    assert codes([bad]) == [(1, "malformed")]


def test_a_body_that_no_chain_can_hold_is_changed():
    assert codes([{"seq": 1, "previous": GENESIS, "hash": "x", "body": {"a": 1.5}}]) == [
        (1, "changed")
    ]
