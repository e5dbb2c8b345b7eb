"""What the owner and the division do besides the clock: assign, title, group, and prepare."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.personal_data import find_personal_data
from otp_policy.wagtail.adapters import Held
from otp_policy.wagtail.conf import office_day, public_contacts
from otp_policy.wagtail.recording import record

from . import repeats, telling
from .access import need_handler, standing_of
from .models import CaseEvent, InformationRequest, Sealed, Topic
from .sealing import identity_of, seal, seal_file

__all__ = ["assign", "personal_words_in", "prepare"]

Kind = CaseEvent.Kind
PERSONAL = _(
    "This looks like personal data, or holds the requester's own words about themselves. The title "
    "is seen by everybody who works on requests: write it without."
)
NOTHING_PREPARED = _("Write the answer, or add a file.")


def personal_words_in(case: InformationRequest, *texts: str) -> bool:
    """Tell whether *texts* hold what looks like personal data, or what is sealed of the person."""
    if any(find_personal_data(text, field="", known=public_contacts()) for text in texts):
        return True
    person = identity_of(case)
    known = (person.name, person.e_mail, person.phone, person.address)
    whole = " ".join(texts).casefold()
    return any(part.strip() and part.strip().casefold() in whole for part in known)


@transaction.atomic
def assign(
    case_id: int,
    *,
    user: Any,
    subject: str,
    producer: Any = None,
    topic: Topic | None = None,
    new_words: str = "",
) -> InformationRequest:
    """
    Give a case its title in our words, its division and its topic.

    Args:
        new_words: The title of a topic that is new, to be looked at like the case's own.

    Raises:
        PolicyRefusal: If *user* does not handle cases.
        ValidationError: If a title holds personal data.
    """
    case = InformationRequest.objects.select_for_update().get(pk=case_id)
    post = need_handler(user, case)
    if personal_words_in(case, subject, new_words):
        raise ValidationError({"subject": PERSONAL}, code="personal_data")
    is_new = producer is not None and producer != case.producer
    case.subject, case.producer, case.topic = subject, producer, topic
    case.save(update_fields=["subject", "producer", "topic"])
    _note_assignment(case, post, user)
    if is_new:
        telling.tell_division(case)
    if topic is not None:
        repeats.look_at(topic)
    return case


def _note_assignment(case: InformationRequest, post: Held, user: Any) -> None:
    said = {
        "producer": case.producer.code if case.producer else "",
        "topic": case.topic_id,
    }
    CaseEvent.objects.create(
        case=case, kind=Kind.ASSIGNED, on=office_day(), at=timezone.now(), by=user, facts=said
    )
    record(
        "request_assigned",
        user=user,
        role=post.role,
        unit=post.unit,
        order=post.order,
        request=case.reference,
        **said,
    )


@transaction.atomic
def prepare(case_id: int, *, user: Any, note: str, files: Sequence[Any] = ()) -> CaseEvent:
    """
    Keep what the division that made the information answers; whoever handles the case decides.

    Raises:
        PermissionDenied: If *user* has no part in the case.
        ValidationError: If it is empty, or the case is closed.
    """
    case = InformationRequest.objects.select_for_update().get(pk=case_id)
    if not standing_of(user, case):
        raise PermissionDenied
    if not case.is_open:
        raise ValidationError(_("The case is closed."), code="closed")
    if not note.strip() and not files:
        raise ValidationError(NOTHING_PREPARED, code="empty")
    sealed = seal(case, Sealed.What.NOTE, note) if note.strip() else None
    for file in files:
        seal_file(case, Sealed.What.DRAFT, file)
    event = CaseEvent.objects.create(
        case=case,
        kind=Kind.PREPARED,
        on=office_day(),
        at=timezone.now(),
        by=user,
        sealed_id=sealed.pk if sealed else None,
        facts={"files": len(files)},
    )
    record("request_prepared", user=user, request=case.reference, files=len(files))
    telling.tell_handlers(case, what="request_prepared", event=event.pk)
    return event
