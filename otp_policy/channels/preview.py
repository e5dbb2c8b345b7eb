"""What a reader sees of a payload, as values that a page can draw as a bubble or a card."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Count", "Preview", "Unit"]


class Unit(StrEnum):
    """In what a service counts a place."""

    UTF16 = "utf-16"  # UTF-16 code units
    GRAPHEMES = "graphemes"  # what a reader takes for one letter
    CHARACTERS = "characters"
    BYTES = "bytes"
    MESSAGES = "messages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much of a limit a place uses, in the service's own unit. `where` names the place."""

    where: str
    actual: int
    limit: int
    unit: Unit

    @property
    def is_over(self) -> bool:
        """Whether the service would refuse it."""
        return self.actual > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    What a reader sees. Any text may be empty.

    `alt_text` is what a notification and a device without pictures show. `texts` is how the
    service shows a payload of several plain messages: one bubble for each. `button` is the label
    of the link, `link` where it leads.
    """

    title: str
    text: str
    image_url: str = ""
    button: str = ""
    link: str = ""
    alt_text: str = ""
    texts: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
