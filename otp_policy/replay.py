"""
Recorded decisions under another policy: which would come out otherwise.

A line is a question of `decide`, or `{"question": …, "answer": …}`, or an entry of a ledger whose
body carries a question. Two answers are the same if both allow, or both refuse for the same
reasons; that a reason cites another clause is counted and not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from otp_policy.errors import QuestionError
from otp_policy.json_objects import parse_line
from otp_policy.model import Decision, Question
from otp_policy.policy import Policy
from otp_policy.questions import decision_to_json, error_to_json, question_from_json

__all__ = ["Replay", "replay", "to_json"]

RECORD_KEYS = frozenset({"question", "answer"})
LEDGER_KEYS = frozenset({"seq", "previous", "hash", "body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """
    One recorded decision under both policies.

    `question` is None for an entry of a ledger that carries none. `recorded` is the answer that
    was given at the time, if the line tells it and the old policy would not give it.
    """

    question: Any = None
    old: Decision | QuestionError | None = None
    new: Decision | QuestionError | None = None
    recorded: Mapping[str, Any] | None = None

    @property
    def differs(self) -> bool:
        """Whether the new policy decides otherwise, or the record is not what the old one says."""
        return self.recorded is not None or _outcome(self.old) != _outcome(self.new)

    @property
    def cites_otherwise(self) -> bool:
        """Whether only the clauses that the reasons cite are other ones."""
        return not self.differs and _reasons(self.old) != _reasons(self.new)


def replay(line: bytes, *, old: Policy, new: Policy) -> Replay:
    """
    Return what both policies say to one line.

    Raises:
        QuestionError: If the line carries no question that either policy could answer.
    """
    carried = _carried(parse_line(line))
    if carried is None:
        return Replay()
    value, answer = carried
    question = question_from_json(value)
    before, after = _decision(old, question), _decision(new, question)
    if isinstance(before, QuestionError) and isinstance(after, QuestionError):
        raise before
    return Replay(question=value, old=before, new=after, recorded=_if_other(answer, before))


def _carried(value: object) -> tuple[object, object] | None:
    """Return the question of a line and the answer that was given; None if a ledger has none."""
    if not isinstance(value, dict):
        return value, None
    if value.keys() == LEDGER_KEYS:
        body = value["body"]
        if not isinstance(body, dict):
            raise QuestionError("wrong_type", where="body")
        return (body["question"], body.get("answer")) if "question" in body else None
    if "question" in value:
        for key in value:
            if key not in RECORD_KEYS:
                raise QuestionError("unknown_key", where=key)
        return value["question"], value.get("answer")
    return value, None


def _decision(policy: Policy, question: Question) -> Decision | QuestionError:
    try:
        return policy.decide(question)
    except QuestionError as error:
        return error


def _if_other(answer: object, decision: Decision | QuestionError) -> Mapping[str, Any] | None:
    """Return the recorded answer if the old policy does not give it."""
    if answer is None:
        return None
    if not isinstance(answer, dict):
        raise QuestionError("wrong_type", where="answer")
    return None if _recorded_outcome(answer) == _outcome(decision) else answer


def _recorded_outcome(answer: Mapping[str, Any]) -> object:
    error = answer.get("error")
    if isinstance(error, dict):
        return error.get("code")
    reasons = answer.get("reasons", [])
    if type(answer.get("allowed")) is not bool or not isinstance(reasons, list):
        raise QuestionError("wrong_type", where="answer")
    codes = [one.get("code") if isinstance(one, dict) else None for one in reasons]
    return (answer["allowed"], tuple(codes))


def _outcome(decision: Decision | QuestionError | None) -> object:
    if isinstance(decision, Decision):
        return (decision.allowed, tuple(finding.code.value for finding in decision.reasons))
    return decision and decision.code


def _reasons(decision: Decision | QuestionError | None) -> object:
    return decision.reasons if isinstance(decision, Decision) else None


def to_json(replayed: Replay, *, line: int) -> dict[str, Any]:
    """Return a decision that comes out otherwise as the answer of `otp-policy replay`."""
    # Keywords, not quoted keys: an agency's channel may be called `line`, and no module names one.
    told = dict(
        line=line,
        question=replayed.question,
        old=_side(replayed.old),
        new=_side(replayed.new),
    )
    return told if replayed.recorded is None else {**told, "recorded": replayed.recorded}


def _side(decision: Decision | QuestionError | None) -> dict[str, Any] | None:
    if isinstance(decision, QuestionError):
        return error_to_json(decision)
    return None if decision is None else decision_to_json(decision)
