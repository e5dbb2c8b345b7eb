"""
The Centre coordinates (annex 2.1): it asks a division for an update by a day, and sees it through.

Whoever keeps the website for the unit that owns it may ask. A request is met by the publication or
the approved attestation that follows it; `settle_requests` looks for those.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.messages import under_step
from otp_policy.wagtail.models import NoticeKind, Publication, Unit
from otp_policy.wagtail.models.notices import Subject
from otp_policy.wagtail.notices import About, put
from otp_policy.wagtail.recipients import holders, who_keeps
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.statements import says_something

from .access import may_coordinate
from .models import DueItem, UpdateRequest
from .reckoning import catch_up

__all__ = [
    "RequestCounts",
    "ask_for_update",
    "call_off",
    "counts_of_requests",
    "settle_requests",
    "tell_of_late_requests",
]

NOT_COORDINATOR = under_step(
    _("The unit that owns the website coordinates with the divisions. Ask it to send the request."),
    "attest",
)
WHAT_MISSING = under_step(_("Say what has to be brought up to date."), "attest")
DAY_IS_OVER = under_step(_("Name a day that is still to come."), "attest")
CATEGORY_UNKNOWN = under_step(_("Choose a category of the policy."), "attest")
NOT_OPEN = under_step(_("This request is met already, or was called off."), "attest")
REASON_MISSING = under_step(_("Say why the request is called off."), "attest")


@transaction.atomic
def ask_for_update(
    user: Any, *, unit: Unit, category: str, what: str, wanted_by: date, page: Any = None
) -> UpdateRequest:
    """
    Ask *unit* for an update by *wanted_by*, that day included.

    Args:
        page: The governed page in question, whose unit and category count then; default: whatever
            the unit publishes next in *category*.

    Raises:
        PolicyRefusal: If *user* does not keep the website, or what is asked lacks something.
    """
    unit = page.owning_unit if page is not None else unit
    category = page.disclosure_category if page is not None else category
    title = page.title if page is not None else str(unit)
    refused = [] if may_coordinate(user) else [NOT_COORDINATOR]
    refused += [] if says_something(what) else [WHAT_MISSING]
    refused += [] if wanted_by >= office_day() else [DAY_IS_OVER]
    refused += [] if category in current_policy().categories else [CATEGORY_UNKNOWN]
    if refused:
        raise PolicyRefusal(title, also=refused)
    request = UpdateRequest.objects.create(
        unit=unit,
        category=category,
        page_id=page.pk if page is not None else None,
        title=page.title if page is not None else "",
        what=what.strip(),
        wanted_by=wanted_by,
        asked_by=user,
        asked_at=timezone.now(),
    )
    _record("ask_for_update", request, user, wanted_by=str(wanted_by), note=request.what)
    _tell(request, "update_asked", _division(request), NoticeKind.DECIDE)
    return request


@transaction.atomic
def call_off(request: UpdateRequest, user: Any, *, note: str) -> None:
    """Call an open request off, with the reason, as whoever coordinates."""
    rows = UpdateRequest.objects.select_for_update(of=("self",)).select_related("unit")
    request = rows.get(pk=request.pk)
    refused = [] if may_coordinate(user) else [NOT_COORDINATOR]
    refused += [] if request.is_open else [NOT_OPEN]
    refused += [] if says_something(note) else [REASON_MISSING]
    if refused:
        raise PolicyRefusal(request.title or str(request.unit), also=refused)
    request.state, request.note = UpdateRequest.State.CALLED_OFF, note.strip()
    request.save()
    _record("call_off_update", request, user, note=request.note)


def settle_requests() -> int:
    """Close the open requests that were met, and return how many; few queries where none was."""
    catch_up()  # which items are the division's
    met = _with_answer(UpdateRequest.objects.filter(state=UpdateRequest.State.OPEN))
    closed = 0
    for request in met.filter(answered_at__isnull=False):
        closed += _meet(request, request.answered_at)
    return closed


@transaction.atomic
def _meet(request: UpdateRequest, at: datetime) -> int:
    open_one = UpdateRequest.objects.filter(pk=request.pk, state=UpdateRequest.State.OPEN)
    met_on = office_day(at)
    if not open_one.update(state=UpdateRequest.State.MET, met_at=at, met_on=met_on):
        return 0  # Another dispatcher was here.
    late = max(0, (met_on - request.wanted_by).days)
    _record("meet_update", request, None, met_at=at.isoformat(), days_late=late)
    return 1


def _with_answer(requests: QuerySet[UpdateRequest]) -> QuerySet[UpdateRequest]:
    """Add when each was answered first: by a publication, or by an attestation of its item."""
    later = Publication.objects.filter(at__gte=OuterRef("asked_at")).order_by("at")
    of_page = later.filter(page_id=OuterRef("page_id")).values("at")[:1]
    attested = (
        Publication.objects.filter(
            page_id=OuterRef("page_id"), attested_at__gte=OuterRef("asked_at")
        )
        .order_by("attested_at")
        .values("attested_at")[:1]
    )
    theirs = DueItem.objects.filter(
        unit=OuterRef(OuterRef("unit")), category=OuterRef(OuterRef("category"))
    )
    of_category = later.filter(page_id__in=theirs.values("page_id")).values("at")[:1]
    return requests.annotate(
        answered_at=Case(
            # Of one item, nothing else of the division is an answer.
            When(page_id__isnull=True, then=Subquery(of_category)),
            default=Coalesce(Subquery(of_page), Subquery(attested)),
        )
    ).select_related("unit")


def tell_of_late_requests(on: date | None = None) -> int:
    """Tell division and Centre, once, of each request whose day is over; return how many."""
    on = on or office_day()
    late = UpdateRequest.objects.filter(
        state=UpdateRequest.State.OPEN, wanted_by__lt=on, is_told_late=False
    ).select_related("unit")
    told = 0
    for request in late:
        with transaction.atomic():
            UpdateRequest.objects.filter(pk=request.pk).update(is_told_late=True)
            centre = who_keeps(current_policy().first_channel)
            _tell(request, "update_late", [*_division(request), *centre], NoticeKind.ESCALATION)
            told += 1
    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """How many requests are open, of them late, met in time and late, and called off."""

    open: int
    late: int
    met_in_time: int
    met_late: int
    called_off: int


def counts_of_requests(on: date, *, unit: Unit | None = None, category: str = "") -> RequestCounts:
    """Return the counts, of all or of one division or category: one query."""
    rows = UpdateRequest.objects.filter(**({"unit": unit} if unit else {}))
    rows = rows.filter(category=category) if category else rows
    state, is_met = UpdateRequest.State, Q(state=UpdateRequest.State.MET)
    return RequestCounts(
        **rows.aggregate(
            open=Count("pk", filter=Q(state=state.OPEN)),
            late=Count("pk", filter=Q(state=state.OPEN, wanted_by__lt=on)),
            met_in_time=Count("pk", filter=is_met & Q(met_on__lte=F("wanted_by"))),
            met_late=Count("pk", filter=is_met & Q(met_on__gt=F("wanted_by"))),
            called_off=Count("pk", filter=Q(state=state.CALLED_OFF)),
        )
    )


def _division(request: UpdateRequest) -> list[Any]:
    """Return who prepares and who endorses or approves for the division."""
    policy, on = current_policy(), office_day()
    steps = ("prepare", *policy.approval_steps(request.category, on=on))
    roles = {role for step in steps for role in policy.roles_for(step, request.category, on=on)}
    of_unit = [role for role in roles if policy.roles[role].binding == "item_unit"]
    return holders(sorted(of_unit), request.unit)


def _tell(request: UpdateRequest, what: str, people: list[Any], kind: NoticeKind) -> None:
    put(
        f"{what}:{request.pk}",
        people,
        kind=kind,
        what=what,
        about=About(
            page=None,
            title=request.title or request.what,
            unit=request.unit.code,
            subject=Subject.UPDATE,
            subject_id=request.pk,
        ),
    )


def _record(action: str, request: UpdateRequest, user: Any, **more: Any) -> None:
    policy = current_policy()
    website = policy.channels[policy.first_channel]
    record(
        action,
        user=user,
        page_id=request.page_id,
        role=website.publisher_role if user else "",
        unit=website.owner if user else "",
        asked_of=request.unit.code,
        category=request.category,
        request=request.pk,
        **more,
    )
