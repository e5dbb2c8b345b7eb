"""The ledger as a download, for those who may see its register."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from otp_policy.cli.verify import script

from ..ledger_export import head, lines
from ..models import LedgerEntry

# As the register itself has it: who holds any permission on its rows sees them.
_SEES = ("view", "add", "change", "delete")


def may_see_ledger(user: Any) -> bool:
    """Tell whether *user* sees the register of the ledger."""
    names = (f"{LedgerEntry._meta.app_label}.{action}_ledgerentry" for action in _SEES)
    return any(user.has_perm(name) for name in names)


def _require(request: HttpRequest) -> None:
    if not may_see_ledger(request.user):
        raise PermissionDenied


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Say how many rows there are, which hash the last one has, and how to check them."""
    _require(request)
    return render(request, "otp_policy/ledger.html", {"head": head()})


@require_GET
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the ledger as `otp-policy verify` reads it; its name and a header carry the head."""
    _require(request)
    last = head()
    response = StreamingHttpResponse(lines(until=last), content_type="application/x-ndjson")
    name = f"ledger-{last.seq}-{last.hash[:12]}.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Ledger-Head"] = last.hash
    return response


@require_GET
def checking_script(request: HttpRequest) -> HttpResponse:
    """Return the file that checks a ledger wherever Python is."""
    _require(request)
    response = HttpResponse(script(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_ledger.py"'
    return response
