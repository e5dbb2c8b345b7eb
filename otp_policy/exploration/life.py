"""
The life of one item, as it is explored: what was written, by whom, and who stood for it.

This is bookkeeping of what happened. It asks no policy: whether something may happen is asked
elsewhere, and what must never have happened is judged by what is written here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from otp_policy.model import Action

__all__ = ["CONFIRMED", "EDITS", "NOBODY", "NOTICES", "PROPOSED", "Move", "State", "Text", "begin"]

NOBODY = -1
MOST_KEPT = 1
"""How many earlier texts are remembered that are not live; what is live is never forgotten."""

PROPOSED, CONFIRMED = 1, 2
EDITS = frozenset({Action.PREPARE, Action.CORRECT})
NOTICES = frozenset({Action.WITHDRAW, Action.ATTEST})
"""What asks for an approval of its own, without another text."""


class Text(NamedTuple):
    """One text, who endorsed and who approved it last, and the channels where it is live."""

    number: int
    endorser: int = NOBODY
    approver: int = NOBODY
    live: tuple[bool, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether it could be any text: nobody stood for it, and the public never saw it."""
        return self.endorser == self.approver == NOBODY and not any(self.live)


class Move(NamedTuple):
    """Somebody does something; an edit goes to a fresh text (0) or back to the one named."""

    action: Action
    person: int
    channel: int = 0
    back_to: int = 0


class State(NamedTuple):
    """
    All that happened to the item and still matters.

    `slots` and `Text.live` have one place for each channel; `contributors` are all who changed
    the item since its last approval. `notice` is what the work is about, if it is no text.
    `written` counts the texts.
    """

    current: Text | None = None
    others: tuple[Text, ...] = ()
    slots: tuple[int, ...] = ()
    contributors: frozenset[int] = frozenset()
    notice: str = ""
    written: int = 0

    def texts(self) -> tuple[Text, ...]:
        """Return the current text first, then the others that still matter."""
        return self.others if self.current is None else (self.current, *self.others)

    def live_on(self, channel: int) -> Text | None:
        """Return the text that is live on a channel."""
        return next((text for text in self.texts() if text.live[channel]), None)

    def edits(self) -> tuple[int, ...]:
        """Return the texts to which it can be edited: 0 is a fresh one."""
        return () if self.notice else (0, *(text.number for text in self.others))

    def remembered(self) -> State:
        """
        Return the state without what can be forgotten.

        That is what is blank, and of the earlier texts that are not live all but the latest: what
        stands in the way of a move asks for one text that somebody stood for, never for two.
        """
        if not self.others:
            return self
        others = [
            # Once it is approved, who endorsed it matters no more.
            text if text.approver == NOBODY else text._replace(endorser=NOBODY)
            for text in self.others
            if not text.is_blank
        ]
        live = [text for text in others if any(text.live)]
        rest = [text for text in others if not any(text.live)]
        rest.sort(key=lambda text: text.number)
        kept = sorted((*live, *rest[-MOST_KEPT:]), key=lambda text: (text.live, text.number))
        return self._replace(others=tuple(kept))

    def involved(self) -> frozenset[int]:
        """Return everybody of whom something is written down."""
        people = {person for text in self.texts() for person in (text.endorser, text.approver)}
        return (self.contributors | people) - {NOBODY}

    def after(self, move: Move) -> State:
        """Return what is the case after a move."""
        return EFFECTS[move.action](self, move)

    def key(self) -> tuple[object, ...]:
        """
        Return what states share that differ only in the names of people and texts.

        Each person counts as the set of parts that the person has in it.
        """
        parts = dict.fromkeys(self.contributors, 1)
        texts = self.texts()
        for place, text in enumerate(texts):
            for part, person in ((2, text.endorser), (4, text.approver)):
                parts[person] = parts.get(person, 0) | part << 2 * place
        parts.pop(NOBODY, None)
        live = tuple(text.live for text in texts)
        return (live, tuple(sorted(parts.values())), self.slots, self.notice)


def begin(channels: int) -> State:
    """Return the state before anything is written."""
    return State(slots=(0,) * channels)


def _edit(state: State, move: Move) -> State:
    kept = state.texts()
    number = move.back_to or state.written + 1
    fresh = Text(number=number, live=(False,) * len(state.slots))
    target = next((text for text in kept if text.number == number), fresh)
    return state._replace(
        current=target,
        others=tuple(text for text in kept if text is not target),
        contributors=state.contributors | {move.person},
        written=max(state.written, number),
    )


def _notice(state: State, move: Move) -> State:
    # From here on only the notice is decided; what the texts were no longer matters.
    fresh = Text(number=0, live=(True,) * len(state.slots))
    contributors = state.contributors | {move.person}
    return State(
        current=fresh, slots=state.slots, contributors=contributors, notice=move.action.value
    )


def _slot(state: State, move: Move, value: int) -> State:
    slots = list(state.slots)
    slots[move.channel] = value
    return state._replace(slots=tuple(slots))


def _current(state: State) -> Text:
    if state.current is None:
        raise ValueError("nothing is written yet")
    return state.current


def _endorse(state: State, move: Move) -> State:
    return state._replace(current=_current(state)._replace(endorser=move.person))


def _approve(state: State, move: Move) -> State:
    approved = _current(state)._replace(approver=move.person)
    return state._replace(current=approved, contributors=frozenset())


def _publish(state: State, move: Move) -> State:
    def shown(text: Text, *, is_live: bool) -> Text:
        live = list(text.live)
        live[move.channel] = is_live
        return text._replace(live=tuple(live))

    # The time stays confirmed: whoever may publish once more need not agree on it anew.
    return state._replace(
        current=shown(_current(state), is_live=True),
        others=tuple(shown(text, is_live=False) for text in state.others),
    )


EFFECTS: dict[Action, Callable[[State, Move], State]] = {
    Action.PREPARE: _edit,
    Action.CORRECT: _edit,
    Action.PROPOSE_SLOT: lambda state, move: _slot(state, move, PROPOSED),
    Action.CONFIRM_SLOT: lambda state, move: _slot(state, move, CONFIRMED),
    Action.ENDORSE: _endorse,
    Action.APPROVE: _approve,
    Action.PUBLISH: _publish,
    Action.WITHDRAW: _notice,
    Action.ATTEST: _notice,
}
