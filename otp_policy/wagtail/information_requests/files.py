"""How a file that was sealed leaves: as a download, never shown in place, never kept by a cache."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from .sealing import SealedFile

__all__ = ["file_response"]


def file_response(file: SealedFile, *, name: str = "") -> HttpResponse:
    """Return *file* as a download under its own name, or *name*."""
    response = HttpResponse(file.content, content_type=file.kind)
    response["Content-Disposition"] = content_disposition_header(True, name or file.name) or ""
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
