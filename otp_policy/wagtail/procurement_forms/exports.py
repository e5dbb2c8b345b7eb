"""The forms as files: CSV to reuse, a workbook to print, a PDF to read; kept by what they say."""

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from otp_policy.procurement.records import AnnualPlan
from otp_policy.procurement.tables import annual_plan_csv, monthly_summaries_csv
from otp_policy.wagtail.typeset import can_typeset, pdf_fonts

_KEPT_SECONDS = 24 * 60 * 60
# What the files look like: a new number forgets those that are kept.
_LOOK = 1

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format that a form can be had in; one that is shown opens in the browser."""

    label: str
    content_type: str
    make: Callable[[Any], bytes]
    is_shown: bool = False


def _csv(record: Any) -> bytes:
    if isinstance(record, AnnualPlan):
        return annual_plan_csv(record)
    return monthly_summaries_csv([record])


def _xlsx(record: Any) -> bytes:
    from otp_policy.procurement.xlsx_writing import annual_plan_xlsx, monthly_summaries_xlsx

    if isinstance(record, AnnualPlan):
        return annual_plan_xlsx(record)
    return monthly_summaries_xlsx([record])


def _pdf(record: Any) -> bytes:
    from .pdf import pdf_of

    return pdf_of(record)


FORMATS = {
    "csv": FileFormat("CSV", "text/csv; charset=utf-8", _csv),
    "xlsx": FileFormat("XLSX", XLSX, _xlsx),
    "pdf": FileFormat("PDF", "application/pdf", _pdf, is_shown=True),
}


def offered_formats() -> list[str]:
    """Return the formats for which everything is installed."""
    is_there = {"xlsx": importlib.util.find_spec("openpyxl") is not None, "pdf": can_typeset()}
    return [name for name in FORMATS if is_there.get(name, True)]


def exported(page: Any, name: str) -> bytes:
    """Return the form of *page*, as it stands in memory, as a file: made once for what it says."""
    record = page.record()
    said = hashlib.sha256(f"{_LOOK} {name} {pdf_fonts()} {record!r}".encode()).hexdigest()
    key = f"otp-procurement-{said[:40]}"
    found: bytes | None = cache.get(key)
    if found is None:
        found = FORMATS[name].make(record)
        cache.set(key, found, _KEPT_SECONDS)
    return found
