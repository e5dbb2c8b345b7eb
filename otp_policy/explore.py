"""
What a policy makes possible: every life of an item, and whether a promise can be broken in it.

For each stretch of days, category and urgency the reachable states of an item are explored, with
the policy's own decisions as the only guard. Whatever is the same for several categories is
explored once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from otp_policy.document import Document
from otp_policy.entries import Channel
from otp_policy.eras import eras, first_channels, matching_rules
from otp_policy.exploration.cast import Cast, Circumstances
from otp_policy.exploration.guard import Guard, name_of
from otp_policy.exploration.mend import mended_on
from otp_policy.exploration.promises import PROMISES, Terms
from otp_policy.exploration.search import Findings, TooManyStatesError, search
from otp_policy.exploration.story import Teller
from otp_policy.exploration.stuck import stuck_at
from otp_policy.model import Action, Actor
from otp_policy.policy import Policy
from otp_policy.vocabulary import UrgentMode

__all__ = ["Breach", "Exploration", "explore"]

TABLES_THAT_DECIDE = ("rule", "requirement", "role", "category", "channel", "urgent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A promise that can be broken, and the shortest way to it in sentences."""

    promise: str
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """
    What was found for one category from one day on.

    `channels` are the first channel and at most one that waits for it. `is_complete` is false if
    there were too many states to see them all.
    """

    starts_on: date
    category: str
    urgent: bool
    urgent_reason: str
    channels: tuple[str, ...]
    states: int
    moves: int
    breaches: tuple[Breach, ...]
    is_complete: bool = True

    @property
    def subject(self) -> str:
        """What was explored, in words."""
        urgency = ""
        if self.urgent:
            reason = f" because `{self.urgent_reason}`" if self.urgent_reason else ""
            urgency = f", urgent{reason}"
        channels = " and ".join(f"`{channel}`" for channel in self.channels)
        return f"`{self.category}`{urgency} on {channels} from {self.starts_on.isoformat()}"


def explore(document: Document, *, categories: Collection[str] = ()) -> Iterator[Exploration]:
    """
    Return what each category, or each of *categories*, makes possible on each stretch of days.

    The document may have gaps and contradictions: what it lacks, nobody may do. A stretch of days
    without a first channel is left out, for no question can be put to it.
    """
    seen = set()
    for day in document.turning_points():
        today = document.on(day)
        decides = tuple(getattr(today, table) for table in TABLES_THAT_DECIDE)
        if document.commencement.holds(day) and decides not in seen and first_channels(today):
            seen.add(decides)
            yield from _Era(mended_on(document, day), day).explorations(categories)


class _Era:
    """One stretch of days: its people, and what was already explored."""

    def __init__(self, today: Document, day: date) -> None:
        self.today = today
        self.day = day
        self.policy = Policy(today)
        self.cast = Cast(self.policy, today, on=day)
        self.cells = eras(today)[0].cells
        self.everybody: dict[int, Actor] = {}
        self.known: dict[object, tuple[Findings, bool]] = {}

    def explorations(self, categories: Collection[str]) -> Iterator[Exploration]:
        for category in self.today.category:
            if categories and category.code not in categories:
                continue
            for urgent, reason in self._urgencies():
                circumstances = Circumstances(
                    on=self.day, category=category.code, urgent=urgent, urgent_reason=reason
                )
                for channels in self._channels():
                    yield self._explored(circumstances, channels)

    def _urgencies(self) -> Iterator[tuple[bool, str]]:
        yield False, ""
        yield True, ""
        reasons = chain.from_iterable(urgent.reasons for urgent in self.today.urgent)
        if self._ratifies() and (reason := next(reasons, "")):
            yield True, reason

    def _ratifies(self) -> bool:
        return any(urgent.mode is UrgentMode.RATIFY_WITHIN for urgent in self.today.urgent)

    def _channels(self) -> Iterator[tuple[str, ...]]:
        # Channels wait for the first one only, so two at a time show everything.
        first = first_channels(self.today)[0]
        rest: list[Channel] = [
            channel for channel in self.today.channel if channel.code != first.code
        ]
        yield from ((first.code, channel.code) for channel in rest)
        if not rest:
            yield (first.code,)

    def _terms(self, circumstances: Circumstances) -> Terms:
        endorsing = matching_rules(
            self.today, action=Action.ENDORSE, category=circumstances.category
        )
        return Terms(
            endorsed=any(rule.roles for rule in endorsing),
            ratified=circumstances.urgent and self._ratifies(),
            has_reason=bool(circumstances.urgent_reason),
        )

    def _explored(self, circumstances: Circumstances, channels: tuple[str, ...]) -> Exploration:
        terms = self._terms(circumstances)
        shape = (terms, self._shape(circumstances, channels))
        if shape not in self.known:
            self.known[shape] = self._searched(circumstances, channels, terms)
        findings, is_complete = self.known[shape]
        breaches = [
            *self._broken(findings, circumstances, channels, terms),
            *self._void(circumstances),
        ]
        stuck = stuck_at(findings, channels=channels, terms=terms) if is_complete else ""
        if stuck:
            breaches.append(Breach(promise="stuck", trace=(stuck,)))
        return Exploration(
            starts_on=self.day,
            category=circumstances.category,
            urgent=circumstances.urgent,
            urgent_reason=circumstances.urgent_reason,
            channels=channels,
            states=findings.states,
            moves=findings.moves,
            breaches=tuple(breaches),
            is_complete=is_complete,
        )

    def _broken(
        self,
        findings: Findings,
        circumstances: Circumstances,
        channels: tuple[str, ...],
        terms: Terms,
    ) -> Iterator[Breach]:
        teller = Teller(
            self.policy, self.cast, circumstances=circumstances, channels=channels, terms=terms
        )
        for promise in PROMISES:
            if promise in findings.breaches:
                trace = teller.tell(findings.breaches[promise], promise)
                yield Breach(promise=promise, trace=trace)

    def _shape(self, circumstances: Circumstances, channels: tuple[str, ...]) -> object:
        """Return all that the answers to people who hold every role can depend on."""
        powers = self.cast.powers(self.cast.everybody, circumstances)
        category, urgent = circumstances.category, circumstances.urgent
        return tuple(
            (
                (action.value, channel) in powers,
                tuple(
                    finding.code
                    for _, finding in self.cells[action.value, category, channel, urgent].obstacles
                ),
            )
            for action in Action
            for channel in channels
        )

    def _searched(
        self, circumstances: Circumstances, channels: tuple[str, ...], terms: Terms
    ) -> tuple[Findings, bool]:
        guard = Guard(
            self.policy,
            circumstances=circumstances,
            unit=self.cast.item_unit,
            channels=channels,
            actor=self._actor,
        )
        try:
            return search(guard, terms), True
        except TooManyStatesError as error:
            return error.findings, False

    def _actor(self, person: int) -> Actor:
        if person not in self.everybody:
            self.everybody[person] = self.cast.everybody.named(name_of(person))
        return self.everybody[person]

    def _void(self, circumstances: Circumstances) -> Iterator[Breach]:
        for member, powers in self.cast.powers_of_each(circumstances).items():
            if powers and not member.may_count:
                action, channel = min(powers)
                deed = f"1. A, {member.words}, may `{action}` on `{channel}`."
                end = f"This breaks: {PROMISES['void_authority']}."
                yield Breach(promise="void_authority", trace=(deed, end))
                return
