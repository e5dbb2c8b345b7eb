"""
What a pack says of its items, held against the ledger's entries and the files beside it.

`evidence.json` states the facts, `ledger.jsonl` the chain from the first entry of an item to the
head: entries of the items with their bodies, all others as bare links (`seq`, `previous`, `hash`).
A bare link cannot be recomputed: that it stands in the ledger shows by an exported ledger alone,
which is what `against` is for.

With `ledger.py` and `packs.py` before it an auditor runs this file's own text alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from otp_policy.ledger import entry_hash
from otp_policy.packs import PackDefect, PackReading, bytes_of, chunks_of, parse_json, read_pack

__all__ = [
    "EVIDENCE",
    "EVIDENCE_FORMAT",
    "LEDGER",
    "MOST_LINKS",
    "STATED",
    "verify_pack",
]

EVIDENCE, LEDGER = "evidence.json", "ledger.jsonl"
EVIDENCE_FORMAT = "otp-evidence/1"
STATED = ("action", "actor", "at", "digest", "order", "policy", "role", "unit")
"""What `evidence.json` says of a decision, word for word as the ledger's body has it."""
MOST_LINKS = 1_000_000
"""Entries of a chain; who checks a longer one would need more memory than a small machine has."""
MOST_BODIES = 64 << 20
"""Bytes of the entries with a body, all together."""
_MOST_ITEMS = 1000
_LONGEST_ENTRY = 1 << 20
_LINK = {"seq", "previous", "hash"}


def verify_pack(
    file: BinaryIO,
    *,
    digest: str | None = None,
    head: str | None = None,
    against: Iterable[Mapping[str, object]] | None = None,
) -> tuple[PackDefect, ...]:
    """
    Return every defect of a pack; none if it is whole and says what its own ledger entries say.

    Codes: those of `packs.read_pack`, and `evidence_malformed`, `digest_differs` (neither the file
    nor its `evidence.json` has the SHA-256 *digest*), `head_differs`, `ledger_malformed`,
    `ledger_changed`, `broken_link`, `foreign_entry` (a body of an item that the pack is not about),
    `not_in_ledger` (*against*, the entries of an exported ledger, has another entry there),
    `decision_differs`, `decision_missing`, `text_differs` (the approved text has another digest
    than the decisions), `file_missing`, `file_differs` (a file is not the approved one).

    Args:
        file: The pack, opened to be read as bytes.
        digest: SHA-256 that was noted elsewhere: of the whole file, or of its `evidence.json`.
        head: Hash of the ledger's last entry when the pack was made, as noted elsewhere.
        against: The entries of a ledger that was verified.
    """
    reading = read_pack(file)
    if digest is not None and not _is_noted(reading, digest.removeprefix("sha256:").lower()):
        reading.find("digest_differs")
    if not reading.defects or [one.code for one in reading.defects] == ["digest_differs"]:
        _Proof(file, reading).check(head=head, against=against)
    return tuple(reading.defects)


def _is_noted(reading: PackReading, digest: str) -> bool:
    facts = reading.members.get(EVIDENCE)
    return digest in (reading.sha256, facts.sha256 if facts else "")


class _Proof:
    """The facts of a pack whose container is whole."""

    def __init__(self, file: BinaryIO, reading: PackReading) -> None:
        self.file, self.reading = file, reading
        self.find = reading.find
        self.links: dict[int, str] = {}
        self.bodies: dict[Any, dict[int, Mapping[str, Any]]] = {}

    def check(self, *, head: str | None, against: Iterable[Mapping[str, object]] | None) -> None:
        try:
            evidence = self._evidence()
            last = evidence["ledger"]
            items = {item["page"]: item for item in evidence["items"][:_MOST_ITEMS]}
            if len(items) != len(evidence["items"]):
                raise ValueError("an item twice, or too many of them")
            self._read_ledger(set(items))
            self._check_head(last["seq"], last["head"], head)
            for item in items.values():
                self._check_item(item)
        except (ValueError, TypeError, KeyError, AttributeError):
            self.find("evidence_malformed", EVIDENCE)
            return
        if against is not None:
            self._check_against(against)

    def _evidence(self) -> dict[str, Any]:
        evidence = parse_json(bytes_of(self.file, self.reading.members[EVIDENCE]))
        if evidence["format"] != EVIDENCE_FORMAT:
            raise ValueError("another format")
        found: dict[str, Any] = evidence
        return found

    def _read_ledger(self, pages: set[Any]) -> None:
        previous: str | None = None
        expected: int | None = None
        room = MOST_BODIES
        for number, line in enumerate(self._lines(), start=1):
            where = f"{LEDGER}:{number}"
            try:
                if number > MOST_LINKS or room < 0:
                    raise ValueError("too long")
                entry = parse_json(line[:-1])
                seq, stated = entry["seq"], entry["hash"]
                body = self._body(entry)
            except (ValueError, TypeError, KeyError):
                self.find("ledger_malformed", where)
                return
            if body is not None and entry_hash(entry["previous"], body) != stated:
                self.find("ledger_changed", where)
            if previous not in (None, entry["previous"]) or expected not in (None, seq):
                self.find("broken_link", where)
            if body is not None and body.get("page") not in pages:
                self.find("foreign_entry", where)
            if body is not None:
                self.bodies.setdefault(body.get("page"), {})[seq] = body
                room -= len(line)
            self.links[seq] = previous = stated
            expected = seq + 1

    def _body(self, entry: Any) -> Mapping[str, Any] | None:
        if set(entry) == _LINK:
            return None
        if set(entry) != {*_LINK, "body"} or not isinstance(entry["body"], dict):
            raise ValueError("no entry")
        found: dict[str, Any] = entry["body"]
        return found

    def _lines(self) -> Iterator[bytes]:
        """Yield the lines of the ledger with their end; one that is too long stands for itself."""
        member, rest = self.reading.members[LEDGER], b""
        for chunk in chunks_of(self.file, member.begins_at, member.size):
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (line + b"\n" for line in lines)
            if len(rest) > _LONGEST_ENTRY:
                break
        if rest:
            # Its last letter is cut off as if it were the end: half an entry is none.
            yield b"!" + rest

    def _check_head(self, seq: int, stated: str, noted: str | None) -> None:
        if self.links.get(seq) != stated or max(self.links, default=0) != seq:
            self.find("head_differs", LEDGER)
        elif noted is not None and noted != stated:
            self.find("head_differs")

    def _check_item(self, item: dict[str, Any]) -> None:
        page = item["page"]
        own = self.bodies.get(page, {})
        told = {row["seq"]: row for row in item["decisions"]}
        for seq in sorted(own.keys() | told.keys()):
            where = f"{EVIDENCE}: {page}, {seq}"
            if seq not in told or seq not in own:
                self.find("decision_missing", where)
            elif any(told[seq][name] != own[seq].get(name) for name in STATED):
                self.find("decision_differs", where)
        served = item["served"]
        if served is not None:
            self._check_served(served, {str(body.get("digest")) for body in own.values()})

    def _check_served(self, served: dict[str, Any], digests: set[str]) -> None:
        member = self.reading.members.get(served["text"])
        if member is None:
            self.find("file_missing", str(served["text"]))
            return
        text = bytes_of(self.file, member)
        found = f"sha256:{hashlib.sha256(text).hexdigest()}"
        if found != served["digest"] or found not in digests:
            self.find("text_differs", served["text"])
        approved = parse_json(text)["files"]
        for row in served["files"]:
            self._check_file(row, approved.get(row["of"]))
        for name in served["pages"]:
            if name not in self.reading.members:
                self.find("file_missing", str(name))

    def _check_file(self, row: dict[str, Any], approved: Any) -> None:
        """Hold a file against the approved text: recipe 1 has its hash alone, later ones more."""
        wanted = approved["bytes"] if isinstance(approved, dict) else approved
        member = self.reading.members.get(row["member"])
        if member is None:
            self.find("file_missing", str(row["member"]))
        elif member.sha256 != wanted:
            self.find("file_differs", str(row["member"]))

    def _check_against(self, entries: Iterable[Mapping[str, object]]) -> None:
        missing = dict(self.links)
        for entry in entries:
            seq = entry.get("seq")
            if type(seq) is int and missing.get(seq) == entry.get("hash"):
                del missing[seq]
        for seq in sorted(missing)[:100]:
            self.find("not_in_ledger", f"{LEDGER}: {seq}")
