"""A table of a report, in the reader's language, with the chart above it; names of the figures."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext

__all__ = ["Bar", "Cell", "Table", "both", "named"]

Cell = str | int | Decimal | None


class Bar(NamedTuple):
    """One bar: its label, its number, the share of the longest in percent, and its series."""

    label: str
    number: int
    share: int
    series: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    One table: its code and heading, a heading for each column, and the rows.

    `bars` are the columns that the chart above it shows; without one there is no chart.
    """

    code: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: tuple[int, ...] = ()

    @property
    def chart(self) -> tuple[Bar, ...]:
        """Return the bars of each row, one after the other; none where all would be empty."""
        numbers = [[int(row[at] or 0) for at in self.bars] for row in self.rows]
        most = max((number for row in numbers for number in row), default=0)
        if not most:
            return ()
        return tuple(
            Bar(self._label(row, at), number, 100 * number // most, series)
            for row, own in zip(self.rows, numbers, strict=True)
            for series, (at, number) in enumerate(zip(self.bars, own, strict=True))
        )

    def _label(self, row: tuple[Cell, ...], at: int) -> str:
        words = [str(cell) for cell in row[: self.texts]]
        return " · ".join([*words, *([self.columns[at]] if len(self.bars) > 1 else [])])

    @property
    def charted(self) -> str:
        """Return the headings of the columns that the chart shows, "" for no chart."""
        return ", ".join(self.columns[at] for at in self.bars)

    @property
    def texts(self) -> int:
        """Return how many columns, from the first on, are words and no numbers."""
        found = 0
        while self.rows and found < len(self.columns) and isinstance(self.rows[0][found], str):
            found += 1
        return max(1, found)


def named(figures: dict[str, Any], kind: str, code: str) -> str:
    """Return what a code of *kind* is called in the figures, in the active language."""
    is_english = (get_language() or "th").startswith("en")
    name = figures["names"][kind].get(code)
    if name is None:
        return code or gettext("items that are there no more")
    return str(name["en" if is_english else "th"])


def both(figures: dict[str, Any], row: dict[str, Any]) -> tuple[str, str]:
    """Return the names of division and category of a row."""
    return (
        named(figures, "units", row["unit"]),
        named(figures, "categories", row["category"]),
    )
