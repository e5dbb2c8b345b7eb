"""
Breadth first through every life that an item can have under a policy.

The people are as powerful as they can be: each of them holds every role. What stands in the way
of a move, once there is authority, depends on who somebody is and never on a role, so whatever
an office of many people can do, these can do too, and in as few moves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from otp_policy.exploration.guard import Guard
from otp_policy.exploration.life import CONFIRMED, NOTICES, PROPOSED, Move, State, begin
from otp_policy.exploration.promises import Terms, broken_by, is_approved, is_endorsed
from otp_policy.model import Action, Decision, Item, ReasonCode

__all__ = ["PEOPLE", "Findings", "Happening", "TooManyStatesError", "breach_of", "search"]

PEOPLE = 3
"""One who writes, one who decides, and a third: no promise speaks of more at a time."""

MOST_STATES = 100_000
SLOT_REASONS = frozenset({ReasonCode.SLOT_MISSING, ReasonCode.SLOT_UNCONFIRMED})

Happening = tuple[str, int]
"""What was allowed at least once: an action, or an approved notice, and the channel."""


@dataclass(slots=True)
class Findings:
    """
    What a search came upon.

    `breaches` has the shortest way to break each promise that can be broken. `refusals` has, for
    what was never allowed, the fewest reasons that ever stood against it.
    """

    states: int = 0
    moves: int = 0
    breaches: dict[str, tuple[Move, ...]] = field(default_factory=dict)
    happened: set[Happening] = field(default_factory=set)
    refusals: dict[Happening, tuple[str, ...]] = field(default_factory=dict)


class TooManyStatesError(Exception):
    """The exploration was given up; nothing is proved, but what was found is found."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(f"gave up after {findings.states} states")
        self.findings = findings


def search(
    guard: Guard, terms: Terms, *, people: int = PEOPLE, most_states: int = MOST_STATES
) -> Findings:
    """
    Return everything that can happen to an item.

    Raises:
        TooManyStatesError: If there are more than *most_states*.
    """
    return _Search(guard, terms, people=people, most_states=most_states).run()


def breach_of(guard: Guard, terms: Terms, *, state: State, move: Move) -> str:
    """Return the promise that an allowed move breaks, or nothing."""
    broken = broken_by(state, move, terms)
    if broken or move.action is not Action.PUBLISH or not terms.ratified:
        return broken
    after = state.after(move)
    if is_approved(state, after.texts()[0]) or _can_be_approved(guard, after):
        return ""
    return "not_ratifiable"


def _can_be_approved(guard: Guard, state: State) -> bool:
    """Return whether two people who have had no part in it could approve what is live."""
    newcomer = max(state.involved(), default=0) + 1
    another = newcomer + 1
    approve = Move(Action.APPROVE, another)
    if guard.decide(state, approve).allowed:
        return True
    endorse = Move(Action.ENDORSE, newcomer)
    endorsed = state.after(endorse)
    return guard.decide(state, endorse).allowed and guard.decide(endorsed, approve).allowed


class _Search:
    def __init__(self, guard: Guard, terms: Terms, *, people: int, most_states: int) -> None:
        self.guard = guard
        self.terms = terms
        self.people = people
        self.most_states = most_states
        self.channels = range(len(guard.channels))
        self.found = Findings()
        self.origins: dict[State, tuple[State, Move] | None] = {}
        self.keys: set[object] = set()
        self.queue: deque[State] = deque()

    def run(self) -> Findings:
        self._reach(begin(len(self.channels)), None)
        while self.queue:
            self._leave(self.queue.popleft())
        self.found.states = len(self.keys)
        return self.found

    def _reach(self, state: State, origin: tuple[State, Move] | None) -> None:
        state = state.remembered()
        key = state.key()
        if key in self.keys:
            return
        if len(self.keys) >= self.most_states:
            self.found.states = len(self.keys)
            raise TooManyStatesError(self.found)
        self.keys.add(key)
        self.origins[state] = origin
        self.queue.append(state)

    def _leave(self, state: State) -> None:
        items = self.guard.items(state)
        for person in self._people(state):
            self._edit(state, person, items)
        for move in self._choices(state):
            if self._is_allowed(state, move, items):
                self._follow(state, move)
        for channel in self.channels:
            self._leave_to_publish(state, channel, items)
        self._ask_to_respond(state, items)

    def _follow(self, state: State, move: Move) -> None:
        self.found.moves += 1
        self._note_what_happened(state, move)
        broken = breach_of(self.guard, self.terms, state=state, move=move)
        if broken and broken not in self.found.breaches:
            self.found.breaches[broken] = (*self._way_to(state), move)
        if state.notice and move.action is Action.APPROVE:
            return  # The notice is carried out: the end of this life.
        self._reach(state.after(move), (state, move))

    def _note_what_happened(self, state: State, move: Move) -> None:
        happened = self.found.happened
        happened.add((move.action.value, move.channel))
        if state.notice and move.action is Action.APPROVE:
            happened.add((f"approve {state.notice}", 0))
        if move.action is Action.PUBLISH and state.live_on(move.channel) not in (
            None,
            state.current,
        ):
            happened.add(("publish again", move.channel))

    def _edit(self, state: State, person: int, items: tuple[Item, ...]) -> None:
        # One question for all: they differ in the text that comes next.
        for action in (Action.PREPARE, Action.CORRECT):
            edits = state.edits() if action is Action.PREPARE or state.current else ()
            if edits and self._is_allowed(state, Move(action, person), items):
                for back_to in edits:
                    self._follow(state, Move(action, person, 0, back_to))
                if (Action.CORRECT.value, 0) in self.found.happened:
                    return  # To correct leads where to prepare leads.

    def _choices(self, state: State) -> Iterator[Move]:
        """Return who may want to stand for the text, or to give a notice."""
        text = state.current
        if text is None:
            return
        people = self._people(state)
        if not is_approved(state, text):
            for person in people:
                yield Move(Action.APPROVE, person)
                if not is_endorsed(state, text):
                    yield Move(Action.ENDORSE, person)
        if not state.notice:
            # Whoever gives it has a part in it from then on, so it matters little who does.
            yield from (Move(notice, people[-1]) for notice in sorted(NOTICES))

    def _leave_to_publish(self, state: State, channel: int, items: tuple[Item, ...]) -> None:
        """Publish, or do what is still to be done about the time where only the time is open."""
        if state.current is None or state.notice:
            return
        waits_for_time = False
        for person in self._people(state):
            move = Move(Action.PUBLISH, person, channel)
            decision = self.guard.decide(state, move, item=items[channel])
            codes = {reason.code for reason in decision.reasons}
            if decision.allowed:
                self._follow(state, move)
            else:
                self._note_refusal(move, decision)
                waits_for_time = waits_for_time or codes <= SLOT_REASONS
        if waits_for_time:
            # Times change nothing else, so they are agreed when the rest is ready.
            slot = state.slots[channel]
            action = Action.PROPOSE_SLOT if slot < PROPOSED else Action.CONFIRM_SLOT
            for person in self._people(state) if slot < CONFIRMED else ():
                move = Move(action, person, channel)
                if self._is_allowed(state, move, items):
                    self._follow(state, move)

    def _ask_to_respond(self, state: State, items: tuple[Item, ...]) -> None:
        # It changes nothing, so that it is only asked until it was allowed.
        happening = (Action.RESPOND.value, 0)
        if happening not in self.found.happened and self._is_allowed(
            state, Move(Action.RESPOND, 0), items
        ):
            self.found.happened.add(happening)

    def _people(self, state: State) -> list[int]:
        """Return all who had a part in it, and one of those who had none: they are alike."""
        involved = state.involved()
        newcomers = [person for person in range(self.people) if person not in involved]
        return [*sorted(involved), *newcomers[:1]]

    def _is_allowed(self, state: State, move: Move, items: tuple[Item, ...]) -> bool:
        decision = self.guard.decide(state, move, item=items[move.channel])
        if not decision.allowed:
            self._note_refusal(move, decision)
        return decision.allowed

    def _note_refusal(self, move: Move, decision: Decision) -> None:
        happening = (move.action.value, move.channel)
        if happening in self.found.happened:
            return
        reasons = tuple(reason.code.value for reason in decision.reasons)
        fewest = self.found.refusals.get(happening)
        if fewest is None or len(reasons) < len(fewest):
            self.found.refusals[happening] = reasons

    def _way_to(self, state: State) -> tuple[Move, ...]:
        moves: list[Move] = []
        origin = self.origins[state]
        while origin is not None:
            moves.append(origin[1])
            origin = self.origins[origin[0]]
        return tuple(reversed(moves))
