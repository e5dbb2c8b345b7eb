"""The list of cases, a case, who asks, its files and its letters."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from otp_policy.clocks import DeadlineState
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.recording import record

from ..access import cases_for, need_handler, show_file, show_identity, standing_of
from ..admin_forms import FilterForm
from ..clock import clock_of, deadline_of
from ..clock_words import state_name, words_of
from ..encryption import UnreadableError
from ..files import file_response
from ..letters import LETTERS, letter_of, pdf_of
from ..models import CaseEvent, InformationRequest, Release, Sealed
from ..move_rules import possible_moves
from ..sealing import Identity, open_file, open_text
from ..subject_access import export_for_handler
from .parts import case_with_part

ON_A_PAGE = 50
What = Sealed.What


@never_cache
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases that the reader has a part in: first those that are due first."""
    handles = standing_of(request.user).handles
    form = FilterForm(request.GET or None)
    found = cases_for(request.user)
    if form.is_valid():
        found = _narrowed(found, form.cleaned_data)
    rows = found.order_by("closed_on", "due_on", "-year", "-number")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "rows": [(case, _state(case)) for case in page],
        "page_of_rows": page,
        "form": form,
        "query": query.urlencode(),
        "handles": handles,
    }
    return render(request, "otp_policy/requests/admin/list.html", context)


def _narrowed(found: QuerySet, asked: dict[str, Any]) -> QuerySet:
    today = office_day()
    states = {
        "open": Q(closed_on=None),
        "closed": Q(closed_on__isnull=False),
        "paused": Q(closed_on=None, is_paused=True),
        "overdue": Q(closed_on=None, due_on__lt=today),
        "due_soon": Q(closed_on=None, reminded=InformationRequest.Reminded.DUE_SOON),
    }
    if asked["state"]:
        found = found.filter(states[asked["state"]])
    if asked["unit"]:
        found = found.filter(producer__code=asked["unit"])
    text = asked["q"].replace("\0", "").strip()
    number, _slash, year = text.partition("/")
    if number.isdecimal() and (not year or year.isdecimal()) and len(text) < 12:
        found = found.filter(number=int(number), **({"year": int(year)} if year else {}))
    elif text:
        found = found.filter(subject__icontains=text)
    return found


def _state(case: InformationRequest) -> str:
    """Say how a case stands, from what its last counting left: a list asks no clock."""
    if case.closed_on is not None:
        late = case.due_on is not None and case.closed_on > case.due_on
        return state_name(DeadlineState.CLOSED_LATE if late else DeadlineState.CLOSED_ON_TIME)
    if case.is_paused or case.due_on is None:
        return state_name(DeadlineState.PAUSED)
    left = (case.due_on - office_day()).days
    if left < 0:
        return state_name(DeadlineState.OVERDUE)
    is_soon = left <= clock_of(case).due_soon_days
    return state_name(DeadlineState.DUE_SOON if is_soon else DeadlineState.OPEN)


@never_cache
@require_safe
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case: what is asked, the clock with its working, what happened, what may happen."""
    found, _standing = case_with_part(request, case_id, to_oversee=True)
    return _case_page(request, found)


@never_cache
@require_POST
def who(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show who asks, once, and record that somebody looked."""
    found, _standing = case_with_part(request, case_id)
    return _case_page(request, found, identity=show_identity(request.user, found))


@never_cache
@require_POST
def own_data(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give an official all that is kept about the requester, to be handed over; it is recorded."""
    found, _standing = case_with_part(request, case_id)
    return file_response(export_for_handler(request.user, found))


def _case_page(
    request: HttpRequest, found: InformationRequest, *, identity: Identity | None = None
) -> HttpResponse:
    standing = standing_of(request.user, found)
    answer = deadline_of(found)
    # Whoever only oversees reads no word of it.
    sealed = found.sealed.all() if standing else found.sealed.none()
    texts = {row.pk: row for row in sealed.filter(what=What.NOTE)}
    question = sealed.filter(what=What.QUESTION).last()
    context = {
        "case": found,
        "standing": standing,
        "identity": identity,
        "question": _words(question),
        "files": _files(sealed),
        "deadline": answer,
        "clock": clock_of(found),
        "state": state_name(answer.state),
        "working": words_of(answer),
        "events": _events(found, texts),
        "moves": _moves(found) if standing.handles else [],
        "release": Release.objects.filter(case=found).first(),
    }
    response = render(request, "otp_policy/requests/admin/case.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


def _events(
    found: InformationRequest, texts: dict[int, Sealed]
) -> list[tuple[CaseEvent, str, bool]]:
    """Return each event with its words, and whether a letter is written about it."""
    return [
        (event, _words(texts.get(event.sealed_id or 0)), event.kind in LETTERS)
        for event in found.events.select_related("by")
    ]


def _moves(found: InformationRequest) -> list[tuple[str, Any]]:
    return [(kind, CaseEvent.Kind(kind).label) for kind in possible_moves(found)]


def _words(sealed: Sealed | None) -> str:
    if sealed is None:
        return ""
    try:
        return open_text(sealed)
    except UnreadableError:
        return _("No key at hand opens this. Tell whoever keeps the keys.")


def _files(sealed: QuerySet[Sealed]) -> list[dict[str, Any]]:
    kinds = (What.UPLOAD, What.DRAFT, What.ANSWER)
    rows = []
    for row in sealed.filter(what__in=kinds):
        try:
            name = open_file(row).name
        except UnreadableError:
            name = "—"
        rows.append({"pk": row.pk, "what": row.get_what_display(), "name": name})
    return rows


@never_cache
@require_safe
def case_file(request: HttpRequest, case_id: int, sealed_id: int) -> HttpResponse:
    """Give a file of a case, and record that somebody took it."""
    found, _standing = case_with_part(request, case_id)
    sealed = get_object_or_404(
        Sealed, pk=sealed_id, case=found, what__in=(What.UPLOAD, What.DRAFT, What.ANSWER)
    )
    return file_response(show_file(request.user, sealed))


@never_cache
@require_safe
def letter(request: HttpRequest, case_id: int, event_id: int) -> HttpResponse:
    """Show a letter, to be printed."""
    context = {"letter": _letter(request, case_id, event_id)}
    response = render(request, "otp_policy/requests/letter.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@never_cache
@require_safe
def letter_pdf(request: HttpRequest, case_id: int, event_id: int) -> HttpResponse:
    """Give a letter as a PDF file; its name is the number of the case."""
    content = pdf_of(_letter(request, case_id, event_id))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{case_id}-{event_id}.pdf"'
    response["Cache-Control"] = "no-store, private"
    return response


def _letter(request: HttpRequest, case_id: int, event_id: int) -> Any:
    found, _standing = case_with_part(request, case_id)
    event = get_object_or_404(CaseEvent.objects.select_related("case"), pk=event_id, case=found)
    if event.kind not in LETTERS:
        raise Http404
    post = need_handler(request.user, found)
    # Nobody need look who asks for a letter to somebody else.
    is_other = event.kind == CaseEvent.Kind.THIRD_PARTY_NOTIFIED
    identity = Identity() if is_other else show_identity(request.user, found)
    record(
        "request_letter_made",
        user=request.user,
        role=post.role,
        unit=post.unit,
        request=found.reference,
        letter=event.kind,
    )
    return letter_of(event, identity)
