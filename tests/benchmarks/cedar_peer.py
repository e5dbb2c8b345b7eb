"""The same rules in Cedar, and its batch as the peer of `Policy.decide`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cedarpy import Entities, PolicySet, is_authorized_batch

from otp_policy import Action, Actor, Item, Question

__all__ = ["ACTIONS", "answers", "people", "policies", "requests", "with_items"]

HERE = Path(__file__).parent / "peers"
ACTIONS = tuple(action.value for action in Action)
ROLES = ("pr_representative", "division_director", "web_publisher", "social_publisher")


def policies() -> PolicySet:
    """Return the parsed rules."""
    return PolicySet.from_str((HERE / "tpso.cedar").read_text(encoding="utf-8"))


def people(actors: Sequence[Actor]) -> Entities:
    """Return the people, parsed: the graph that stays."""
    found = [entity for actor in actors for entity in _person(actor)]
    return Entities.from_json_str(json.dumps(found))


def with_items(known: Entities, questions: Sequence[Question]) -> Entities:
    """Return the people and the items of the questions, parsed."""
    return known.with_added_json_str(json.dumps([_resource(one.item) for one in questions]))


def requests(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Return one request for each question; person and item are among the entities."""
    return [
        {
            # Names in parts and the context as a text: both spare Cedar some reading.
            "principal": {"type": "Person", "id": question.actor.id},
            "action": {"type": "Action", "id": question.action},
            "resource": {"type": "Item", "id": question.item.id},
            "context": json.dumps({"on": _day(question.on), "channel": question.item.channel}),
        }
        for question in questions
    ]


def answers(asked: list[dict[str, Any]], rules: PolicySet, known: Entities) -> list[bool]:
    """Return whether each is allowed, by one call."""
    return [answer.allowed for answer in is_authorized_batch(asked, rules, known)]


def _day(day: date) -> int:
    return day.toordinal()


def _person(actor: Actor) -> list[dict[str, Any]]:
    key = actor.id
    orders = {
        order.unit or "*": {"from": _day(order.from_on), "until": _day(order.until_on)}
        for order in actor.delegations
    }
    return [
        {"uid": {"type": "Orders", "id": key}, "attrs": {}, "parents": [], "tags": orders},
        {
            "uid": {"type": "Person", "id": key},
            "parents": [],
            "attrs": {
                "name": actor.id,
                "office_director": any(post.role == "office_director" for post in actor.posts),
                "assigned": {"__entity": {"type": "Orders", "id": key}},
                **{role: [p.unit for p in actor.posts if p.role == role] for role in ROLES},
            },
        },
    ]


def _resource(item: Item) -> dict[str, Any]:
    return {
        "uid": {"type": "Item", "id": item.id},
        "parents": [],
        "attrs": {
            "category": item.category,
            "unit": item.unit,
            "digest": item.digest,
            "live_digest": item.live_digest,
            "live": item.live,
            "urgent": item.urgent,
            "contributors": list(item.contributors),
            "endorsed_by": [one.by for one in item.endorsements if one.digest == item.digest],
            "approved_by": [one.by for one in item.approvals if one.digest == item.digest],
            "slots": [slot.channel for slot in item.slots],
            "confirmed": [slot.channel for slot in item.slots if slot.confirmed_by],
        },
    }
