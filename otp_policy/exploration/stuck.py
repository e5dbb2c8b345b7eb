"""Where the life of an item cannot go on, whoever tries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from otp_policy.exploration.promises import Terms
from otp_policy.exploration.search import Findings, Happening

__all__ = ["stuck_at"]

WITH_CHANNEL = ("propose_slot", "confirm_slot", "publish")


def stuck_at(findings: Findings, *, channels: Sequence[str], terms: Terms) -> str:
    """Return the first thing of an item's life that never came to pass, in a sentence."""
    for happening, goal in _goals(channels, terms):
        if happening not in findings.happened:
            action, channel = _held_up_at(findings, happening)
            # An approved notice is refused as an approval, a second publication as a first.
            reasons = findings.refusals.get((action.partition(" ")[0], channel), ())
            on = f" on `{channels[channel]}`" if channel or action in WITH_CHANNEL else ""
            against = ", ".join(f"`{reason}`" for reason in reasons) or "nothing leads there"
            return (
                f"An item cannot {goal}: `{action}`{on} is refused even to somebody who holds "
                f"every role ({against})."
            )
    return ""


def _held_up_at(findings: Findings, happening: Happening) -> Happening:
    """Return what comes before and never came to pass: a time, for what waits for one."""
    action, channel = happening
    if action == "publish":
        for earlier in ("propose_slot", "confirm_slot"):
            held_up = (earlier, channel)
            if held_up in findings.refusals and held_up not in findings.happened:
                return held_up
    return happening


def _goals(channels: Sequence[str], terms: Terms) -> Iterator[tuple[Happening, str]]:
    """Return what must happen at least once, in the order of an item's life."""
    yield ("prepare", 0), "be written"
    if terms.endorsed:
        yield ("endorse", 0), "be endorsed"
    if not terms.ratified:
        yield ("approve", 0), "be approved"
    for place, channel in enumerate(channels):
        yield ("publish", place), f"go out on `{channel}`"
    yield ("approve", 0), "be approved"
    yield ("correct", 0), "be corrected"
    yield ("publish again", 0), "go out again after a correction"
    yield ("withdraw", 0), "be withdrawn"
    yield ("approve withdraw", 0), "be withdrawn"
    yield ("attest", 0), "be attested"
    yield ("approve attest", 0), "be attested"
    yield ("respond", 0), "be asked about"
