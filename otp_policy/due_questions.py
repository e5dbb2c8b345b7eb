"""
JSON to a question about a due day, and its answer to JSON: `freshness` and `deadline`.

Keys are read as strictly as those of a decision: one that the contract does not know is an error.
Null for a day that may be left out means that it is left out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from otp_policy.clocks import Deadline, DeadlineQuestion, Event
from otp_policy.errors import QuestionError
from otp_policy.freshness import Freshness, FreshnessQuestion
from otp_policy.json_objects import Fields, parse_line
from otp_policy.vocabulary import EventKind

__all__ = [
    "deadline_to_json",
    "freshness_to_json",
    "parse_deadline_question",
    "parse_freshness_question",
]

FRESHNESS_KEYS = (
    "on",
    "category",
    "kind",
    "first_published_on",
    "last_reviewed_on",
    "covers_until",
    "followed_from",
    "holidays",
)
DEADLINE_KEYS = ("on", "clock", "received_on", "events", "holidays")


def parse_freshness_question(line: bytes | str) -> FreshnessQuestion:
    """
    Return the question that one line of JSON asks.

    Raises:
        QuestionError: What `parse_line` finds; `wrong_type`, `missing`, `empty`, `unknown_key`,
            `impossible_date` or `not_utf8`, with its place.
    """
    fields = Fields(parse_line(line), "", FRESHNESS_KEYS)
    return FreshnessQuestion(
        on=fields.day("on"),
        category=fields.text("category", required=True),
        kind=fields.text("kind"),
        first_published_on=_day_or_none(fields, "first_published_on"),
        last_reviewed_on=_day_or_none(fields, "last_reviewed_on"),
        covers_until=_day_or_none(fields, "covers_until"),
        followed_from=_day_or_none(fields, "followed_from"),
        holidays=fields.list("holidays", _listed_day),
    )


def parse_deadline_question(line: bytes | str) -> DeadlineQuestion:
    """
    Return the question that one line of JSON asks.

    Raises:
        QuestionError: As `parse_freshness_question`; `unknown_event` for an event of no known kind.
    """
    fields = Fields(parse_line(line), "", DEADLINE_KEYS)
    return DeadlineQuestion(
        on=fields.day("on"),
        clock=fields.text("clock", required=True),
        received_on=fields.day("received_on"),
        events=fields.list("events", _event),
        holidays=fields.list("holidays", _listed_day),
    )


def freshness_to_json(answer: Freshness) -> dict[str, Any]:
    """Return the answer of the contract."""
    return {
        "due_on": _day_to_json(answer.due_on),
        "state": answer.state.value,
        "clause": answer.clause,
        "rule": answer.rule,
    }


def deadline_to_json(answer: Deadline) -> dict[str, Any]:
    """Return the answer of the contract."""
    return {
        "due_on": _day_to_json(answer.due_on),
        "state": answer.state.value,
        "working": [{"on": line.on.isoformat(), "why": line.why} for line in answer.working],
    }


def _day_to_json(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day_or_none(fields: Fields, key: str) -> date | None:
    return None if fields.values.get(key) is None else fields.day(key)


def _listed_day(value: object, where: str) -> date:
    # A list of days has no keys: the day is read as if it stood alone under its own path.
    return Fields({where: value}, "", (where,)).day(where)


def _event(value: object, where: str) -> Event:
    fields = Fields(value, where, ("kind", "on", "until"))
    kind = fields.text("kind", required=True)
    if kind not in EVENT_KINDS:
        raise QuestionError("unknown_event", where=f"{where}.kind")
    until = _day_or_none(fields, "until")
    if until is not None and kind != EventKind.EXTENDED:
        # Only an extension sets a date; passed over in silence it would be believed to.
        raise QuestionError("unknown_key", where=f"{where}.until")
    return Event(kind=EventKind(kind), on=fields.day("on"), until=until)


EVENT_KINDS = frozenset(kind.value for kind in EventKind)
