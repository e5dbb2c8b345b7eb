"""A submitted report as a file or to print, and the scans of signed ones: for those with a part."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..access import Standing, has_part
from ..documents import ReportDocument, document_of
from ..files import as_pdf, as_xlsx
from ..models import ReportDecision, Submission

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@has_part
def pdf(request: HttpRequest, standing: Standing, submission_id: int) -> HttpResponse:
    """Send the report as PDF, in the reader's language."""
    submission, document = _read(submission_id)
    return _file(as_pdf(document), "application/pdf", _name(submission, document, "pdf"))


@require_safe
@has_part
def xlsx(request: HttpRequest, standing: Standing, submission_id: int) -> HttpResponse:
    """Send the report as a workbook, in the reader's language."""
    submission, document = _read(submission_id)
    return _file(as_xlsx(document), _XLSX, _name(submission, document, "xlsx"))


@require_safe
@has_part
def to_print(request: HttpRequest, standing: Standing, submission_id: int) -> HttpResponse:
    """Show the report alone, to print it."""
    _submission, document = _read(submission_id)
    return render(request, "otp_policy/executive_reports/print.html", {"document": document})


@require_safe
@has_part
def scan(
    request: HttpRequest, standing: Standing, report_id: int, decision_id: int
) -> HttpResponse | FileResponse:
    """Send the scan of a signed sheet."""
    rows = ReportDecision.objects.filter(submission__report_id=report_id, signed_on__isnull=False)
    decision = get_object_or_404(rows, pk=decision_id)
    try:
        handle = decision.scan.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(
        handle, content_type=decision.scan_type, as_attachment=True, filename=decision.scan_name
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _read(submission_id: int) -> tuple[Submission, ReportDocument]:
    rows = Submission.objects.select_related("report")
    submission = get_object_or_404(rows, pk=submission_id)
    try:
        return submission, document_of(submission)
    except ValueError as error:
        # What is not what was submitted is not shown as if it were; the audit tells of it.
        raise Http404 from error


def _name(submission: Submission, document: ReportDocument, ending: str) -> str:
    report = submission.report
    period = f"{report.year}-{report.quarter}-v{report.version}"
    return f"executive-report-{period}-{document.language}.{ending}"


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
