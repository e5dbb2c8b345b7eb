"""Decisions in process, beside a bare dictionary that returns a small dataclass: the ceiling."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from otp_policy import Actor, Assent, Item, Post, Question, load_policy

QUESTIONS = 20_000
ROUNDS = 5
BOUND = 20.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What the dictionary answers."""

    allowed: bool
    code: str


def questions() -> list[Question]:
    """Return fresh questions: every action, category and role, on different days and digests."""
    policy = load_policy("tpso")
    kinds = list(
        product(
            ("prepare", "approve", "endorse", "publish", "correct"),
            policy.categories,
            policy.roles,
            ("division-a", "division-b"),
        )
    )
    return [_question(number, *kinds[number % len(kinds)]) for number in range(QUESTIONS)]


def _question(number: int, action: str, category: str, role: str, unit: str) -> Question:
    digest = f"sha256:{number:064x}"
    return Question(
        on=date(2026, 1, 1) + timedelta(days=number % 300),
        action=action,
        actor=Actor(id=f"u{number}", posts=(Post(role=role, unit=unit),)),
        item=Item(
            id=str(number),
            category=category,
            unit="division-a",
            digest=digest,
            contributors=("u0",),
            approvals=(Assent(by="u1", digest=digest),),
        ),
    )


def per_second(work: Callable[[Question], object], asked: Iterable[Question]) -> float:
    """Return the best rate of a few rounds, in answers per second."""
    asked = list(asked)
    best = 0.0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for question in asked:
            work(question)
        best = max(best, len(asked) / (time.perf_counter() - began))
    return best


def main() -> None:
    """Measure both in one run and print the line."""
    policy, asked = load_policy("tpso"), questions()
    table = {
        (question.action, question.item.category, question.actor.posts[0].role): True
        for question in asked
    }

    def look(question: Question) -> Looked:
        key = (question.action, question.item.category, question.actor.posts[0].role)
        return Looked(table[key], "")

    value, peer = per_second(policy.decide, asked), per_second(look, asked)
    print(
        json.dumps(
            {
                "name": "decide_vs_dict",
                "value": round(value),
                "unit": "decisions/s",
                "peer": round(peer),
                "bound": f"peer / value <= {BOUND:g}",
                "better": "higher",
                "holds": peer / value <= BOUND,
                "detail": f"{QUESTIONS} questions; the dictionary is {peer / value:.1f} x faster",
            }
        )
    )


if __name__ == "__main__":
    main()
