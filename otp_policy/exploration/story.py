"""
A way to break a promise, told in plain numbered sentences.

The search lets everybody hold every role. Here each part is given to whoever needs to hold least
for it, and told again with a full memory: only what the policy then allows is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from otp_policy.exploration.cast import Cast, Circumstances, Member, Power
from otp_policy.exploration.guard import Guard, name_of
from otp_policy.exploration.life import EDITS, Move, State, begin
from otp_policy.exploration.promises import PROMISES, Terms
from otp_policy.exploration.search import breach_of
from otp_policy.model import Action, Actor
from otp_policy.policy import Policy

__all__ = ["Teller"]

ORDINALS = ("", "first", "second", "third")

SENTENCES: Mapping[Action, str] = {
    Action.PROPOSE_SLOT: "proposes a time on `{channel}`",
    Action.CONFIRM_SLOT: "confirms the time on `{channel}`",
    Action.ENDORSE: "endorses {text}",
    Action.APPROVE: "approves {text}",
    Action.PUBLISH: "publishes {text} on `{channel}`",
    Action.WITHDRAW: "asks to withdraw the item",
    Action.ATTEST: "asks to attest that the item is still right",
}


class Teller:
    """Casts the parts of a trace and tells it."""

    def __init__(
        self,
        policy: Policy,
        cast: Cast,
        *,
        circumstances: Circumstances,
        channels: Sequence[str],
        terms: Terms,
    ) -> None:
        self.policy = policy
        self.cast = cast
        self.circumstances = circumstances
        self.channels = tuple(channels)
        self.terms = terms
        powers = cast.powers_of_each(circumstances)
        self.powers = {member: can for member, can in powers.items() if can and member.may_count}

    def tell(self, moves: Sequence[Move], promise: str) -> tuple[str, ...]:
        """Return one sentence for each move, and what is broken then."""
        told, members = self._cast_parts(moves, promise)
        return (*self._sentences(told, members), f"This breaks: {PROMISES[promise]}.")

    def _cast_parts(
        self, moves: Sequence[Move], promise: str
    ) -> tuple[tuple[Move, ...], Mapping[int, Member]]:
        """Return the moves with as many people as can be, each with as few roles as can be."""
        everyone = {move.person for move in moves}
        best = self._split(moves, set())
        if self._breaks(*(shared := self._split(moves, everyone)), promise):
            return shared
        parted: set[int] = set()
        for person in sorted(everyone):
            attempt = self._split(moves, parted | {person})
            if self._breaks(*attempt, promise):
                parted.add(person)
                best = attempt
        return best

    def _split(
        self, moves: Sequence[Move], parted: set[int]
    ) -> tuple[tuple[Move, ...], Mapping[int, Member]]:
        """Return the moves with each part of those in *parted* done by somebody else."""
        names: dict[object, int] = {}
        needs: dict[int, set[Power]] = {}
        told = []
        for move in moves:
            power = (move.action.value, self.channels[move.channel])
            key = (move.person, self._holder({power}).words if move.person in parted else "")
            person = names.setdefault(key, len(names))
            needs.setdefault(person, set()).add(power)
            told.append(move._replace(person=person))
        return tuple(told), {person: self._holder(need) for person, need in needs.items()}

    def _holder(self, need: set[Power]) -> Member:
        """Return whoever can do all of it, by one role if one is enough."""
        for member, can in self.powers.items():
            if need <= can:
                return member
        found: Member | None = None
        for power in sorted(need):
            if found is None or power not in self.cast.powers(found, self.circumstances):
                holder = next(member for member, can in self.powers.items() if power in can)
                found = holder if found is None else found.with_also(holder)
        return found or self.cast.everybody

    def _breaks(self, moves: Sequence[Move], members: Mapping[int, Member], promise: str) -> bool:
        def actor(person: int) -> Actor:
            # Whoever has no part in the story can do everything.
            return members.get(person, self.cast.everybody).named(name_of(person))

        guard = Guard(
            self.policy,
            circumstances=self.circumstances,
            unit=self.cast.item_unit,
            channels=self.channels,
            actor=actor,
        )
        state, broken = begin(len(self.channels)), ""
        for move in moves:
            if not guard.decide(state, move).allowed:
                return False
            broken = breach_of(guard, self.terms, state=state, move=move)
            state = state.after(move)
        return broken == promise

    def _sentences(self, moves: Sequence[Move], members: Mapping[int, Member]) -> tuple[str, ...]:
        sentences, known = [], set()
        state = begin(len(self.channels))
        for number, move in zip(count(1), moves, strict=False):
            who = chr(ord("A") + move.person)
            if move.person not in known:
                who = f"{who}, {members[move.person].words},"
            known.add(move.person)
            sentences.append(f"{number}. {who} {self._does(state, move)}.")
            state = state.after(move)
        return tuple(sentences)

    def _does(self, state: State, move: Move) -> str:
        if move.action in EDITS:
            return _edits(state, move)
        text = f"the {_ordinal(state.current.number)} text" if state.current else ""
        notices = {"withdraw": "the withdrawal", "attest": "the attestation"}
        return SENTENCES[move.action].format(
            text=notices.get(state.notice, text), channel=self.channels[move.channel]
        )


def _edits(state: State, move: Move) -> str:
    number = move.back_to or state.written + 1
    if state.current is None:
        return "writes the first text"
    how = "changes it back to" if move.back_to else "changes it to"
    opening = "opens a correction and " if move.action is Action.CORRECT else ""
    return f"{opening}{how} the {_ordinal(number)} text"


def _ordinal(number: int) -> str:
    return ORDINALS[number] if number < len(ORDINALS) else f"{number}th"
