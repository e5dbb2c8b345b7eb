"""
Decisions in process, beside Casbin, Cedar and a bare dictionary, on questions new to all four.

All answer the same questions in two turns, so that whatever else the machine does
falls on each alike; what is counted is processor time. Every turn asks questions that nobody was
asked before, and every answer of the peers is held against ours.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import casbin_peer
import cedar_peer
from lines import line
from questions import fresh_questions, office

from otp_policy import Policy, Question, load_policy

QUESTIONS, TURN = 5_000, 2_500
WARM_UP = 99
"""A seed that no turn has."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the dictionary answers."""

    allowed: bool
    code: str


@dataclass
class Race:
    """Processor seconds of each contestant, and the answers in which one differed from us."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    differing: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    allowed: int = 0

    def rate(self, name: str) -> float:
        """Return answers per second of processor time."""
        return QUESTIONS / self.seconds[name]

    def run(self, name: str, work: Callable[[], Sequence[object]]) -> Sequence[object]:
        """Return what *work* answers, with its time counted under *name*."""
        gc.collect()
        began = time.process_time()
        answers = work()
        self.seconds[name] += time.process_time() - began
        return answers


class Contestants:
    """What each needs before the clock starts: rules parsed, tables built."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        people = office(policy)
        self.enforcers = {
            "casbin": casbin_peer.enforcer(people),
            "casbin_fast": casbin_peer.enforcer(people, fast=True),
        }
        self.people = cedar_peer.people(people)
        self.rules = cedar_peer.policies()
        self.table = {
            (action, category, role): True
            for action in cedar_peer.ACTIONS
            for category in policy.categories
            for role in policy.roles
        }

    def turn(self, asked: list[Question], race: Race) -> None:
        """Let each answer the same questions, and compare."""
        decide, look = self.policy.decide, self.look
        for_casbin = casbin_peer.requests(asked)
        for_cedar, known = cedar_peer.requests(asked), cedar_peer.with_items(self.people, asked)
        decisions = race.run("ours", lambda: [decide(one) for one in asked])
        ours = [decision.allowed for decision in decisions]  # type: ignore[attr-defined]
        race.allowed += sum(ours)
        race.run("dict", lambda: [look(one) for one in asked])
        answers = {
            name: race.run(name, lambda one=one: [one.enforce(*request) for request in for_casbin])
            for name, one in self.enforcers.items()
        }
        answers["cedarpy"] = race.run(
            "cedarpy", lambda: cedar_peer.answers(for_cedar, self.rules, known)
        )
        for name, theirs in answers.items():
            race.differing[name] += sum(a != b for a, b in zip(ours, theirs, strict=True))

    def look(self, question: Question) -> Looked:
        """Return the ceiling: one look-up and one small value."""
        key = (question.action, question.item.category, question.actor.posts[0].role)
        return Looked(self.table[key], "")


def main() -> None:
    """Measure all in one run and print the lines."""
    policy = load_policy("tpso")
    contestants = Contestants(policy)
    contestants.turn(fresh_questions(policy, count=TURN, seed=WARM_UP), Race())
    race = Race()
    for seed in range(QUESTIONS // TURN):
        contestants.turn(fresh_questions(policy, count=TURN, seed=seed), race)
    fast = race.rate("ours") / race.rate("casbin_fast")
    extra = f"its FastEnforcer: {race.rate('casbin_fast'):.0f}/s, {fast:.0f} x slower than ours"
    _line(race, "casbin", least=100, extra=f"Enforcer, roles in domains; {extra}")
    _line(race, "cedarpy", least=15, extra="one batch a turn; policies and entities parsed before")
    ceiling = race.rate("dict") / race.rate("ours")
    line(
        "decide_vs_dict",
        value=race.rate("ours"),
        unit="decisions/s",
        peer=race.rate("dict"),
        bound="peer / value <= 20",
        better="higher",
        holds=ceiling <= 20,
        detail=f"{QUESTIONS} fresh questions; the dictionary is {ceiling:.1f} x faster",
    )


def _line(race: Race, peer: str, *, least: float, extra: str) -> None:
    ratio = race.rate("ours") / race.rate(peer)
    line(
        f"decide_vs_{peer}",
        value=race.rate("ours"),
        unit="decisions/s",
        peer=race.rate(peer),
        bound=f"value / peer >= {least:g}, every answer the same",
        better="higher",
        holds=ratio >= least and not race.differing[peer],
        detail=f"{QUESTIONS} fresh questions, {race.allowed} allowed, {race.differing[peer]} "
        f"answered otherwise; {ratio:.0f} x; {extra}",
    )


if __name__ == "__main__":
    main()
