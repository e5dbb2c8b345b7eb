"""Who is told of attestations, reminded of them, and what of it is over (annex 2.1)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from wagtail.models import Page

from otp_policy.wagtail.approved_requests import step_waited_for
from otp_policy.wagtail.askers import Asker
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.drafts import category_of
from otp_policy.wagtail.models import LedgerEntry, NoticeKind
from otp_policy.wagtail.models.notices import Subject
from otp_policy.wagtail.notices import About, put
from otp_policy.wagtail.recipients import holders, who_may
from otp_policy.wagtail.waiting_steps import WaitingStep

from .attestations import may_decide_attestation, next_step, open_attestation
from .models import Attestation, AttestationDecision

__all__ = ["ATTESTATION_TELLERS", "attestation_asker"]


def who_decides(attestation_id: int, page: Any) -> list[Any]:
    """Return the active users whom the policy lets take the next step of an attestation today."""
    attestation = Attestation.objects.select_related("publication", "asked_by").get(
        pk=attestation_id
    )
    step = next_step(attestation, page)
    roles = current_policy().roles_for(step, page.disclosure_category, None, on=office_day())
    people = holders(roles, page.owning_unit)
    return [user for user in people if may_decide_attestation(attestation, page, user).allowed]


def ask_deciders(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell those who may decide on the attestation that waits; if nobody may, the division."""
    attestation = open_attestation(page.pk)
    if attestation is None:
        return
    step = next_step(attestation, page)
    event = f"attestation:{attestation.pk}:{step}"
    people = who_decides(attestation.pk, page)
    put(
        event if people else f"{event}:nobody",
        people or who_may(page, "prepare"),
        kind=NoticeKind.DECIDE if people else NoticeKind.ANSWER,
        what=f"ask_{step}_attestation" if people else f"nobody_may_{step}",
        about=About(page=page, subject=Subject.ATTESTATION, subject_id=attestation.pk)
        if people
        else About(page=page),
    )


def _decided(what: str, *, asks: bool = False) -> Any:
    """Return what tells the division of a decision, and whoever decides next."""

    def teller(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
        actor = body.get("actor")
        but = (actor["id"],) if actor else ()
        people = who_may(page, "prepare")
        about = About(page=page)
        put(f"ledger:{entry.seq}", people, kind=NoticeKind.ANSWER, what=what, about=about, but=but)
        if asks:
            ask_deciders(entry, body, page)

    return teller


ATTESTATION_TELLERS: Mapping[str, Any] = {
    "ask_to_attest": ask_deciders,
    "endorse_attestation": _decided("attestation_endorsed", asks=True),
    "approve_attestation": _decided("attestation_approved"),
    "reject_attestation": _decided("attestation_rejected"),
}


def _waiting(now: datetime) -> Iterator[WaitingStep]:
    """An attestation waits as a text does (annex 2.1 with step 3)."""
    rows = Attestation.objects.filter(
        state=Attestation.State.WAITING, publication__ended_at=None, asked_at__lte=now
    )
    waiting = {row.page_id: row for row in rows.prefetch_related("decisions")}
    types = Page.objects.filter(pk__in=waiting.keys()).values_list("pk", "content_type_id")
    for page_id, content_type_id in types:
        row, category = waiting[page_id], category_of(content_type_id)
        if category is None:
            continue
        step = step_waited_for(row, category)
        yield WaitingStep(
            subject=Subject.ATTESTATION,
            subject_id=row.pk,
            page_id=page_id,
            action=step,
            asked=f"{step}_attestation",
            since=max([row.asked_at, *(one.at for one in row.decisions.all())]),
        )


def _over(unread: QuerySet[Any]) -> Iterator[QuerySet[Any]]:
    waiting = Attestation.objects.filter(
        pk=OuterRef("subject_id"), state=Attestation.State.WAITING, publication__ended_at=None
    )
    yield unread.filter(~Exists(waiting))
    endorsed = AttestationDecision.objects.filter(
        attestation=OuterRef("subject_id"), kind=AttestationDecision.Kind.ENDORSE
    )
    yield unread.filter(Exists(endorsed), what__endswith="_endorse_attestation")


attestation_asker = Asker(
    subject=Subject.ATTESTATION, waiting=_waiting, answerers=who_decides, over=_over
)
