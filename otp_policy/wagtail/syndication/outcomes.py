"""What an answer means for its delivery."""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState
from otp_policy.wagtail.held import held_at_confirmation
from otp_policy.wagtail.publishing import DISPATCHER
from otp_policy.wagtail.recording import record

from . import reasons
from .breaker import hear, stops_channel
from .claims import move, note
from .follow_ups import follow_late_answer
from .models import Delivery
from .needs_person import again_in, leave_to_person
from .operations import kind_of
from .writing import in_line

State, Operation = Delivery.State, Delivery.Operation

# What the ledger says was done on the channel.
DEEDS = {
    Operation.PUBLISH: "delivered",
    Operation.CORRECT: "delivered_correction",
    Operation.WITHDRAW: "delivered_withdrawal",
}
_FIRST_BACKOFF_SECONDS = 5
_LONGEST_BACKOFF_SECONDS = 900
_LONGEST_PAUSE_SECONDS = 24 * 3600  # whatever a service asks for


@in_line
@transaction.atomic
def conclude(delivery: Delivery, outcome: Outcome, *, was_unknown: bool) -> None:
    hear(delivery, outcome)  # first: it locks the channel before the delivery (`locking`)
    note(
        delivery,
        kind_of(delivery),
        outcome.state,
        error_class=outcome.error_class,
        detail=outcome.detail,
    )
    if outcome.state is OutcomeState.SENT:
        mark_sent(delivery, outcome.remote_id, outcome.request_id, outcome.permalink)
    elif outcome.state is OutcomeState.UNKNOWN or (was_unknown and not delivery.in_place):
        # Unknown is sticky: a later refusal says nothing about the earlier attempt.
        later(delivery, State.UNKNOWN, outcome)
    elif _came_too_often(delivery, outcome):
        ended = replace(outcome, error_class=ErrorClass.CONTENT)
        leave_to_person(delivery, State.FAILED, reason=reasons.REFUSED_OFTEN, outcome=ended)
    elif _goes_by_itself(outcome):
        later(delivery, State.PENDING, outcome)
    elif outcome.state is OutcomeState.HELD or _must_not_fail(delivery):
        _ends(delivery, State.HELD, outcome)
    else:
        _ends(delivery, State.FAILED, outcome)


def _ends(delivery: Delivery, state: str, outcome: Outcome) -> None:
    """Write down an answer after which nothing goes by itself, and see to it that people know."""
    if stops_channel(outcome):  # told once for the channel, whatever it owes
        move(delivery, state, error_class=outcome.error_class, detail=outcome.detail)
    else:
        reason = reasons.OF_MESSAGE_ALONE if outcome.of_message_alone else ""
        leave_to_person(delivery, state, reason=reason, outcome=outcome)


def _came_too_often(delivery: Delivery, outcome: Outcome) -> bool:
    """Tell whether the last calls, this one included, all had this kind of answer."""
    if outcome.at_most is None:
        return False
    calls = delivery.log.filter(kind=kind_of(delivery)).order_by("-pk")
    last = [_kind_of_answer(one.detail) for one in calls[: outcome.at_most]]
    return last == [_kind_of_answer(outcome.detail)] * outcome.at_most


def _kind_of_answer(detail: str) -> str:
    return detail.partition(":")[0]


def _must_not_fail(delivery: Delivery) -> bool:
    """Tell whether a person has to see to it, since what is withdrawn may not stay up."""
    return delivery.in_place and delivery.operation == Operation.WITHDRAW


def _goes_by_itself(outcome: Outcome) -> bool:
    """Whether nothing went out and the service will take it later without anybody's help."""
    paused = outcome.state is OutcomeState.HELD and outcome.retry_after_seconds is not None
    return outcome.state is OutcomeState.NOT_SENT or outcome.error_class == "retry" or paused


def later(delivery: Delivery, state: str, outcome: Outcome) -> None:
    pause = min(outcome.retry_after_seconds or 0, _LONGEST_PAUSE_SECONDS)
    seconds = max(backoff_seconds(delivery.attempts), pause)
    again_in(seconds, delivery, state, error_class=outcome.error_class, detail=outcome.detail)


def backoff_seconds(tries: int) -> float:
    return min(_LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** min(tries - 1, 10))


@transaction.atomic(savepoint=False)
def mark_sent(delivery: Delivery, remote_id: str, request_id: str, permalink: str) -> None:
    """Write down that a message is out, and that it was this office's order (the ledger)."""
    found = {"remote_id": remote_id, "request_id": request_id, "permalink": permalink}
    settled = {**found, "sent_at": timezone.now(), "error_class": "", "detail": ""}
    if not move(delivery, State.SENT, **settled):
        late = _nobodys(delivery)
        if late is None or not move(late, State.SENT, **settled):
            return
    record(
        DEEDS[delivery.operation],
        user=delivery.orderer,
        page_id=delivery.page_id,
        digest=delivery.publication.digest,
        channel=delivery.channel,
        reference=delivery.reference,
        remote_id=remote_id,
        via=DISPATCHER,
        **held_at_confirmation(delivery.page_id, delivery.channel),
    )
    follow_late_answer(delivery)


# What was given up in the belief that nothing is out is out all the same, and has to be followed.
_MAY_HEAR_LATE = (State.PENDING, State.UNKNOWN, State.CANCELLED, State.SUPERSEDED)


def _nobodys(delivery: Delivery) -> Delivery | None:
    """
    Return the delivery as it is now, if its claim is over and nobody has taken it since.

    That a message was accepted is true however late it is heard, and ends all looking for it.
    """
    waiting = Delivery.objects.filter(pk=delivery.pk, state__in=_MAY_HEAR_LATE, lease_until=None)
    return waiting.first()
