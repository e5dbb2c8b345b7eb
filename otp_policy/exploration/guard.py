"""
The questions that an explored life puts to the policy itself.

Every move is allowed or refused by `Policy.decide` and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from otp_policy.exploration.cast import Circumstances
from otp_policy.exploration.life import CONFIRMED, NOBODY, Move, State
from otp_policy.model import Actor, Assent, Decision, Item, Question, Slot
from otp_policy.policy import Policy

__all__ = ["Guard", "name_of"]

NOTICE_DIGEST = "notice"


class Guard:
    """Puts the moves of one life to a policy."""

    def __init__(
        self,
        policy: Policy,
        *,
        circumstances: Circumstances,
        unit: str,
        channels: Sequence[str],
        actor: Callable[[int], Actor],
    ) -> None:
        self.policy = policy
        self.circumstances = circumstances
        self.unit = unit
        self.channels = tuple(channels)
        self.actor = actor

    def decide(self, state: State, move: Move, *, item: Item | None = None) -> Decision:
        """Return what the policy says to a move; *item* spares building it again."""
        question = Question(
            on=self.circumstances.on,
            action=move.action.value,
            actor=self.actor(move.person),
            item=item or self.item(state, move.channel),
        )
        return self.policy.decide(question)

    def items(self, state: State) -> tuple[Item, ...]:
        """Return the item as it is asked about on each channel."""
        return tuple(self.item(state, channel) for channel in range(len(self.channels)))

    def item(self, state: State, channel: int) -> Item:
        """Return the item in the words of a question."""
        live = "" if state.current is None else _digest_of_live(state)
        texts = state.texts()
        return Item(
            category=self.circumstances.category,
            unit=self.unit,
            digest=_digest(state.current.number) if state.current else "",
            contributors=tuple(map(name_of, sorted(state.contributors))),
            live=bool(live),
            live_digest=live,
            urgent=self.circumstances.urgent,
            urgent_reason=self.circumstances.urgent_reason,
            channel=self.channels[channel],
            slots=tuple(
                Slot(channel=name, confirmed_by="owner" if slot == CONFIRMED else "")
                for name, slot in zip(self.channels, state.slots, strict=True)
                if slot
            ),
            endorsements=tuple(
                _assent(text.endorser, text.number) for text in texts if text.endorser != NOBODY
            ),
            approvals=tuple(
                _assent(text.approver, text.number) for text in texts if text.approver != NOBODY
            ),
        )


def _digest_of_live(state: State) -> str:
    if state.notice:
        return "public"
    live = state.live_on(0)
    return _digest(live.number) if live else ""


@cache
def name_of(person: int) -> str:
    """Return the id of a person."""
    return f"person-{person}"


@cache
def _digest(number: int) -> str:
    return f"text-{number}"


@cache
def _assent(person: int, number: int) -> Assent:
    return Assent(by=name_of(person), digest=_digest(number))
