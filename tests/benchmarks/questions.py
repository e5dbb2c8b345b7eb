"""Questions to the shipped `tpso` policy that it and its peers can all answer, fresh each time."""

from __future__ import annotations

import random
from datetime import date, timedelta

from otp_policy import Action, Actor, Assent, Delegation, Item, Policy, Post, Question, Slot

__all__ = ["fresh_questions", "office"]

UNITS = ("division-a", "division-b", "division-c", "division-d")
FIRST_DAY = date(2026, 1, 1)
HOMES = {"web_publisher": ("data_centre",), "social_publisher": ("yp",), "office_director": ("",)}
"""Roles that are held in one place; every other is held in a division."""

CARRIED_BY = {
    "prepare": ("pr_representative",),
    "propose_slot": ("pr_representative",),
    "confirm_slot": ("web_publisher", "social_publisher"),
    "endorse": ("division_director",),
    "approve": ("office_director", "division_director"),
    "publish": ("web_publisher", "social_publisher"),
    "correct": ("pr_representative", "web_publisher"),
    "withdraw": ("pr_representative",),
    "respond": ("web_publisher", "social_publisher"),
    "attest": ("pr_representative",),
}


def office(policy: Policy) -> list[Actor]:
    """Return the people of an office: some in a post, some assigned by an order with its days."""
    chance = random.Random(0)
    homes = [(role, home) for role in policy.roles for home in HOMES.get(role, UNITS)]
    people = [
        Actor(id=f"{role}-{home}-{number}", posts=(Post(role=role, unit=home),))
        for role, home in homes
        for number in range(3)
    ]
    people += [
        Actor(
            id=f"assigned-{role}-{home}",
            posts=(Post(role="pr_representative", unit=chance.choice(UNITS)),),
            delegations=(_order(role, home, chance),),
        )
        for role, home in homes
        if role.endswith("_director")
    ]
    return people


def _order(role: str, home: str, chance: random.Random) -> Delegation:
    begins = FIRST_DAY + timedelta(days=chance.randrange(150))
    return Delegation(
        role=role, unit=home, from_on=begins, until_on=begins + timedelta(days=180), order="1"
    )


def fresh_questions(policy: Policy, *, count: int, seed: int) -> list[Question]:
    """Return *count* questions of the people of the office, none asked before with another seed."""
    chance = random.Random(seed)
    people = office(policy)
    by_role = {role: [one for one in people if _carries(one, role)] for role in policy.roles}
    return [
        _question(policy, chance, f"{seed}-{number}", people, by_role) for number in range(count)
    ]


def _carries(actor: Actor, role: str) -> bool:
    return any(held.role == role for held in (*actor.posts, *actor.delegations))


def _question(
    policy: Policy,
    chance: random.Random,
    number: str,
    people: list[Actor],
    by_role: dict[str, list[Actor]],
) -> Question:
    action = chance.choice(tuple(Action)).value
    # Mostly somebody whose task it is, as in an office; else anybody.
    likely = by_role[chance.choice(CARRIED_BY[action])]
    actor = chance.choice(likely if chance.random() < 0.8 else people)
    return Question(
        on=FIRST_DAY + timedelta(days=chance.randrange(300)),
        action=action,
        actor=actor,
        item=_item(policy, chance, number, actor),
    )


def _item(policy: Policy, chance: random.Random, number: str, actor: Actor) -> Item:
    digest = f"sha256:{number}"
    channel = chance.choice(tuple(policy.channels))
    writers = (f"writer-{number}", actor.id if chance.random() < 0.1 else "writer-0")
    writers = writers[: chance.randint(1, 2)]
    homes = [held.unit for held in actor.posts + actor.delegations if held.unit in UNITS]
    unit = chance.choice((*homes, *homes, *homes, *UNITS))
    assents = (
        Assent(by=chance.choice(("head-0", "head-0", "writer-0")), digest=digest),
        Assent(by="head-1", digest="sha256:of-the-text-before"),
    )
    is_live = chance.random() < 0.7
    return Item(
        id=number,
        category=chance.choice(tuple(policy.categories)),
        unit=unit,
        digest=digest,
        contributors=writers,
        live=is_live,
        live_digest=chance.choice((digest, "sha256:of-the-text-before")) if is_live else "",
        urgent=chance.random() < 0.2,
        channel=channel,
        slots=(Slot(channel=channel, confirmed_by=chance.choice(("", "u1", "u1", "u1"))),),
        endorsements=assents[chance.randint(0, 1) :],
        approvals=assents[chance.randint(0, 1) :],
    )
