"""
The ledger of decisions: an append-only chain of hashes that anybody can verify.

An entry is `{"seq", "previous", "hash", "body"}`. `seq` counts from 1; `hash` is the SHA-256 of
the previous hash and the body in canonical JSON (RFC 8785). Nothing here reads a database.

An auditor is given this file's own text to run alone, on Python 3.9 or newer: it needs the
standard library and nothing else of this package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = [
    "GENESIS",
    "LedgerDefect",
    "append",
    "canonical_json",
    "entry_hash",
    "entry_line",
    "verify",
]

GENESIS = "0" * 64
"""What the first entry carries as its `previous`."""

LARGEST = 2**53 - 1
"""RFC 8785 writes numbers as IEEE doubles; beyond this, two integers could look the same."""


# Without slots and keywords alone, which Python 3.9 does not know.
@dataclass(frozen=True)
class LedgerDefect:
    """
    One thing wrong with a ledger.

    `row` counts the entries as they were given, from 1; `seq` is what the entry says of itself.
    """

    row: int
    code: str
    seq: int | None = None


def canonical_json(value: object) -> bytes:
    """
    Return *value* as RFC 8785 canonical JSON, in UTF-8.

    Raises:
        TypeError: For anything but str, int, bool, None, list and dict with str keys. Floats are
            refused: nothing that a decision rests on is one.
        ValueError: For an integer beyond 2**53 - 1, half of a surrogate pair, or a value that
            is nested too deeply or contains itself.

    >>> canonical_json({"on": "2026-11-23", "allowed": True, "by": None}).decode()
    '{"allowed":true,"by":null,"on":"2026-11-23"}'
    """
    try:
        return _canonical(value).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply for canonical JSON") from error


def entry_hash(previous_hash: str, body: Mapping[str, object]) -> str:
    """Return the hash of an entry, 64 hexadecimal digits, from the hash before it and its body."""
    content = {"body": dict(body), "previous": previous_hash}
    return hashlib.sha256(canonical_json(content)).hexdigest()


def append(
    previous: Mapping[str, object] | None, *, body: Mapping[str, object]
) -> dict[str, object]:
    """
    Return the entry that follows *previous*, or the first one after None.

    Raises:
        ValueError: If *previous* is no entry, or its hash does not fit; nothing may be built on it.
        TypeError, ValueError: If *body* has no canonical form.

    >>> first = append(None, body={"action": "approve"})
    >>> second = append(first, body={"action": "publish"})
    >>> second["seq"], second["previous"] == first["hash"]
    (2, True)
    """
    head, seq = GENESIS, 1
    if previous is not None:
        codes, head, seq = _check(previous, GENESIS, 1)
        # Where it stands in its chain is for `verify` to say; that it is whole shows by itself.
        if "malformed" in codes or "changed" in codes:
            raise ValueError("what is no whole entry can have none after it")
    return {"seq": seq, "previous": head, "hash": entry_hash(head, body), "body": dict(body)}


def entry_line(entry: Mapping[str, object]) -> bytes:
    """
    Return an entry as one line of an exported ledger, its end included.

    Raises:
        TypeError, ValueError: If the entry has no canonical form.
    """
    # Canonical JSON holds no line break: each is an escape inside its text.
    return canonical_json(dict(entry)) + b"\n"


def verify(
    entries: Iterable[Mapping[str, object]], *, head: str | None = None
) -> tuple[LedgerDefect, ...]:
    """
    Return every defect of a ledger; none if it is whole.

    Codes: `malformed` (not an entry), `changed` (the hash does not fit the body), `broken_link`
    (the entry before was dropped, put elsewhere or changed), `out_of_order` (seq does not follow),
    `head_differs` (the last hash is not *head*). Rows dropped at the end leave no trace in the
    chain: only a *head* noted elsewhere shows them.

    >>> first = append(None, body={"action": "approve"})
    >>> second = append(first, body={"action": "publish"})
    >>> verify([first, second])
    ()
    >>> [defect.code for defect in verify([second])]
    ['broken_link', 'out_of_order']
    """
    defects: list[LedgerDefect] = []
    previous, expected, row = GENESIS, 1, 0
    for row, entry in enumerate(entries, start=1):
        codes, previous, expected = _check(entry, previous, expected)
        seq = entry.get("seq") if isinstance(entry, Mapping) else None
        known = seq if type(seq) is int else None
        defects.extend(LedgerDefect(row=row, code=code, seq=known) for code in codes)
    if head is not None and head != previous:
        defects.append(LedgerDefect(row=row, code="head_differs"))
    return tuple(defects)


def _check(entry: object, previous: str, expected: int) -> tuple[list[str], str, int]:
    """Return what is wrong with one entry, and the hash and seq that must follow it."""
    if not isinstance(entry, Mapping) or set(entry) != {"seq", "previous", "hash", "body"}:
        return ["malformed"], previous, expected + 1
    seq, stated, link, body = entry["seq"], entry["hash"], entry["previous"], entry["body"]
    if not (type(seq) is int and isinstance(stated, str) and isinstance(link, str)):
        return ["malformed"], previous, expected + 1
    if not isinstance(body, Mapping):
        return ["malformed"], stated, seq + 1
    codes = [] if _is_whole(stated, link, body) else ["changed"]
    if link != previous:
        codes.append("broken_link")
    if seq != expected:
        codes.append("out_of_order")
    # Go on from what the entry says, so that one defect is reported once.
    return codes, stated, seq + 1


def _is_whole(stated: str, link: str, body: Mapping[str, object]) -> bool:
    try:
        return entry_hash(link, body) == stated
    except (TypeError, ValueError):
        # A body that has no canonical form was never hashed.
        return False


def _canonical(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        # Escapes exactly what RFC 8785 escapes: quotes, backslashes and control characters.
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError("an integer beyond 2**53 - 1 has no canonical form")
        return str(int(value))
    if isinstance(value, list):
        return f"[{','.join(map(_canonical, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(_members(value))}}}"
    raise TypeError(f"`{type(value).__name__}` has no place in canonical JSON")


def _members(value: dict[object, object]) -> list[str]:
    keys = []
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"`{type(key).__name__}` is no key in canonical JSON")
        keys.append(key)
    # RFC 8785 sorts by UTF-16 code units, not by code points.
    keys.sort(key=lambda key: key.encode("utf-16-be"))
    return [f"{_canonical(key)}:{_canonical(value[key])}" for key in keys]
