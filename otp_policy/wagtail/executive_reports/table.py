"""A table of a report, in the reader's language, with the chart above it; names of the figures."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext

__all__ = ["Cell", "Table", "both", "named"]

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    One table: its code and heading, a heading for each column, and the rows.

    `bars` is the column that the chart above it shows, or None for no chart.
    """

    code: str
    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bars: int | None = None

    @property
    def chart(self) -> tuple[tuple[str, int, int], ...]:
        """Return a label, a number, and its share of the largest in percent, for each bar."""
        if self.bars is None:
            return ()
        texts = [at for at, name in enumerate(self.columns) if at < self.texts]
        numbers = [int(row[self.bars] or 0) for row in self.rows]
        most = max(numbers, default=0)
        if not most:
            return ()  # bars of nothing say nothing
        return tuple(
            (" · ".join(str(row[at]) for at in texts), number, 100 * number // most)
            for row, number in zip(self.rows, numbers, strict=True)
        )

    @property
    def charted(self) -> str:
        """Return the heading of the column that the chart shows, "" for no chart."""
        return self.columns[self.bars] if self.bars is not None else ""

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
