"""
What may happen to a case; nothing else changes one. Each move checks, writes its event, counts the
clock anew and goes into the ledger, in one transaction.

The ledger and the events get codes and days only: what is written to people is sealed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy import QuestionError
from otp_policy.vocabulary import EventKind
from otp_policy.wagtail.adapters import Held
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.laws import law_in_force
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.recording import record

from . import telling
from .access import need_handler
from .clock import CLOCK, clock_of, deadline_of, set_due_day
from .conf import intake_unit
from .models import CaseEvent, InformationRequest, Sealed
from .move_rules import check_day, check_move
from .numbering import digest_of_secret, new_secret, take_number
from .sealing import Identity, open_file, seal, seal_file

__all__ = ["RETENTION", "Asked", "Taken", "answer_back", "receive", "take"]

Kind = CaseEvent.Kind
RETENTION = ("personal_data_protection_act", "information_request")
UNREADABLE_DATE = _("The clock cannot be counted with this day. Check the year.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in. `files` are uploads whose kind was read from their bytes."""

    question: str
    identity: Identity = field(default_factory=Identity)
    via: str = InformationRequest.Via.WEB
    wants: str = InformationRequest.Wants.COPY
    language: str = "th"
    received_on: date | None = None
    files: Sequence[Any] = ()
    submission: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What goes with a move: the day, the words to the requester, files, and facts as codes."""

    on: date | None = None
    until: date | None = None
    note: str = ""
    files: Sequence[Any] = ()
    # Keys of files of the division that are handed out.
    hand_out: Sequence[int] = ()
    outcome: str = ""
    reasons: Sequence[str] = ()
    ordered_by: str = ""


@transaction.atomic
def receive(asked: Asked, *, user: Any = None) -> tuple[InformationRequest, str]:
    """
    Take a request in, and return it with its secret, which is kept nowhere.

    Args:
        user: Whoever takes it in by hand; None for the public form.

    Raises:
        PolicyRefusal: If *user* handles no cases.
        ValidationError: If the day of receipt is to come.
    """
    post = need_handler(user) if user is not None else None
    received_on = asked.received_on or office_day()
    if received_on > office_day():
        raise ValidationError(_("The day of receipt is to come."), code="future")
    secret = new_secret()
    case = _new_case(asked, secret, received_on=received_on)
    event = _event(case, user, Kind.RECEIVED, received_on, facts={"via": case.via})
    _record(event, case, post, user)
    telling.tell_handlers(case)
    telling.owe_mail(case, event)
    return case, secret


def _new_case(asked: Asked, secret: str, *, received_on: date) -> InformationRequest:
    year, number = take_number(office_day())
    case = InformationRequest(
        year=year,
        number=number,
        secret_digest=digest_of_secret(secret, year=year, number=number),
        submission=asked.submission,
        via=asked.via,
        wants=asked.wants,
        language=asked.language,
        received_on=received_on,
        registered_at=timezone.now(),
        clock=CLOCK,
        owner=Unit.objects.get(code=intake_unit()),
    )
    _count(case, [])
    case.save(force_insert=True)
    _seal_what_came(case, asked)
    return case


def _seal_what_came(case: InformationRequest, asked: Asked) -> None:
    seal(case, Sealed.What.QUESTION, asked.question)
    if asked.identity:
        seal(case, Sealed.What.IDENTITY, asked.identity.as_text())
    for file in asked.files:
        seal_file(case, Sealed.What.UPLOAD, file)


@transaction.atomic
def take(case_id: int, kind: str, taken: Taken, *, user: Any) -> CaseEvent:
    """
    Let an event of the clock happen to a case.

    Raises:
        PolicyRefusal: If *user* does not handle cases.
        ValidationError: If the case is not there for it: each with what to do.
    """
    case = InformationRequest.objects.select_for_update().get(pk=case_id)
    post = need_handler(user, case)
    on = taken.on or office_day()
    check_day(case, on)
    check_move(case, kind, taken, on=on)
    note = seal(case, Sealed.What.NOTE, taken.note) if taken.note.strip() else None
    count = _seal_answer(case, taken)
    event = _event(
        case,
        user,
        kind,
        on,
        until=taken.until,
        facts=_facts(taken, files=count),
        sealed_id=note.pk if note else None,
    )
    _close(case, kind, taken, on)
    _count(case, None)
    case.save()
    _record(event, case, post, user)
    telling.owe_mail(case, event)
    return event


@transaction.atomic
def answer_back(case_id: int, *, text: str) -> CaseEvent:
    """
    Let the requester answer what they were asked back: the clock goes on.

    Raises:
        ValidationError: If nothing was asked, or the answer is empty.
    """
    case = InformationRequest.objects.select_for_update().get(pk=case_id)
    on = office_day()
    if not text.strip():
        raise ValidationError(_("Write your answer."), code="empty")
    check_move(case, Kind.CLARIFIED, Taken(), on=on)
    note = seal(case, Sealed.What.NOTE, text)
    event = _event(case, None, Kind.CLARIFIED, on, sealed_id=note.pk, facts={"by": "requester"})
    _count(case, None)
    case.save()
    _record(event, case, None, None)
    telling.tell_handlers(case, what="request_answered", event=event.pk)
    return event


def _seal_answer(case: InformationRequest, taken: Taken) -> int:
    """Keep what the requester gets, and return how many files that are."""
    drafts = case.sealed.filter(what=Sealed.What.DRAFT, pk__in=taken.hand_out)
    files = [*taken.files, *(open_file(draft) for draft in drafts)]
    for file in files:
        seal_file(case, Sealed.What.ANSWER, file)
    return len(files)


def _facts(taken: Taken, *, files: int) -> dict[str, Any]:
    facts = {
        "outcome": str(taken.outcome),
        "reasons": list(taken.reasons),
        "ordered_by": taken.ordered_by,
        "files": files,
    }
    return {name: value for name, value in facts.items() if value}


def _close(case: InformationRequest, kind: str, taken: Taken, on: date) -> None:
    """Close the case if *kind* does; what is delivered later puts off its erasure."""
    if kind not in (*clock_of(case).closed_by, Kind.DELIVERED):
        return
    if case.closed_on is None:
        case.closed_on = on
        case.outcome = (
            InformationRequest.Outcome.FORWARDED if kind == Kind.FORWARDED else taken.outcome
        )
        case.reasons = list(taken.reasons)
    law, code = RETENTION
    case.erase_on = law_in_force(law).erase_on(code, ended_on=on)


def _count(case: InformationRequest, events: list[CaseEvent] | None) -> None:
    try:
        set_due_day(case, deadline_of(case, events=events))
    except QuestionError as error:
        raise ValidationError(UNREADABLE_DATE, code=error.code) from error


def _event(case: InformationRequest, user: Any, kind: str, on: date, **more: Any) -> CaseEvent:
    return CaseEvent.objects.create(case=case, kind=kind, on=on, at=timezone.now(), by=user, **more)


def _record(event: CaseEvent, case: InformationRequest, post: Held | None, user: Any) -> None:
    said = {"until": event.until.isoformat()} if event.until else {}
    record(
        f"request_{event.kind}",
        user=user,
        role=post.role if post else "",
        unit=post.unit if post else case.owner.code,
        order=post.order if post else "",
        request=case.reference,
        on=event.on.isoformat(),
        due_on=case.due_on.isoformat() if case.due_on else None,
        **said,
        **event.facts,
    )


# The core's word for each pause is the event that begins it.
assert {kind.value for kind in EventKind} <= set(Kind.values)
