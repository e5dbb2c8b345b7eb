"""The open data as pages and as JSON: an index for people, packages for programs."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from otp_policy.wagtail.conf import public_base_url

from .conf import is_draft, ocds_settings, publication
from .ocds_reading import kept_answer, public_rows, records_json, releases_json


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Say what the open data is, and where each package is."""
    rows = public_rows()
    years: dict[int, dict[str, Any]] = {}
    for row in rows:
        year = years.setdefault(row.fiscal_year, {"year": row.fiscal_year, "releases": 0})
        year["releases"] += 1
        year.setdefault("ocids", set()).add(row.ocid)
    return TemplateResponse(
        request,
        "otp_policy/procurement/ocds_index.html",
        {
            "years": [
                {**year, "processes": len(year["ocids"])}
                for _number, year in sorted(years.items(), reverse=True)
            ],
            "releases": len(rows),
            "processes": len({row.ocid for row in rows}),
            "publication": publication(),
            "is_draft": is_draft(),
            "license": ocds_settings().get("license", ""),
        },
    )


@require_safe
def releases(request: HttpRequest, fiscal_year: int | None = None) -> HttpResponse:
    """Return a package of all releases, or of those of a fiscal year (Buddhist era)."""
    rows = public_rows(fiscal_year=fiscal_year)
    if fiscal_year is not None and not rows:
        raise Http404
    return _answer(request, rows, releases_json)


@require_safe
def records(request: HttpRequest, fiscal_year: int | None = None) -> HttpResponse:
    """Return a package of the records of all processes, or of those of a fiscal year."""
    rows = public_rows()
    if fiscal_year is not None:
        wanted = {row.ocid for row in rows if row.fiscal_year == fiscal_year}
        rows = [row for row in rows if row.ocid in wanted]
        if not rows:
            raise Http404
    return _answer(request, rows, records_json)


@require_safe
def record(request: HttpRequest, ocid: str) -> HttpResponse:
    """Return a package with the record of one process."""
    rows = public_rows(ocid=ocid)
    if not rows:
        raise Http404
    return _answer(request, rows, records_json)


def _answer(request: HttpRequest, rows: Any, make: Any) -> HttpResponse:
    uri = f"{public_base_url()}{request.path}"
    content = kept_answer(
        uri, rows, lambda: json.dumps(make(rows, uri=uri), ensure_ascii=False).encode()
    )
    response = HttpResponse(content, content_type="application/json")
    if is_draft():
        response["X-OCDS-Draft"] = "1"
    return response
