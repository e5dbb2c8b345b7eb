"""Days that an entry cannot mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from otp_policy.checks.defects import defect
from otp_policy.document import Document
from otp_policy.entries import Entry, Header
from otp_policy.errors import PolicyDataError

__all__ = ["impossible_dates"]

BUDDHIST_ERA = 543
BUDDHIST_YEARS = range(2401, 3000)
"""No policy is of these common years; as Buddhist years they are 1858 to 2456."""


def impossible_dates(document: Document) -> Iterator[PolicyDataError]:
    """Return every year of the Buddhist era, and every last day that is before its first."""
    yield from _buddhist(document.policy, "announced_on", document.policy.announced_on)
    for entry in document.entries():
        yield from _buddhist(entry, "effective_from", entry.effective_from)
        yield from _buddhist(entry, "effective_until", entry.effective_until)
        if entry.effective_until is not None and entry.effective_until < entry.effective_from:
            yield defect(
                entry,
                "period_reversed",
                f"`{entry.effective_until.isoformat()}` is before `effective_from`",
                key="effective_until",
                instead="write a last day that is not before the first",
            )


def _buddhist(entry: Entry | Header, key: str, day: date | None) -> Iterator[PolicyDataError]:
    # Such a day is a day to TOML: the entry would silently hold five centuries late.
    if day is not None and day.year in BUDDHIST_YEARS:
        yield defect(
            entry,
            "buddhist_year",
            f"`{day.year}` is a year of the Buddhist era",
            key=key,
            instead=f"write the common year, `{day.year - BUDDHIST_ERA}`",
        )
