"""
JSON to a question, and a question or a decision to JSON: the contract of `otp-policy decide`.

What is not such a question raises a `QuestionError` with a code and the path of the first thing
that is wrong. A key that the contract does not know is an error: a misspelt `contributors` must
not let anybody approve their own work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn, TypeVar

from otp_policy.errors import QuestionError
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

T = TypeVar("T")

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


def parse_question(line: bytes | str) -> Question:
    """
    Return the question that one line of JSON asks.

    Raises:
        QuestionError: `blank_line`, `not_utf8`, `not_json`, `duplicate_key`, `too_deep`, or what
            `question_from_json` finds.
    """
    try:
        text = line.decode("utf-8") if isinstance(line, bytes) else line
    except UnicodeDecodeError as error:
        raise QuestionError("not_utf8", where="") from error
    if not text.strip():
        raise QuestionError("blank_line", where="")
    try:
        value = DECODER.decode(text)
    except RecursionError as error:
        raise QuestionError("too_deep", where="") from error
    except json.JSONDecodeError as error:
        raise QuestionError("not_json", where="") from error
    return question_from_json(value)


def question_from_json(value: object) -> Question:
    """
    Return the question that a decoded JSON value asks.

    Names are not judged here: which roles, categories and channels there are, the policy knows.

    Raises:
        QuestionError: `wrong_type`, `missing`, `empty`, `unknown_key`, `impossible_date` or
            `not_utf8` (half of a surrogate pair), with its place.
    """
    fields = _Fields(value, "", ("on", "action", "actor", "item"))
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
            "posts": [{"role": post.role, "unit": post.unit} for post in actor.posts],
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
    fields = _Fields(value, where, ("id", "posts", "delegations"))
    return Actor(
        id=fields.text("id", required=True),
        posts=fields.list("posts", _post),
        delegations=fields.list("delegations", _delegation),
    )


def _post(value: object, where: str) -> Post:
    fields = _Fields(value, where, ("role", "unit"))
    return Post(role=fields.text("role", required=True), unit=fields.text("unit"))


def _delegation(value: object, where: str) -> Delegation:
    fields = _Fields(value, where, ("role", "unit", "from", "until", "order"))
    return Delegation(
        role=fields.text("role", required=True),
        unit=fields.text("unit"),
        # An order without its days assigns nobody, so both are asked for.
        from_on=fields.day("from"),
        until_on=fields.day("until"),
        order=fields.text("order"),
    )


def _item(value: object, where: str) -> Item:
    fields = _Fields(value, where, ITEM_KEYS)
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
        channel=fields.text("channel"),
        slots=fields.list("slots", _slot),
        endorsements=fields.list("endorsements", _assent),
        approvals=fields.list("approvals", _assent),
    )


def _slot(value: object, where: str) -> Slot:
    fields = _Fields(value, where, ("channel", "at", "confirmed_by"))
    return Slot(
        channel=fields.text("channel", required=True),
        at=fields.instant("at"),
        confirmed_by=fields.text("confirmed_by"),
    )


def _assent(value: object, where: str) -> Assent:
    fields = _Fields(value, where, ("by", "digest"))
    # An assent by nobody, or to nothing, is none.
    return Assent(by=fields.text("by", required=True), digest=fields.text("digest", required=True))


def _person(value: object, where: str) -> str:
    return _text(value, where)


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


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise QuestionError("wrong_type", where=where)
    if not value.isascii():
        # Half of a surrogate pair can be escaped in JSON but is no text: no ledger could hold it.
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise QuestionError("not_utf8", where=where) from error
    return value


class _Fields:
    """One JSON object, read key by key; the path of each key leads into the error."""

    __slots__ = ("values", "where")

    def __init__(self, value: object, where: str, known: tuple[str, ...]) -> None:
        if not isinstance(value, dict):
            raise QuestionError("wrong_type", where=where)
        self.values: Mapping[str, object] = value
        self.where = f"{where}." if where else ""
        for key in value:
            if key not in known:
                raise QuestionError("unknown_key", where=f"{self.where}{key}")

    def required(self, key: str) -> object:
        if key not in self.values:
            raise QuestionError("missing", where=self.where + key)
        return self.values[key]

    def text(self, key: str, *, required: bool = False) -> str:
        value = self.required(key) if required else self.values.get(key, "")
        text = _text(value, self.where + key)
        if required and not text:
            raise QuestionError("empty", where=self.where + key)
        return text

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise QuestionError("wrong_type", where=self.where + key)
        return value

    def list(self, key: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        values = self.values.get(key, ())
        if key in self.values and not isinstance(values, list):
            raise QuestionError("wrong_type", where=self.where + key)
        assert isinstance(values, list | tuple)
        return tuple(
            read(value, f"{self.where}{key}[{index}]") for index, value in enumerate(values)
        )

    def day(self, key: str) -> date:
        text = self.text(key, required=True)
        try:
            if DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise QuestionError("impossible_date", where=self.where + key)

    def instant(self, key: str) -> datetime | None:
        if key not in self.values:
            return None
        text = self.text(key, required=True)
        try:
            # Without its offset a time is no instant: the same slot would mean two.
            if INSTANT.fullmatch(text):
                return datetime.fromisoformat(text)
        except ValueError:
            pass
        raise QuestionError("impossible_date", where=self.where + key)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise QuestionError("duplicate_key", where=twice)
    return values


def _no_constant(name: str) -> NoReturn:
    # NaN and Infinity are Python's own, no JSON.
    raise QuestionError("not_json", where="")


def _number(text: str) -> float:
    # No field is a number, so its value is never read; digits by the million cost nothing.
    return 0.0


DECODER = json.JSONDecoder(
    object_pairs_hook=_once,
    parse_constant=_no_constant,
    parse_int=_number,
    parse_float=_number,
)
