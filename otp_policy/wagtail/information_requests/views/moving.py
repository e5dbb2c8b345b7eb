"""The screens that change a case: intake by hand, division, preparation, and each move."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ..access import need_handler
from ..admin_forms import AssignForm, IntakeForm, PrepareForm, form_for
from ..division_work import assign, prepare
from ..models import CaseEvent, Topic
from ..moves import receive, take
from .parts import add_errors, case_with_part, form_page

_METHODS = ["GET", "HEAD", "POST"]


@sensitive_post_parameters()
@require_http_methods(_METHODS)
def intake(request: HttpRequest) -> HttpResponse:
    """Take in a request that came by letter, telephone, e-mail or in person."""
    need_handler(request.user)
    form = IntakeForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            case, secret = receive(form.asked(), user=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            context = {"case": case, "secret": secret}
            response = render(request, "otp_policy/requests/admin/received.html", context)
            response["Cache-Control"] = "no-store, private"
            return response
    return form_page(request, form, title=_("Take in a request"), button=_("Take in"))


@sensitive_post_parameters()
@require_http_methods(_METHODS)
def move(request: HttpRequest, case_id: int, kind: str) -> HttpResponse:
    """Let something happen to a case."""
    case, _standing = case_with_part(request, case_id)
    need_handler(request.user, case)
    try:
        form_class = form_for(kind)
    except LookupError:
        raise Http404 from None
    form = form_class(request.POST or None, request.FILES or None, case=case)
    if form.is_valid():
        try:
            take(case.pk, kind, form.taken(), user=request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _done(request, case.pk)
    title = str(CaseEvent.Kind(kind).label)
    return form_page(request, form, title=title, button=_("Record"), case=case)


@require_http_methods(_METHODS)
def assign_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Give a case its title, its division and its topic."""
    case, _standing = case_with_part(request, case_id)
    need_handler(request.user, case)
    initial = {"subject": case.subject, "producer": case.producer, "topic": case.topic}
    form = AssignForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            _assign(case.pk, form.cleaned_data, request.user)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _done(request, case.pk)
    return form_page(
        request, form, title=_("Title, division and topic"), button=_("Save"), case=case
    )


@transaction.atomic
def _assign(case_id: int, data: dict[str, Any], user: Any) -> None:
    topic = data["topic"]
    if data["new_topic"]:
        topic = Topic.objects.create(title=data["new_topic"], unit=data["producer"])
    assign(
        case_id,
        user=user,
        subject=data["subject"],
        producer=data["producer"],
        topic=topic,
        new_words=data["new_topic"],
    )


@sensitive_post_parameters()
@require_http_methods(_METHODS)
def prepare_case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Keep the answer of the division."""
    case, _standing = case_with_part(request, case_id)
    form = PrepareForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            prepare(case.pk, user=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _done(request, case.pk)
    return form_page(request, form, title=_("Answer of the division"), button=_("Save"), case=case)


def _done(request: HttpRequest, case_id: int) -> HttpResponse:
    messages.success(request, _("Recorded."))
    return redirect("otp_policy_requests:case", case_id)
