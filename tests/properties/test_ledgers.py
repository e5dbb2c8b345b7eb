"""What holds of every chain: it is whole as it was made, and not when anything was done to it."""

import json

from hypothesis import assume, given
from hypothesis import strategies as st

from otp_policy.ledger import append, canonical_json, entry_line, verify

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(TEXT, VALUES, max_size=4)
CHAINS = st.lists(BODIES, min_size=2, max_size=6)


def chain(bodies):
    entries = []
    for body in bodies:
        entries.append(append(entries[-1] if entries else None, body=body))
    return entries


@given(VALUES)
def test_canonical_json_is_json_of_the_same_value(value):
    assert json.loads(canonical_json(value)) == value


@given(BODIES)
def test_the_order_of_keys_means_nothing(body):
    assert canonical_json(dict(reversed(body.items()))) == canonical_json(body)


@given(CHAINS)
def test_a_chain_is_whole_before_and_after_its_export(bodies):
    entries = chain(bodies)
    assert verify(entries, head=entries[-1]["hash"]) == ()
    exported = b"".join(map(entry_line, entries))
    assert [json.loads(line) for line in exported.splitlines()] == entries


@given(CHAINS, st.data())
def test_a_dropped_row_is_found_unless_it_was_the_last(bodies, data):
    entries = chain(bodies)
    del entries[data.draw(st.integers(0, len(entries) - 2))]
    assert verify(entries)


@given(CHAINS, st.data())
def test_two_rows_in_each_others_place_are_found(bodies, data):
    entries = chain(bodies)
    first, second = sorted(
        data.draw(st.sets(st.integers(0, len(entries) - 1), min_size=2, max_size=2))
    )
    entries[first], entries[second] = entries[second], entries[first]
    assert verify(entries)


@given(CHAINS, BODIES, st.data())
def test_another_body_is_found_even_with_a_hash_of_its_own(bodies, body, data):
    entries = chain(bodies)
    place = data.draw(st.integers(0, len(entries) - 2))
    assume(canonical_json(body) != canonical_json(entries[place]["body"]))
    changed = {**entries[place], "body": body}
    assert verify([*entries[:place], changed, *entries[place + 1 :]])
    again = append(entries[place - 1] if place else None, body=body)
    assert verify([*entries[:place], again, *entries[place + 1 :]])


@given(CHAINS)
def test_the_head_tells_of_rows_dropped_at_the_end(bodies):
    entries = chain(bodies)
    assert verify(entries[:-1]) == ()
    assert verify(entries[:-1], head=entries[-1]["hash"])
