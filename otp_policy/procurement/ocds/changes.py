"""What of a process is new since its last release, and by which tags a release says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from otp_policy.procurement.ocds.publication import OcdsError

__all__ = ["award_tags", "contract_tags", "latest", "tender_tags", "told", "with_removed"]

Section = dict[str, Any]
# A document can be taken back, as the law may ask, and a bidder whose name was written wrong: of
# either the id alone remains. All else is cancelled, never dropped.
_MAY_BE_BLANKED = frozenset({"documents", "tenderers"})


def latest(history: Sequence[Mapping[str, Any]], key: str) -> dict[str, Section]:
    """
    Return the newest telling of each entry of a list of sections, by id.

    A section that is no list is found by the empty id.
    """
    found: dict[str, Section] = {}
    for release in history:
        section = release.get(key)
        entries = section if isinstance(section, list) else [section] if section else []
        for entry in entries:
            found[entry["id"] if isinstance(section, list) else ""] = told(entry)
    return found


def told(value: Any) -> Any:
    """Return a section without what a release took back."""
    if isinstance(value, dict):
        kept = {key: told(each) for key, each in value.items() if each is not None}
        return {key: each for key, each in kept.items() if each not in ({}, [])}
    if isinstance(value, list):
        return [told(each) for each in value if not _is_blanked(each)]
    return value


def _is_blanked(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) < 2:
        return False
    return all(each is None for key, each in value.items() if key != "id")


def with_removed(before: Mapping[str, Any], now: Mapping[str, Any], *, where: str) -> Section:
    """
    Return a section with null where it had a value: merging keeps what a release leaves out.

    Raises:
        OcdsError: `entry_removed`, if a list lost an entry that may not be taken back.
    """
    result = dict(now)
    for key, value in before.items():
        place = f"{where}.{key}"
        if isinstance(value, dict):
            result[key] = with_removed(value, now.get(key) or {}, where=place)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            result[key] = list(_entries(value, now.get(key) or [], key=key, where=place))
        elif key not in now:
            result[key] = None
    return result


def _entries(
    before: Sequence[Section], now: Sequence[Section], *, key: str, where: str
) -> Iterator[Section]:
    known = {entry["id"]: entry for entry in before}
    for entry in now:
        earlier = known.pop(entry["id"], {})
        yield with_removed(earlier, entry, where=f"{where}[{entry['id']}]")
    for id_, entry in known.items():
        if key not in _MAY_BE_BLANKED:
            raise OcdsError("entry_removed", where=f"{where}[{id_}]")
        yield {"id": id_, **{name: None for name in entry if name != "id"}}


def tender_tags(before: Section | None, now: Section, *, was_announced: bool) -> list[str]:
    """Return how a release calls a new or changed invitation."""
    if not was_announced:
        return ["tender"]
    before = before or {}
    tags = []
    if now.get("status") == "cancelled" and before.get("status") != "cancelled":
        tags.append("tenderCancellation")
    if _count(now) > _count(before):
        tags.append("tenderAmendment")
    return tags or ["tenderUpdate"]


def award_tags(before: Section | None, now: Section) -> list[str]:
    """Return how a release calls a new or changed award."""
    if before is None:
        return ["award"]
    is_cancelled = now.get("status") == "cancelled" and before.get("status") != "cancelled"
    return ["awardCancellation" if is_cancelled else "awardUpdate"]


def contract_tags(before: Section | None, now: Section) -> list[str]:
    """Return how a release calls a new or changed contract, and what is known of its work."""
    tags = []
    was, is_ = before or {}, now
    if before is None:
        tags.append("contract")
    elif _terms(was) != _terms(is_):
        if is_.get("status") == "terminated" and was.get("status") != "terminated":
            tags.append("contractTermination")
        if _count(is_) > _count(was):
            tags.append("contractAmendment")
        tags = tags or ["contractUpdate"]
    if is_.get("implementation") and not was.get("implementation"):
        tags.append("implementation")
    elif is_.get("implementation") != was.get("implementation"):
        tags.append("implementationUpdate")
    return tags


def _terms(contract: Section) -> Section:
    return {key: value for key, value in contract.items() if key != "implementation"}


def _count(section: Section) -> int:
    return len(section.get("amendments", ()))
