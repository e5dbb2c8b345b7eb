"""Step 3 on paper: print the memo, record what was signed, and look at the scan again."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from ..adapters import as_drafted
from ..models import PaperDecision, PolicyTask
from ..paper import SignedMemo, record_paper, why_not_record
from ..paper_forms import PaperForm
from ..paper_memo import memo_for
from ..refusals import PolicyRefusal, forget_noted
from ..scans import let_go
from ..signers import signers
from .access import item_page

# An official memo is written in Thai, whatever language its reader works in.
_MEMO_LANGUAGE = "th"


@require_GET
def memo(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the memo of the decision that the item waits for, ready to print."""
    page = item_page(request, page_id)
    task = _waiting_task(page)
    if task is None:
        return _nothing_waits(request, page)
    with translation.override(_MEMO_LANGUAGE):
        found = memo_for(page, task.action)
        body = {"memo": found, "page": page, "printed_at": timezone.now()}
        return render(request, "otp_policy/paper_memo.html", body)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, page_id: int) -> HttpResponse:
    """Record a signed memo; a refusal says every reason and keeps what was typed."""
    page = item_page(request, page_id)
    task = _waiting_task(page)
    if task is None:
        return _nothing_waits(request, page)
    form = PaperForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        signers=signers(as_drafted(page), task.action),
        user=request.user,
        page_id=page.pk,
    )
    refused: list[str] = []
    if form.is_bound:
        if form.is_valid() and not (refused := _record(request, page, form)):
            let_go(form.cleaned_data["kept_scan"])
            messages.success(request, _("The signed memo is recorded."))
            return redirect(reverse("otp_policy:item", args=(page.pk,)))
        form.keep_scan()
    context = {
        "page": page,
        "task": task,
        "form": form,
        "refused": refused,
        "why_not": why_not_record(as_drafted(page), request.user),
        "kept_scan": form.is_bound and form.cleaned_data.get("scan"),
    }
    status = 200 if not (form.is_bound and refused) else 403
    return render(request, "otp_policy/paper_record.html", context, status=status)


def _record(request: HttpRequest, page: Any, form: PaperForm) -> list[str]:
    """Record what the form says; return the reasons against it, if there are any."""
    told = {key: form.cleaned_data[key] for key in _ON_THE_MEMO}
    task_state = page.current_workflow_task_state
    try:
        record_paper(
            task_state.task.specific, task_state.specific, request.user, SignedMemo(**told)
        )
    except PolicyRefusal as refusal:
        forget_noted()  # said beside the form, where it can be mended
        return refusal.reasons
    return []


_ON_THE_MEMO = ("outcome", "signed_by", "signed_on", "code", "reason", "scan", "notices")


@require_safe
def scan(request: HttpRequest, page_id: int, paper_id: int) -> HttpResponse:
    """Send the scan of a signed memo to those who have a part in its item, and to nobody else."""
    page = item_page(request, page_id)
    paper = PaperDecision.objects.filter(pk=paper_id, page_id=page.pk).first()
    if paper is None:
        raise Http404
    try:
        handle = paper.scan.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(
        handle, content_type=paper.scan_type, as_attachment=True, filename=paper.scan_name
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _waiting_task(page: Any) -> PolicyTask | None:
    task_state = page.current_workflow_task_state
    task = task_state.task.specific if task_state else None
    return task if isinstance(task, PolicyTask) else None


def _nothing_waits(request: HttpRequest, page: Any) -> HttpResponse:
    messages.error(request, _("The item waits for no decision, so there is nothing to sign."))
    return redirect(reverse("otp_policy:item", args=(page.pk,)))
