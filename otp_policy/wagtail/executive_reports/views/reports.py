"""One report: what it says, how far it is, and the step that its reader may take."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from otp_policy.wagtail.refusals import PolicyRefusal, forget_noted, tell

from .. import steps
from ..access import Standing, has_part
from ..documents import document_of, title_of
from ..figures import figures_of
from ..forms import FindingsForm, RemarkForm, SignedForm, VersionForm
from ..models import Report, ReportDecision, Submission
from ..paper import SignedReport, record_signed, signers
from ..periods import period
from ..publishing import draft_page, pages_of
from ..refusals import worked_on
from .lists import shown_figures

State = Report.State


@require_http_methods(["GET", "HEAD", "POST"])
@has_part
def report(request: HttpRequest, standing: Standing, report_id: int) -> HttpResponse:
    """Show a report, and take the step that is asked for."""
    found = get_object_or_404(Report, pk=report_id)
    forms: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            if (done := act(request, found, forms)) is not None:
                return redirect(done)
        except PolicyRefusal:
            tell(request)
            status = 403
        found.refresh_from_db()
    context = _context(request, found, standing, forms)
    return render(request, "otp_policy/executive_reports/report.html", context, status=status)


def _context(
    request: HttpRequest, found: Report, standing: Standing, forms: dict[str, Any]
) -> dict[str, Any]:
    submissions = list(
        found.submissions.select_related("by", "decision__by", "decision__recorded_by")
    )
    last = submissions[-1] if submissions else None
    shown = last if found.state != State.PREPARED else None
    took_part = worked_on(found, request.user)
    is_open = found.state in (State.PREPARED, State.RETURNED)
    may = {
        "prepare": standing.prepares is not None and is_open,
        "submit": standing.prepares is not None and found.state == State.PREPARED,
        "decide": standing.acknowledges is not None
        and found.state == State.SUBMITTED
        and not took_part,
        "record": standing.prepares is not None
        and found.state == State.SUBMITTED
        and not took_part,
        "follow": standing.prepares is not None
        and found.state == State.ACKNOWLEDGED
        and not hasattr(found, "superseded_by"),
    }
    written = found.preparations.select_related("by").order_by("-pk").first()
    return {
        "report": found,
        "title": title_of(found.year, found.quarter),
        "submissions": submissions,
        "last": last,
        "is_whole": shown is None or shown.is_whole,
        "pages": pages_of(last) if last else [],
        "may": may,
        "written": written,
        "findings_form": forms.get("findings") or _findings_form(written),
        "remark_form": forms.get("remark") or RemarkForm(auto_id="id_remark_%s"),
        "version_form": forms.get("version") or VersionForm(auto_id="id_version_%s"),
        **_shown(found, shown),
    }


def _findings_form(written: Any) -> FindingsForm:
    if written is None:
        return FindingsForm()
    return FindingsForm(initial={"findings": written.findings, "findings_en": written.findings_en})


def _shown(found: Report, shown: Submission | None) -> dict[str, Any]:
    """Return what was frozen, or before that the figures as they are now."""
    if shown is None:
        of = period(found.year, found.quarter)
        return shown_figures(figures_of(of), of)
    if not shown.is_whole:
        return {"tables": [], "missing": []}
    document = document_of(shown)
    return {"document": document, "tables": document.tables, "missing": document.missing}


def _here(found: Report) -> str:
    return reverse("otp_policy_executive_reports:report", args=(found.pk,))


def _prepare(request: HttpRequest, found: Report, forms: dict[str, Any]) -> str | None:
    form = forms["findings"] = FindingsForm(request.POST)
    if not form.is_valid():
        return None
    steps.prepare(found, request.user, **form.cleaned_data)
    messages.success(request, _("The findings are kept."))
    return _here(found)


def _submit(request: HttpRequest, found: Report, forms: dict[str, Any]) -> str | None:
    steps.submit(found, request.user)
    messages.success(request, _("The report is submitted to the executives."))
    return _here(found)


def _read_submission(request: HttpRequest, found: Report) -> Submission:
    """Return the submission that was read: another may have followed it meanwhile."""
    key = request.POST.get("submission", "")
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        raise Http404
    return get_object_or_404(Submission, pk=int(key), report=found)


def _decide(step: Callable[..., Any], said: Any) -> Callable[..., str | None]:
    def act(request: HttpRequest, found: Report, forms: dict[str, Any]) -> str | None:
        form = forms["remark"] = RemarkForm(request.POST, auto_id="id_remark_%s")
        if not form.is_valid():
            return None
        step(_read_submission(request, found), request.user, remark=form.cleaned_data["remark"])
        messages.success(request, said)
        return _here(found)

    return act


def _follow(request: HttpRequest, found: Report, forms: dict[str, Any]) -> str | None:
    form = forms["version"] = VersionForm(request.POST, auto_id="id_version_%s")
    if not form.is_valid():
        return None
    new = steps.begin(request.user, year=found.year, quarter=found.quarter, **form.cleaned_data)
    messages.success(request, _("A new version is being prepared. The one before stays as it is."))
    return _here(new)


def _draft(request: HttpRequest, found: Report, forms: dict[str, Any]) -> str | None:
    page = draft_page(_read_submission(request, found), request.user)
    messages.success(
        request,
        _("The page is drafted. Its PR representative submits it, and it goes the usual way."),
    )
    return reverse("otp_policy:item", args=(page.pk,)) if _may_open(request, page) else _here(found)


def _may_open(request: HttpRequest, page: Any) -> bool:
    return bool(page.permissions_for_user(request.user).can_edit())


_ACTS: dict[str, Callable[..., str | None]] = {
    "prepare": _prepare,
    "submit": _submit,
    "acknowledge": _decide(steps.acknowledge, gettext_lazy("The report is acknowledged.")),
    "return": _decide(steps.send_back, gettext_lazy("The report is returned to the unit.")),
    "follow": _follow,
    "draft": _draft,
}


@require_http_methods(["GET", "HEAD", "POST"])
@has_part
def paper(request: HttpRequest, standing: Standing, report_id: int) -> HttpResponse:
    """Record a sheet that an executive signed."""
    found = get_object_or_404(Report, pk=report_id, state=State.SUBMITTED)
    submission = found.submissions.select_related("report").latest("pk")
    form = SignedForm(request.POST or None, request.FILES or None, signers=signers())
    refused: list[str] = []
    if request.method == "POST" and form.is_valid():
        refused = _record(request, submission, form)
        if not refused:
            messages.success(request, _("The signed sheet is recorded."))
            return redirect(_here(found))
    context = {
        "report": found,
        "title": title_of(found.year, found.quarter),
        "form": form,
        "refused": refused,
    }
    return render(
        request,
        "otp_policy/executive_reports/paper.html",
        context,
        status=403 if refused else 200,
    )


def _record(request: HttpRequest, submission: Submission, form: SignedForm) -> list[str]:
    """Record what the form says; return the reasons against it, if there are any."""
    said = dict(form.cleaned_data)
    said["signed_by"] = get_user_model().objects.get(pk=said["signed_by"])
    said["kind"] = ReportDecision.Kind(said["kind"])
    try:
        record_signed(submission, request.user, SignedReport(**said))
    except PolicyRefusal as refusal:
        forget_noted()  # said beside the form, where it can be mended
        return refusal.reasons
    return []
