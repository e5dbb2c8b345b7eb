"""The screens of the public log and of the topics that are asked for again and again."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from otp_policy import Action

from ..access import produces_for, standing_of, units_of
from ..admin_forms import CloseTopicForm, ReleaseForm
from ..models import InformationRequest, Release, Topic
from ..releases import approve, endorse, may, take_out, write
from ..repeats import close
from .parts import add_errors, form_page

_DECISIONS = {"endorse": endorse, "approve": approve}


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show the public answer to those who work on it or decide on it, and let the former write."""
    case, entry = _found(request, case_id)
    initial = {
        "title": entry.title if entry else case.subject,
        "question": entry.question if entry else "",
        "answer": entry.answer if entry else "",
    }
    works = bool(standing_of(request.user, case)) and not case.is_open
    form = ReleaseForm(request.POST or None, request.FILES or None, initial=initial)
    if works and form.is_valid():
        try:
            write(case, user=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved. It is public once it is endorsed and approved."))
            return redirect("otp_policy_requests:release", case.pk)
    return form_page(
        request,
        form,
        title=_("Public answer to request %(number)s") % {"number": case.reference},
        button=_("Save"),
        case=case,
        entry=entry,
        works=works,
        decisions=_decisions(entry, request.user),
        template_part="log",
    )


def _found(request: HttpRequest, case_id: int) -> tuple[InformationRequest, Release | None]:
    """Return the case and its entry, to whoever works on it or may decide on it."""
    case = InformationRequest.objects.filter(pk=case_id).first()
    entry = Release.objects.filter(case_id=case_id).first()
    if case is None:
        raise PermissionDenied
    if not standing_of(request.user, case) and not _decisions(entry, request.user):
        raise PermissionDenied
    return case, entry


def _decisions(entry: Release | None, user: Any) -> list[dict[str, Any]]:
    """Return what *user* has authority for, and what stands in the way."""
    from otp_policy.wagtail.adapters import has_authority
    from otp_policy.wagtail.messages import explain_all

    if entry is None or entry.is_public:
        return []
    found = []
    labels = {Action.ENDORSE: _("Endorse"), Action.APPROVE: _("Approve")}
    for action, label in labels.items():
        answer = may(entry, action.value, user)
        if has_authority(answer):
            reasons = explain_all(answer.reasons)
            found.append({"action": action.value, "label": label, "reasons": reasons})
    return found


@require_POST
def decide_release(request: HttpRequest, case_id: int, action: str) -> HttpResponse:
    """Endorse, approve, or take out of the log."""
    entry = get_object_or_404(Release, case_id=case_id)
    if action == "take-out":
        take_out(entry, user=request.user)
        messages.success(request, _("It is no longer in the public log."))
    elif action in _DECISIONS:
        try:
            _DECISIONS[action](entry, user=request.user, digest=request.POST.get("digest", ""))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Recorded."))
    else:
        raise Http404
    if standing_of(request.user, entry.case) or _decisions(entry, request.user):
        return redirect("otp_policy_requests:release", case_id)
    return redirect("wagtailadmin_home")


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """List what is asked for again and again."""
    handles, units = standing_of(request.user).handles, units_of(request.user)
    if not handles and not units:
        raise PermissionDenied
    rows = Topic.objects.select_related("unit").annotate(asked=Count("requests"))
    rows = rows if handles else rows.filter(unit__in=units)
    context = {"rows": rows.order_by("closed_at", "-raised_at", "title")}
    return render(request, "otp_policy/requests/admin/topics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def close_topic(request: HttpRequest, topic_id: int) -> HttpResponse:
    """Answer for a topic."""
    topic = get_object_or_404(Topic.objects.select_related("unit"), pk=topic_id)
    if not standing_of(request.user).handles and not produces_for(request.user, topic.unit):
        raise PermissionDenied
    form = CloseTopicForm(request.POST or None)
    if form.is_valid():
        try:
            close(topic.pk, user=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("otp_policy_requests:topics")
    return form_page(request, form, title=topic.title, button=_("Save"))
