"""Counts of what happened to information, by division, category and quarter; no query is asked."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["COUNTED", "Tallies", "Tally"]

COUNTED = (
    "published",  # for the first time
    "updated",  # a further text of an item
    "attested",  # found right, and approved as that
    "missed",  # due for review in the period, and not reviewed by that day
    "corrected",  # of those updated, with a note of what was corrected
    "material",  # of those corrected, materially
    "withdrawn",
    "late",  # went live a minute or more after the agreed time
    "reported",  # readers' reports of errors
)
Where = tuple[str, str]


@dataclass(slots=True)
class Tally:
    """What was counted at one place, with the minutes that things took."""

    counts: Counter[str] = field(default_factory=Counter)
    draft_minutes: list[int] = field(default_factory=list)
    late_minutes: list[int] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return counts, and medians and longest times in whole minutes, None where none is."""
        found: dict[str, Any] = {name: self.counts[name] for name in COUNTED}
        found["draft_minutes_median"] = median(self.draft_minutes)
        found["draft_minutes_longest"] = max(self.draft_minutes, default=None)
        found["late_minutes_longest"] = max(self.late_minutes, default=None)
        return found


@dataclass(slots=True)
class Tallies:
    """The same things counted in total, by quarter, division, category, and both of these."""

    total: Tally = field(default_factory=Tally)
    quarters: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    units: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    categories: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    cells: dict[Where, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def add(self, what: str, where: Where, quarter: int) -> None:
        """Count one thing that happened to an item of *where*, its division and category."""
        for tally in self._of(where, quarter):
            tally.counts[what] += 1

    def took(self, where: Where, quarter: int, *, draft: int | None, late: int) -> None:
        """Note the minutes from the first draft until public, if known, and those of lateness."""
        for tally in self._of(where, quarter):
            if draft is not None:
                tally.draft_minutes.append(draft)
            if late:
                tally.late_minutes.append(late)

    def _of(self, where: Where, quarter: int) -> Iterator[Tally]:
        unit, category = where
        yield self.total
        yield self.quarters[quarter]
        yield self.units[unit]
        yield self.categories[category]
        yield self.cells[where]


def median(numbers: Iterable[int]) -> int | None:
    """
    Return the median as a whole number, the lower half rounded down; None of nothing.

    >>> median([10, 30, 20]), median([10, 20]), median([])
    (20, 15, None)
    """
    found = sorted(numbers)
    if not found:
        return None
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    return (found[middle - 1] + found[middle]) // 2
