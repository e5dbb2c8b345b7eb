"""The public form and the status page. Nothing personal stands in an address, a cookie or a log."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from otp_policy.clocks import DeadlineState
from otp_policy.vocabulary import EventKind

from ..clock import deadline_of, standing_pauses
from ..clock_words import state_name, words_of
from ..conf import is_open
from ..files import file_response
from ..limits import SECONDS, may_look, may_send
from ..models import CaseEvent, InformationRequest, Sealed
from ..moves import answer_back, receive
from ..numbering import case_of
from ..public_forms import AnswerBackForm, AskForm, QuestionForm, StatusForm
from ..sealing import open_file, open_text
from ..subject_access import export_for_requester
from ..suggestions import suggestions_for

LIMITED = _("Too much was sent from here, or from everywhere, within an hour. Send it again later.")
UNKNOWN = _("There is no request with this number and this secret. Check both.")
Kind = CaseEvent.Kind
# What was written to the requester; a notice to a third party is not.
_FOR_REQUESTER = (Kind.CLARIFICATION_ASKED, Kind.EXTENDED, Kind.FORWARDED, Kind.DECIDED)
_PUBLIC_EVENTS = (*CaseEvent.ON_THE_CLOCK, Kind.RECEIVED, Kind.RECLOCKED)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take a request in: first what is asked, then what is published already, then the rest."""
    if not is_open():
        return _page(request, "ask", {"is_closed": True}, status=503)
    if request.method != "POST":
        return _page(request, "ask", {"form": QuestionForm(), "is_first": True})
    if request.POST.get("step") != "send":
        return _suggest(request)
    form = AskForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, "ask", {"form": form}, status=400)
    if InformationRequest.objects.filter(submission=form.cleaned_data["submission"]).exists():
        return _page(request, "sent", {"is_repeated": True})
    if not may_send(request):
        return _limited(_page(request, "ask", {"form": form, "problem": LIMITED}, status=429))
    return _receive(request, form)


def _suggest(request: HttpRequest) -> HttpResponse:
    first = QuestionForm(request.POST)
    if not first.is_valid():
        return _page(request, "ask", {"form": first, "is_first": True}, status=400)
    question = first.cleaned_data["question"]
    context = {
        "form": AskForm(initial={"question": question}),
        "suggestions": suggestions_for(question),
        "was_looked": True,
    }
    return _page(request, "ask", context)


@sensitive_variables()
def _receive(request: HttpRequest, form: AskForm) -> HttpResponse:
    try:
        with transaction.atomic():
            case, secret = receive(form.asked(language=get_language() or "th"))
    except IntegrityError:
        if not InformationRequest.objects.filter(
            submission=form.cleaned_data["submission"]
        ).exists():
            raise
        return _page(request, "sent", {"is_repeated": True})  # sent twice at once
    return _page(request, "sent", {"case": case, "secret": secret})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Show how a request stands to whoever has its number and its secret."""
    if request.method != "POST":
        return _page(request, "status", {"form": StatusForm()})
    form = StatusForm(request.POST)
    if not may_look(request):
        return _limited(_page(request, "status", {"form": form, "problem": LIMITED}, status=429))
    case = _case(form)
    if case is None:
        problem = UNKNOWN if form.is_valid() else ""
        return _page(request, "status", {"form": form, "problem": problem}, status=400)
    back = AnswerBackForm(request.POST if "answer" in request.POST else None)
    problem = _answer_back(case, back) if back.is_bound else ""
    case.refresh_from_db()
    context = {**_standing(case), "form": form, "secret": form.cleaned_data["secret"]}
    return _page(request, "status", {**context, "back": back, "back_problem": problem})


def _answer_back(case: InformationRequest, back: AnswerBackForm) -> str:
    if not back.is_valid():
        return ""
    try:
        answer_back(case.pk, text=back.cleaned_data["answer"])
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@never_cache
@sensitive_post_parameters()
@require_POST
def answer_file(request: HttpRequest) -> HttpResponse:
    """Give a file of the answer to whoever has the number and the secret."""
    form = StatusForm(request.POST)
    if not may_look(request):
        return _limited(_page(request, "status", {"form": form, "problem": LIMITED}, status=429))
    case, key = _case(form), request.POST.get("file", "")
    if case is None or case.is_open or not key.isdigit():
        raise Http404
    sealed = case.sealed.filter(pk=int(key), what=Sealed.What.ANSWER).first()
    if sealed is None:
        raise Http404
    return file_response(open_file(sealed))


@never_cache
@sensitive_post_parameters()
@require_POST
def own_data(request: HttpRequest) -> HttpResponse:
    """Give whoever has the number and the secret all that is kept about them."""
    form = StatusForm(request.POST)
    if not may_look(request):
        return _limited(_page(request, "status", {"form": form, "problem": LIMITED}, status=429))
    case = _case(form)
    if case is None:
        raise Http404
    return file_response(export_for_requester(case))


def _case(form: StatusForm) -> InformationRequest | None:
    if not form.is_valid():
        return None
    return case_of(form.cleaned_data["reference"], form.cleaned_data["secret"])


def _standing(case: InformationRequest) -> dict[str, Any]:
    answer = deadline_of(case)
    sealed = {row.pk: row for row in case.sealed.filter(what=Sealed.What.NOTE)}
    events = [
        {
            "event": event,
            "words": open_text(sealed[event.sealed_id])
            if event.kind in _FOR_REQUESTER and event.sealed_id in sealed
            else "",
        }
        for event in case.events.filter(kind__in=_PUBLIC_EVENTS)
    ]
    return {
        "case": case,
        "state": state_name(answer.state),
        "is_late": answer.state in (DeadlineState.OVERDUE, DeadlineState.CLOSED_LATE),
        "deadline": answer,
        "working": words_of(answer),
        "events": events,
        "is_asked": case.is_open and EventKind.CLARIFICATION_ASKED in standing_pauses(case),
        "files": [] if case.is_open else list(case.sealed.filter(what=Sealed.What.ANSWER)),
    }


def _limited(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = str(SECONDS)
    return response


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    template = f"otp_policy/requests/{name}.html"
    response = TemplateResponse(request, template, context, status=status)
    # Not `no-referrer`: browsers then send `Origin: null` with the form, and Django refuses it.
    response["Referrer-Policy"] = "same-origin"
    if name != "ask":
        response["X-Robots-Tag"] = "noindex"
    return response
