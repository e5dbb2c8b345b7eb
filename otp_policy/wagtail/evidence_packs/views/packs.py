"""Evidence to take away: of one item, and of an item of the assessment with its pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.publishing import governed_page

from ..access import may_pack
from ..building import ITEM, build_pack, evidence_of, pages_of, pdf_alone, subject_of
from ..documents import sections_of
from ..matrix import one_row
from ..noted import noted_packs
from .frames import as_file, for_packers, row_of


def _page(request: HttpRequest, page_id: int) -> Any:
    page = governed_page(page_id)
    if page is None:
        raise Http404
    if not may_pack(request.user, page):
        raise PermissionDenied
    return page


@require_GET
def item(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the evidence of an item, and the packs that were made of it with their SHA-256."""
    page = _page(request, page_id)
    facts = evidence_of([page], subject=ITEM).facts["items"][0]
    context = {"page": page, "sections": sections_of(facts), "packs": noted_packs(page_id)}
    return render(request, "otp_policy/evidence_packs/item.html", context)


@require_POST
def item_pack(request: HttpRequest, page_id: int) -> HttpResponse:
    """Make the pack of an item, and note it in the ledger."""
    page = _page(request, page_id)
    return _as_download([page], request, ITEM, stem=f"evidence-{page_id}", page_id=page_id)


@require_GET
def item_pdf(request: HttpRequest, page_id: int) -> HttpResponse:
    """Give the evidence of an item away as a PDF file."""
    return _pdf([_page(request, page_id)], ITEM, f"evidence-{page_id}.pdf")


@require_POST
@for_packers
def row_pack(request: HttpRequest, row_id: int) -> HttpResponse:
    """Make the pack of an item of the assessment with the pages that answer it best."""
    pages, subject = _of_row(row_id)
    return _as_download(pages, request, subject, stem=_stem(subject))


@require_GET
@for_packers
def row_pdf(request: HttpRequest, row_id: int) -> HttpResponse:
    """Give the evidence of an item of the assessment away as a PDF file."""
    pages, subject = _of_row(row_id)
    return _pdf(pages, subject, f"{_stem(subject)}.pdf")


def _of_row(row_id: int) -> tuple[list[Any], dict[str, Any]]:
    row = row_of(row_id)
    found = one_row(row, on=office_day())
    left_out = found.good + found.short - len(found.pages)
    pages = pages_of(page.page_id for page in found.pages)
    return pages, subject_of(found, left_out=left_out)


def _stem(subject: dict[str, Any]) -> str:
    # A code is what somebody typed: only its letters and digits are part of a file's name.
    code = "".join(letter for letter in subject["code"] if letter.isascii() and letter.isalnum())
    return f"evidence-{subject['fiscal_year']}-{code or 'item'}"


def _as_download(
    pages: list[Any],
    request: HttpRequest,
    subject: dict[str, Any],
    *,
    stem: str,
    page_id: int | None = None,
) -> HttpResponse:
    try:
        pack = build_pack(pages, request.user, subject=subject, stem=stem, page_id=page_id)
    except ValueError:
        said = _("This is more than a pack takes. Make the packs of its items one by one.")
        return HttpResponse(said, status=422, content_type="text/plain; charset=utf-8")
    response = FileResponse(pack.file, content_type="application/zip")
    response["X-Pack-SHA256"] = pack.sha256
    return as_file(response, pack.name)


def _pdf(pages: list[Any], subject: dict[str, Any], name: str) -> HttpResponse:
    made = pdf_alone(pages, subject=subject)
    if made is None:
        raise Http404
    return as_file(HttpResponse(made, content_type="application/pdf"), name)
