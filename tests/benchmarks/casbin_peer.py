"""The same rules in Casbin, and its enforcer as the peer of `Policy.decide`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import casbin

from otp_policy import Actor, Assent, Item, Question

__all__ = ["Asked", "enforcer", "requests"]

HERE = Path(__file__).parent / "peers"


class Asked:
    """
    A question as Casbin is given it.

    Casbin writes every request as a text for its log; of the whole question that takes longer
    than the decision, of this it takes nothing.
    """

    __slots__ = ("question",)

    def __init__(self, question: Question) -> None:
        self.question = question


Request = tuple[str, str, str, str, str, Asked]


def enforcer(people: Sequence[Actor], *, fast: bool = False) -> casbin.Enforcer:
    """
    Return Casbin's enforcer with the rules and the posts of the people loaded.

    Args:
        fast: Return its FastEnforcer, which sorts the rules by category and action beforehand.
    """
    model, rules = str(HERE / "tpso_model.conf"), str(HERE / "tpso_policy.csv")
    if fast:
        found = casbin.FastEnforcer(model, rules, cache_key_order=[2, 3])
    else:
        found = casbin.Enforcer(model, rules)
    found.add_function("assigned", _is_assigned)
    found.add_function("clear", _is_clear)
    found.add_grouping_policies(
        [[one.id, post.role, post.unit or "office"] for one in people for post in one.posts]
    )
    return found


def requests(questions: Sequence[Question]) -> list[Request]:
    """Return what `enforce` takes for each question."""
    return [
        (
            question.actor.id,
            question.item.unit,
            question.item.category,
            question.action,
            question.item.channel,
            Asked(question),
        )
        for question in questions
    ]


def _is_assigned(asked: Asked, role: str, unit: str) -> bool:
    """Return whether a delegation in force assigns the role there."""
    question = asked.question
    for order in question.actor.delegations:
        if order.role != role or (order.unit or "office") != unit:
            continue
        if order.from_on <= question.on <= order.until_on:
            return True
    return False


def _is_clear(asked: Asked, needs: str) -> bool:
    """Return whether nothing stands in the way."""
    for need in needs.split():  # noqa: SIM110 (a generator would cost more)
        if not NEEDS[need](asked.question, asked.question.item):
            return False
    return True


def _is_given(assents: Sequence[Assent], item: Item) -> bool:
    for one in assents:  # noqa: SIM110
        if one.digest == item.digest and one.by not in item.contributors:
            return True
    return False


def _has_slot(question: Question, item: Item) -> bool:
    return any(slot.channel == item.channel for slot in item.slots)


def _is_confirmed(question: Question, item: Item) -> bool:
    return any(slot.channel == item.channel and slot.confirmed_by for slot in item.slots)


NEEDS: dict[str, Callable[[Question, Item], bool]] = {
    "not_own": lambda question, item: question.actor.id not in item.contributors,
    "endorsed": lambda question, item: _is_given(item.endorsements, item),
    "approved": lambda question, item: _is_given(item.approvals, item),
    "slot": _has_slot,
    "confirmed": _is_confirmed,
    "live": lambda question, item: item.live,
    "urgent": lambda question, item: item.urgent,
    "new_text": lambda question, item: not item.live or item.live_digest != item.digest,
}
