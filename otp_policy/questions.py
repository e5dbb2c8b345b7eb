"""
JSON to a question, and a question or a decision to JSON: the contract of `otp-policy decide`.

What is not such a question raises a `QuestionError` with a code and the path of the first thing
that is wrong. A key that the contract does not know is an error: a misspelt `contributors` must
not let anybody approve their own work.
"""

from __future__ import annotations

from typing import Any

from otp_policy.errors import QuestionError
from otp_policy.json_objects import Fields, parse_line, text_of
from otp_policy.model import (
    Actor,
    Assent,
    Decision,
    Delegation,
    Item,
    Post,
    Question,
    Slot,
)

__all__ = [
    "decision_to_json",
    "error_to_json",
    "parse_question",
    "question_from_json",
    "question_to_json",
]


def parse_question(line: bytes | str) -> Question:
    """
    Return the question that one line of JSON asks.

    Raises:
        QuestionError: What `parse_line` or `question_from_json` finds.

    >>> asked = parse_question(
    ...     '{"on": "2026-11-23", "action": "prepare", "actor": {"id": "u1"}, '
    ...     '"item": {"category": "news", "unit": "division-a", "digest": "sha256:aa"}}'
    ... )
    >>> asked.on, asked.action, asked.item.live
    (datetime.date(2026, 11, 23), 'prepare', False)
    """
    return question_from_json(parse_line(line))


def question_from_json(value: object) -> Question:
    """
    Return the question that a decoded JSON value asks.

    Names are not judged here: which roles, categories and channels there are, the policy knows.

    Raises:
        QuestionError: `wrong_type`, `missing`, `empty`, `unknown_key`, `impossible_date` or
            `not_utf8` (half of a surrogate pair), with its place.
    """
    fields = Fields(value, "", ("on", "action", "actor", "item"))
    return Question(
        on=fields.day("on"),
        action=fields.text("action", required=True),
        actor=_actor(fields.required("actor"), "actor"),
        item=_item(fields.required("item"), "item"),
    )


def question_to_json(question: Question) -> dict[str, Any]:
    """Return the question as JSON values, complete: `question_from_json` gives it back."""
    actor, item = question.actor, question.item
    return {
        "on": question.on.isoformat(),
        "action": str(question.action),
        "actor": {
            "id": actor.id,
            "posts": [_post_to_json(post) for post in actor.posts],
            "delegations": [_delegation_to_json(one) for one in actor.delegations],
        },
        "item": {
            "id": item.id,
            "category": item.category,
            "unit": item.unit,
            "contributors": list(item.contributors),
            "digest": item.digest,
            "live": item.live,
            "live_digest": item.live_digest,
            "urgent": item.urgent,
            "urgent_reason": item.urgent_reason,
            **({"channel": item.channel} if item.channel else {}),
            "slots": [_slot_to_json(slot) for slot in item.slots],
            "endorsements": [{"by": one.by, "digest": one.digest} for one in item.endorsements],
            "approvals": [{"by": one.by, "digest": one.digest} for one in item.approvals],
        },
    }


def decision_to_json(decision: Decision) -> dict[str, Any]:
    """Return the answer of the contract."""
    return {
        "allowed": decision.allowed,
        "reasons": [
            {
                "code": finding.code.value,
                "clause": finding.clause,
                "interpretation": finding.interpretation,
            }
            for finding in decision.reasons
        ],
        "policy": decision.policy,
    }


def error_to_json(error: QuestionError) -> dict[str, Any]:
    """Return the answer to a line that is not a question."""
    return {"error": {"code": error.code, "where": error.where}}


def _post_to_json(post: Post) -> dict[str, Any]:
    acting = {"acting": True} if post.acting else {}
    return {"role": post.role, "unit": post.unit, **acting}


def _delegation_to_json(delegation: Delegation) -> dict[str, Any]:
    return {
        "role": delegation.role,
        "unit": delegation.unit,
        "from": delegation.from_on.isoformat(),
        "until": delegation.until_on.isoformat(),
        "order": delegation.order,
    }


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    at = {} if slot.at is None else {"at": slot.at.isoformat()}
    return {"channel": slot.channel, **at, "confirmed_by": slot.confirmed_by}


def _actor(value: object, where: str) -> Actor:
    fields = Fields(value, where, ("id", "posts", "delegations"))
    return Actor(
        id=fields.text("id", required=True),
        posts=fields.list("posts", _post),
        delegations=fields.list("delegations", _delegation),
    )


def _post(value: object, where: str) -> Post:
    fields = Fields(value, where, ("role", "unit", "acting"))
    return Post(
        role=fields.text("role", required=True),
        unit=fields.text("unit"),
        acting=fields.flag("acting"),
    )


def _delegation(value: object, where: str) -> Delegation:
    fields = Fields(value, where, ("role", "unit", "from", "until", "order"))
    return Delegation(
        role=fields.text("role", required=True),
        unit=fields.text("unit"),
        # An order without its days assigns nobody, so both are asked for.
        from_on=fields.day("from"),
        until_on=fields.day("until"),
        order=fields.text("order"),
    )


def _item(value: object, where: str) -> Item:
    fields = Fields(value, where, ITEM_KEYS)
    return Item(
        id=fields.text("id"),
        category=fields.text("category", required=True),
        unit=fields.text("unit", required=True),
        digest=fields.text("digest", required=True),
        contributors=fields.list("contributors", _person),
        live=fields.flag("live"),
        live_digest=fields.text("live_digest"),
        urgent=fields.flag("urgent"),
        urgent_reason=fields.text("urgent_reason"),
        # Left out, it is the first channel; an empty name is the name of none.
        channel=fields.text("channel", required="channel" in fields.values),
        slots=fields.list("slots", _slot),
        endorsements=fields.list("endorsements", _assent),
        approvals=fields.list("approvals", _assent),
    )


def _slot(value: object, where: str) -> Slot:
    fields = Fields(value, where, ("channel", "at", "confirmed_by"))
    return Slot(
        channel=fields.text("channel", required=True),
        at=fields.instant("at"),
        confirmed_by=fields.text("confirmed_by"),
    )


def _assent(value: object, where: str) -> Assent:
    fields = Fields(value, where, ("by", "digest"))
    # An assent by nobody, or to nothing, is none.
    return Assent(by=fields.text("by", required=True), digest=fields.text("digest", required=True))


def _person(value: object, where: str) -> str:
    return text_of(value, where)


ITEM_KEYS = (
    "id",
    "category",
    "unit",
    "contributors",
    "digest",
    "live",
    "live_digest",
    "urgent",
    "urgent_reason",
    "channel",
    "slots",
    "endorsements",
    "approvals",
)
