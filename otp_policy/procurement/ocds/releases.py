"""
Releases: what became known of a process, at an instant, for ever.

A release is never changed: its id is a digest of all that it says, and what comes later is told
by a further release. It holds the sections that are new or changed, whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from otp_policy.personal_data import PersonalDataKind, find_personal_data
from otp_policy.procurement.methods import Methods, shipped_methods
from otp_policy.procurement.ocds import sections
from otp_policy.procurement.ocds.changes import (
    award_tags,
    contract_tags,
    latest,
    tender_tags,
    with_removed,
)
from otp_policy.procurement.ocds.process import Process
from otp_policy.procurement.ocds.publication import OcdsError, Publication
from otp_policy.procurement.ocds.values import Writer

__all__ = ["Release", "is_untouched", "next_release"]

Release = dict[str, Any]
_DIGEST_CHARACTERS = 24
_ANNOUNCING = frozenset({"tender"})


def next_release(
    process: Process,
    *,
    history: Sequence[Release],
    published_at: datetime,
    publication: Publication,
    methods: Methods | None = None,
) -> Release | None:
    """
    Return the release that tells what is new of a process, or None if nothing is.

    Args:
        process: The process as it stands now, whole.
        history: Every release of it so far, the oldest first.
        published_at: When it becomes known: later than the last release.
        publication: Who publishes.
        methods: The ways of buying that the agency knows; those of the library by default.

    Raises:
        OcdsError: If it cannot be told: `identity_number`, `release_changed`, `date_not_later`,
            `entry_removed`, `award_unknown`, or what the sections refuse; with its place.
    """
    ocid = publication.ocid(process.key)
    _whole(history, ocid)
    writer = Writer(publication)
    change = _Change(history)
    buyer = writer.party(process.buyer, "buyer", where="buyer")
    change.plan(process, writer)
    change.tender(process, sections.tender(process, writer, methods or shipped_methods()))
    change.awards(sections.awards(process.awards, writer))
    change.contracts(sections.contracts(process.contracts, buyer, writer))
    if not change.sections:
        return None
    date = writer.instant(published_at, where="published_at") or ""
    if history and published_at <= datetime.fromisoformat(history[-1]["date"]):
        raise OcdsError("date_not_later", where="published_at")
    release: Release = {
        "ocid": ocid,
        "id": "",
        "date": date,
        "tag": list(dict.fromkeys(change.tags)),
        "initiationType": "tender",
        "language": "th",
        "parties": _parties(writer, change.sections, buyer["id"]),
        "buyer": buyer,
        **change.sections,
    }
    _refuse_identity_numbers(release)
    release["id"] = _id(release)
    return release


def is_untouched(release: Mapping[str, Any]) -> bool:
    """Tell whether a release says what it said when it was made."""
    return release.get("id") == _id(release)


def _id(release: Mapping[str, Any]) -> str:
    said = {key: value for key, value in release.items() if key != "id"}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{release.get('ocid')}-{digest[:_DIGEST_CHARACTERS]}"


def _whole(history: Sequence[Release], ocid: str) -> None:
    for index, release in enumerate(history):
        if release.get("ocid") != ocid:
            raise OcdsError("release_of_another_process", where=f"history[{index}]")
        if not is_untouched(release):
            raise OcdsError("release_changed", where=f"history[{index}]")


class _Change:
    """The sections that a release holds, and its tags."""

    def __init__(self, history: Sequence[Release]) -> None:
        self.history = history
        self.sections: dict[str, Any] = {}
        self.tags: list[str] = []
        self.last_id = history[-1]["id"] if history else None

    def plan(self, process: Process, writer: Writer) -> None:
        before = latest(self.history, "planning").get("")
        if process.plan is None:
            if before is not None:
                raise OcdsError("entry_removed", where="plan")
            return
        now = sections.planning(process.plan, writer)
        if now != before:
            self.sections["planning"] = with_removed(before or {}, now, where="planning")
            self.tags.append("planning" if before is None else "planningUpdate")

    def tender(self, process: Process, now: dict[str, Any]) -> None:
        before = latest(self.history, "tender").get("")
        self._date_amendments(before, now)
        if now == before:
            return
        was_announced = any(_ANNOUNCING.intersection(each["tag"]) for each in self.history)
        if process.notice is not None:
            self.tags.extend(tender_tags(before, now, was_announced=was_announced))
        elif was_announced:
            raise OcdsError("entry_removed", where="notice")
        elif not self.tags:
            self.tags.append("planning" if before is None else "planningUpdate")
        self.sections["tender"] = with_removed(before or {}, now, where="tender")

    def awards(self, now: list[dict[str, Any]]) -> None:
        before = latest(self.history, "awards")
        changed = list(self._changed(before, now, where="awards"))
        for entry in changed:
            self.tags.extend(award_tags(before.get(entry["id"]), entry))
        self._keep("awards", before, changed)

    def contracts(self, now: list[dict[str, Any]]) -> None:
        before = latest(self.history, "contracts")
        known = {*latest(self.history, "awards")}
        known.update(entry["id"] for entry in self.sections.get("awards", ()))
        for index, entry in enumerate(now):
            if entry["awardID"] not in known:
                raise OcdsError("award_unknown", where=f"contracts[{index}].award_id")
        changed = list(self._changed(before, now, where="contracts"))
        for entry in changed:
            self.tags.extend(contract_tags(before.get(entry["id"]), entry))
        self._keep("contracts", before, changed)

    def _changed(
        self, before: Mapping[str, dict[str, Any]], now: list[dict[str, Any]], *, where: str
    ) -> Iterator[dict[str, Any]]:
        ids = [entry["id"] for entry in now]
        for index, id_ in enumerate(ids):
            if id_ in ids[:index]:
                raise OcdsError("id_repeated", where=f"{where}[{index}].id")
        for id_ in before:
            if id_ not in ids:
                raise OcdsError("entry_removed", where=f"{where}[{id_}]")
        for entry in now:
            self._date_amendments(before.get(entry["id"]), entry)
            if entry != before.get(entry["id"]):
                yield entry

    def _keep(
        self,
        key: str,
        before: Mapping[str, dict[str, Any]],
        changed: list[dict[str, Any]],
    ) -> None:
        if changed:
            self.sections[key] = [
                with_removed(before.get(entry["id"], {}), entry, where=f"{key}[{entry['id']}]")
                for entry in changed
            ]

    def _date_amendments(self, before: dict[str, Any] | None, now: dict[str, Any]) -> None:
        """Say of each amendment which release it amends: the last one before it was told."""
        known = {
            entry["id"]: entry.get("amendsReleaseID")
            for entry in (before or {}).get("amendments", ())
        }
        for entry in now.get("amendments", ()):
            amended = known.get(entry["id"], self.last_id)
            if amended:
                entry["amendsReleaseID"] = amended


def _parties(writer: Writer, told: Mapping[str, Any], buyer: str) -> list[dict[str, Any]]:
    """Return the parties that the sections speak of, and the buyer."""
    spoken_of = {buyer, *_references(told)}
    return [party for id_, party in writer.parties.items() if id_ in spoken_of]


def _references(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        if key in ("procuringEntity", "payer", "payee", "tenderers", "suppliers"):
            yield value["id"]
        for name, each in value.items():
            yield from _references(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each, key)


def _refuse_identity_numbers(release: Release) -> None:
    for where, text in _texts(release):
        for found in find_personal_data(text, field=where):
            if found.kind is PersonalDataKind.IDENTITY_NUMBER:
                raise OcdsError("identity_number", where=where)


def _texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, f"{where}[{index}]")
