"""
What must never happen in the life of an item, judged by what happened and by nothing else.

No answer of the policy is used here: who wrote what, who stood for which text and what the
public saw is bookkeeping of the moves themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from otp_policy.exploration.life import EDITS, NOBODY, Move, State, Text
from otp_policy.model import Action

__all__ = ["PROMISES", "Terms", "broken_by", "is_approved"]

PROMISES: dict[str, str] = {
    "own_work": "nobody decides on what they wrote themselves",
    "not_endorsed": "nothing is approved that nobody endorsed, where somebody endorses",
    "not_approved": "nothing goes out that nobody approved but those who wrote it",
    "changed_after_approval": "nothing goes out that was changed after its approval",
    "urgent_without_reason": "nothing goes out before its approval without a reason",
    "urgent_without_second_person": "nothing goes out before its approval on one person's word",
    "published_twice": "what is live on the first channel does not go out there once more",
    "first_channel_not_live": "nothing goes out elsewhere before the first channel is live",
    "not_ratifiable": "what went out before its approval can still be approved",
    "void_authority": "an order that is not in force, or a role elsewhere, carries nothing",
    "stuck": "an item can go out on every channel, be corrected, withdrawn and attested",
}
"""What each promise says; the key names its breach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the policy promises for one category: read from its entries, not from its answers."""

    endorsed: bool
    ratified: bool
    has_reason: bool


def broken_by(state: State, move: Move, terms: Terms) -> str:
    """Return the promise that a move in *state* breaks, or nothing."""
    text = state.current
    if text is None or move.action in EDITS:
        return ""
    if move.action in (Action.ENDORSE, Action.APPROVE):
        return _broken_by_assent(state, move, text, terms)
    if move.action is Action.PUBLISH:
        return _broken_by_publishing(state, move, text, terms)
    return ""


def _broken_by_assent(state: State, move: Move, text: Text, terms: Terms) -> str:
    # INVARIANT: nobody endorses or approves what they contributed to since the last approval.
    if move.person in state.contributors:
        return "own_work"
    if move.action is Action.APPROVE and terms.endorsed and not is_endorsed(state, text):
        return "not_endorsed"
    return ""


def _broken_by_publishing(state: State, move: Move, text: Text, terms: Terms) -> str:
    # INVARIANT: nothing is public without its approval.
    if move.channel > 0 and state.live_on(0) is None:
        return "first_channel_not_live"
    # INVARIANT: what goes out goes out once.
    if move.channel == 0 and text.live[0]:
        return "published_twice"
    if is_approved(state, text):
        return ""
    if terms.ratified:
        if not terms.has_reason:
            return "urgent_without_reason"
        if not is_endorsed(state, text) or text.endorser == move.person:
            return "urgent_without_second_person"
        return ""
    earlier = any(is_approved(state, other) for other in state.others)
    return "changed_after_approval" if earlier else "not_approved"


def is_approved(state: State, text: Text) -> bool:
    """Return whether somebody approved the very text who did not write it."""
    return text.approver != NOBODY and text.approver not in state.contributors


def is_endorsed(state: State, text: Text) -> bool:
    """Return whether somebody endorsed the very text who did not write it."""
    return text.endorser != NOBODY and text.endorser not in state.contributors
