"""When a move may be made: whole sentences that say what stands in its way, and what to do."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from otp_policy.vocabulary import EventKind, SectionUse
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.laws import section_choices
from otp_policy.wagtail.wording import office_date

from .clock import clock_of, last_day_to, standing_pauses
from .models import CaseEvent, InformationRequest

__all__ = ["OBJECTION_CLOCK", "check_day", "check_move", "possible_moves"]

Kind = CaseEvent.Kind
Outcome = InformationRequest.Outcome
OBJECTION_CLOCK = "third_party_objection"

IS_CLOSED = _("The case is closed. Nothing more happens to it but the delivery of the answer.")
NOT_DECIDED = _("The answer is delivered once it is decided.")
STANDS_ALREADY = _("The clock stands for this already. Record its end first.")
DOES_NOT_STAND = _("The clock does not stand for this. There is nothing to end.")
NOT_EXTENDABLE = _("This clock cannot be extended.")
OUTCOME_MISSING = _("Say how the request was decided.")
SECTION_MISSING = _("A refusal names its sections. Choose those that it rests on.")
SECTION_NEEDLESS = _("Only what is refused, in part or whole, names sections. Choose none.")
EXPLANATION_MISSING = _("Write to the requester why. The law asks for the reasons.")
ORDER_MISSING = _("Say who ordered that it is not disclosed.")
FILES_NEEDLESS = _("What is not given has no files. Take them out, or decide otherwise.")
NOTE_MISSING = _("Write to the requester what this is about.")


def check_day(case: InformationRequest, on: date) -> None:
    """
    Raises:
        ValidationError: If *on* is to come, or comes before what has happened.
    """
    if on > office_day():
        raise ValidationError(_("This day is to come. Record it when it has happened."), "future")
    last = case.events.filter(kind__in=CaseEvent.ON_THE_CLOCK).order_by("-on").first()
    since = max(case.received_on, last.on if last else case.received_on)
    if on < since:
        raise ValidationError(
            _("The case has events up to %(day)s. Choose that day or a later one."),
            params={"day": office_date(since)},
            code="too_early",
        )


def check_move(case: InformationRequest, kind: str, taken: Any, *, on: date) -> None:
    """
    Raises:
        ValidationError: If *kind* may not happen to the case as it stands.
        LookupError: If there is no move of that name.
    """
    if kind == Kind.DELIVERED:
        _need(case.outcome not in ("", Outcome.FORWARDED), NOT_DECIDED, "not_decided")
        _need(not case.events.filter(kind=kind).exists(), IS_CLOSED, "closed")
        return
    _need(case.is_open, IS_CLOSED, "closed")
    _CHECKS[kind](case, taken, on)


def possible_moves(case: InformationRequest) -> list[str]:
    """Return the moves that the case stands ready for, in the order of a case."""
    if not case.is_open:
        delivered = case.events.filter(kind=Kind.DELIVERED).exists()
        can = case.outcome not in ("", Outcome.FORWARDED) and not delivered
        return [Kind.DELIVERED.value] if can else []
    standing = standing_pauses(case)
    moves = []
    for pause in clock_of(case).pauses:
        moves.append((pause.ends if pause.begins in standing else pause.begins).value)
    if clock_of(case).extendable and not _is_past_due(case, office_day()):
        moves.append(Kind.EXTENDED.value)
    return [*moves, Kind.FORWARDED.value, Kind.DECIDED.value]


def _need(holds: bool, sentence: Any, code: str) -> None:
    if not holds:
        raise ValidationError(sentence, code=code)


def _begins(kind: EventKind) -> Any:
    def check(case: InformationRequest, taken: Any, on: date) -> None:
        _need(kind not in standing_pauses(case), STANDS_ALREADY, "stands_already")
        _need(bool(taken.note.strip()), NOTE_MISSING, "note_missing")

    return check


def _ends(kind: EventKind) -> Any:
    def check(case: InformationRequest, taken: Any, on: date) -> None:
        _need(kind in standing_pauses(case), DOES_NOT_STAND, "does_not_stand")
        if kind is EventKind.THIRD_PARTY_NOTIFIED and not taken.note.strip():
            _objection_is_over(case, on)

    return check


def _objection_is_over(case: InformationRequest, on: date) -> None:
    notified = case.events.filter(kind=Kind.THIRD_PARTY_NOTIFIED).last()
    assert notified is not None  # the clock stands for it
    last, clock = last_day_to(OBJECTION_CLOCK, since=notified.on)
    if on <= last:
        raise ValidationError(
            _(
                "The third party may object up to %(day)s (%(clause)s). Write why the time ended "
                "sooner, for example because the answer came."
            ),
            params={"day": office_date(last), "clause": clock.clause},
            code="objection_runs",
        )


def _is_past_due(case: InformationRequest, on: date) -> bool:
    return case.due_on is not None and on > case.due_on


def _extended(case: InformationRequest, taken: Any, on: date) -> None:
    _need(clock_of(case).extendable, NOT_EXTENDABLE, "not_extendable")
    if case.due_on is not None and on > case.due_on:
        raise ValidationError(
            _("The case was due on %(day)s. After that day no extension counts."),
            params={"day": office_date(case.due_on)},
            code="too_late",
        )
    least = max(on, case.due_on or on)
    if taken.until is None or taken.until <= least:
        raise ValidationError(
            _("Choose a new due date after %(day)s."),
            params={"day": office_date(least)},
            code="until",
        )
    _need(bool(taken.note.strip()), NOTE_MISSING, "note_missing")


def _forwarded(case: InformationRequest, taken: Any, on: date) -> None:
    _need(bool(taken.note.strip()), NOTE_MISSING, "note_missing")


def _decided(case: InformationRequest, taken: Any, on: date) -> None:
    decisions = {Outcome.FULL, Outcome.PARTIAL, Outcome.REFUSED, Outcome.NOT_HELD}
    _need(taken.outcome in decisions, OUTCOME_MISSING, "outcome_missing")
    known = {code for code, _label in section_choices(SectionUse.REFUSE)}
    is_refusal = taken.outcome in (Outcome.PARTIAL, Outcome.REFUSED)
    if is_refusal:
        _need(bool(taken.reasons) and set(taken.reasons) <= known, SECTION_MISSING, "sections")
        _need(taken.ordered_by in current_policy().roles, ORDER_MISSING, "ordered_by")
    else:
        _need(not taken.reasons, SECTION_NEEDLESS, "sections")
    if taken.outcome in (Outcome.REFUSED, Outcome.NOT_HELD):
        _need(not (taken.files or taken.hand_out), FILES_NEEDLESS, "files")
    if taken.outcome != Outcome.FULL:
        _need(bool(taken.note.strip()), EXPLANATION_MISSING, "explanation")


_CHECKS = {
    Kind.CLARIFICATION_ASKED.value: _begins(EventKind.CLARIFICATION_ASKED),
    Kind.CLARIFIED.value: _ends(EventKind.CLARIFICATION_ASKED),
    Kind.THIRD_PARTY_NOTIFIED.value: _begins(EventKind.THIRD_PARTY_NOTIFIED),
    Kind.OBJECTION_PERIOD_ENDED.value: _ends(EventKind.THIRD_PARTY_NOTIFIED),
    Kind.EXTENDED.value: _extended,
    Kind.FORWARDED.value: _forwarded,
    Kind.DECIDED.value: _decided,
}
