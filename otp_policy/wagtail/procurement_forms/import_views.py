"""The screens of an import: the file, what is wrong in it or what it would do, and what it did."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Page

from otp_policy.procurement.csv_files import MOST_BYTES
from otp_policy.procurement.findings import TableFinding
from otp_policy.procurement.wording import column_name, sentence

from .import_forms import ImportForm, period_of, units_of
from .imports import Outcome, Planned, place_for, plan_import, read_file, save_import
from .models import WaitingImport

KEPT_FOR = timedelta(hours=24)
MOST_TOLD = 1000
_KEPT_SECONDS = 15 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file, and show what is wrong in it, or go on to what it would do."""
    _need_place(request)
    if request.method != "POST":
        return _form(request, ImportForm(user=request.user))
    form = ImportForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _form(request, form)
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        form.add_error("file", _("The file is larger than any form. It was not read."))
        return _form(request, form)
    content = file.read()
    kind, asked = form.cleaned_data["kind"], form.asked()
    reading = read_file(file.name, content, kind=kind, **period_of(kind, asked))
    if not reading.records:
        return _form(request, form, findings=reading.findings, name=file.name)
    _forget_old()
    waiting = WaitingImport.objects.create(
        user=request.user,
        at=timezone.now(),
        name=file.name[:255],
        kind=kind,
        parent_id=form.cleaned_data["parent"].pk,
        unit=form.cleaned_data["unit"],
        asked=asked,
        content=content,
    )
    cache.set(_cache_key(waiting), reading, _KEPT_SECONDS)
    return redirect(reverse("otp_policy_procurement:import_preview", args=(waiting.pk,)))


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, import_id: int) -> HttpResponse:
    """Show which pages the file would make or change; save them as drafts if that is wanted."""
    _need_place(request)
    waiting = WaitingImport.objects.filter(pk=import_id, user=request.user).first()
    if waiting is None:
        messages.error(
            request, _("This file is saved already, or waited too long. Choose it again.")
        )
        return redirect(reverse("otp_policy_procurement:import"))
    parent = _parent(request, waiting)
    reading = _reading(waiting)
    planned = plan_import(reading.records, parent=parent, unit=waiting.unit, user=request.user)
    if request.method == "POST" and any(map(_does_something, planned)):
        note = request.POST.get("note", "").strip()[:1000]
        save_import(planned, parent=parent, unit=waiting.unit, user=request.user, note=note)
        waiting.delete()
        messages.success(request, _("The drafts are saved. Nothing of them is public yet."))
        return _preview(request, waiting, planned, reading.findings, is_done=True)
    return _preview(request, waiting, planned, reading.findings)


def _reading(waiting: WaitingImport) -> Any:
    """Return what the file says: as it was read when it came, while that is at hand."""
    found = cache.get(_cache_key(waiting))
    if found is None:
        given = period_of(waiting.kind, waiting.asked)
        found = read_file(waiting.name, bytes(waiting.content), kind=waiting.kind, **given)
    return found


def _cache_key(waiting: WaitingImport) -> str:
    return f"otp-procurement-import-{waiting.pk}-{waiting.at.timestamp()}"


def _does_something(one: Planned) -> bool:
    return one.outcome in (Outcome.NEW, Outcome.REVISION)


def _need_place(request: HttpRequest) -> None:
    if not place_for(request.user) or not units_of(request.user).exists():
        raise PermissionDenied


def _parent(request: HttpRequest, waiting: WaitingImport) -> Page:
    """Return the section, if *user* may still add pages there and prepares in the unit's name."""
    found = [place for place in place_for(request.user) if place.pk == waiting.parent_id]
    if not found or not units_of(request.user).filter(pk=waiting.unit_id).exists():
        raise PermissionDenied
    return found[0]


def _forget_old() -> None:
    WaitingImport.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()


def _form(
    request: HttpRequest,
    form: ImportForm,
    *,
    findings: tuple[TableFinding, ...] = (),
    name: str = "",
) -> HttpResponse:
    context = {"form": form, "findings": told(findings), "name": name, "count": len(findings)}
    return render(request, "otp_policy/procurement/import.html", context)


def _preview(
    request: HttpRequest,
    waiting: WaitingImport,
    planned: list[Planned],
    findings: tuple[TableFinding, ...],
    *,
    is_done: bool = False,
) -> HttpResponse:
    context = {
        "waiting": waiting,
        "planned": planned,
        "findings": told(findings),
        "is_done": is_done,
        "does_something": any(map(_does_something, planned)),
        "corrects": any(one.outcome is Outcome.REVISION and one.page.live for one in planned),
    }
    return render(request, "otp_policy/procurement/import_preview.html", context)


def told(findings: tuple[TableFinding, ...]) -> list[dict[str, Any]]:
    """Return findings in words: sheet, row and column as the spreadsheet shows them."""
    lang = "en" if (get_language() or "th").startswith("en") else "th"
    return [
        {
            "sheet": one.place.sheet,
            "row": one.place.row,
            "letter": one.place.letter,
            "column": column_name(one.column, lang=lang) if one.column else "",
            "sentence": sentence(one, lang=lang),
            "is_warning": one.is_warning,
        }
        for one in findings[:MOST_TOLD]
    ]
