"""
Tells people of the office about cases, by the plugin's notices, and owes requesters an e-mail.

A notice says the number of a case and nothing else of it.
"""

from typing import Any

from django.utils import timezone

from otp_policy import Action
from otp_policy.wagtail.models.notices import NoticeKind
from otp_policy.wagtail.notices import About, put

from .access import handlers, people_of
from .models import CaseEvent, InformationRequest, Release, RequesterMail, Topic
from .sealing import identity_of

__all__ = ["owe_mail", "tell_division", "tell_due", "tell_handlers", "tell_release", "tell_topic"]

Kind = CaseEvent.Kind
# What the requester gets news of; the rest is the office's own work.
_NEWS = frozenset(
    {
        Kind.RECEIVED,
        Kind.CLARIFICATION_ASKED,
        Kind.EXTENDED,
        Kind.THIRD_PARTY_NOTIFIED,
        Kind.FORWARDED,
        Kind.DECIDED,
        Kind.DELIVERED,
    }
)


def owe_mail(case: InformationRequest, event: CaseEvent) -> None:
    """Owe the requester an e-mail about *event*, if it is news and an address was given."""
    if event.kind in _NEWS and identity_of(case).e_mail:
        RequesterMail.objects.create(case=case, event=event, next_at=timezone.now())


def tell_handlers(case: InformationRequest, *, what: str = "request_new", event: int = 0) -> None:
    """Tell those who handle cases."""
    _put(case, handlers(), NoticeKind.ANSWER, what, event)


def tell_division(case: InformationRequest) -> None:
    """Tell the division that made the information."""
    last = case.events.last()
    _put(
        case,
        people_of(case.producer),
        NoticeKind.DECIDE,
        "request_assigned",
        last.pk if last else 0,
    )


def tell_due(case: InformationRequest, stage: str) -> list[Any]:
    """Tell that a case is due soon or overdue, and return who was told of an overdue one."""
    people = [*handlers(), *(people_of(case.producer) if case.producer else [])]
    due = case.due_on.toordinal() if case.due_on else 0
    _put(case, people, NoticeKind.REMINDER, f"request_{stage}", due)
    if stage != InformationRequest.Reminded.OVERDUE:
        return []
    above = people_of(case.owner, Action.APPROVE.value)
    _put(case, above, NoticeKind.ESCALATION, "request_is_overdue", due)
    return above


def tell_topic(topic: Topic) -> None:
    """Ask the unit of a topic to publish it by itself."""
    put(
        f"topic:{topic.pk}:raised",
        people_of(topic.unit),
        kind=NoticeKind.DECIDE,
        what="request_topic",
        about=About(page=None, title=topic.title, unit=topic.unit.code, subject_id=topic.pk),
    )


def tell_release(entry: Release, action: str) -> None:
    """Tell who may take *action* on an entry of the public log that it waits."""
    people = people_of(entry.case.producer or entry.case.owner, action)
    but = entry.contributors
    _put(
        entry.case,
        [user for user in people if str(user.pk) not in but],
        NoticeKind.DECIDE,
        f"request_log_{action}",
        int(entry.digest[-8:], 16),
    )


def _put(
    case: InformationRequest, people: list[Any], kind: NoticeKind, what: str, event: int
) -> None:
    about = About(page=None, title=case.reference, subject_id=case.pk)
    put(f"request:{case.pk}:{what}:{event}", people, kind=kind, what=what, about=about)
