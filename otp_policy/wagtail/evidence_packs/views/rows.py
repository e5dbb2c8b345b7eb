"""One item of the assessment, and the keeping of the instrument."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from otp_policy.wagtail.conf import BUDDHIST_ERA_OFFSET, office_day
from otp_policy.wagtail.monitoring.access import of_the_office

from ..access import may_keep, may_pack_all
from ..forms import CheckForm, ChoiceForm, CloneForm, RowForm, errors_of
from ..keeping import change_row, check_row, choose_page, clone_shipped, clone_year, drop_choice
from ..matrix import one_row
from ..models import InstrumentRow, InstrumentYear
from ..words import SHORTCOMINGS, answer_label
from .frames import for_keepers, row_of


@require_http_methods(["GET", "HEAD", "POST"])
@of_the_office
def row(request: HttpRequest, row_id: int) -> HttpResponse:
    """Show an item with the pages that answer it; who keeps the instrument checks and chooses."""
    item = row_of(row_id)
    forms: dict[str, Any] = {
        "check": CheckForm(prefix="check"),
        "choose": ChoiceForm(prefix="page"),
    }
    if request.method == "POST":
        if not may_keep(request.user):
            raise PermissionDenied
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        if act(request, item, forms):
            return redirect("otp_policy_packs:row", row_id)
    found = one_row(item, on=office_day())
    return render(
        request,
        "otp_policy/evidence_packs/row.html",
        {
            "item": item,
            "found": found,
            "answer": answer_label(found.answer),
            "pages": [
                (page, SHORTCOMINGS[page.shortcoming] if page.shortcoming else "")
                for page in found.pages
            ],
            "chosen": item.chosen.select_related("by"),
            "may_keep": may_keep(request.user),
            "may_pack": may_pack_all(request.user),
            "check_form": forms["check"],
            "choice_form": forms["choose"],
        },
    )


def _check(request: HttpRequest, item: InstrumentRow, forms: dict[str, Any]) -> bool:
    form = forms["check"] = CheckForm(request.POST, prefix="check")
    return _carried_out(form, lambda: check_row(item, request.user, **form.cleaned_data))


def _choose(request: HttpRequest, item: InstrumentRow, forms: dict[str, Any]) -> bool:
    form = forms["choose"] = ChoiceForm(request.POST, prefix="page")
    return _carried_out(form, lambda: choose_page(item, request.user, **form.cleaned_data))


def _drop(request: HttpRequest, item: InstrumentRow, forms: dict[str, Any]) -> bool:
    key = request.POST.get("chosen", "")
    known = key.isascii() and key.isdigit() and len(key) < 19
    drop_choice(get_object_or_404(item.chosen, pk=int(key) if known else 0), request.user)
    return True


_ACTS = {"check": _check, "choose": _choose, "drop": _drop}


def _carried_out(form: Any, act: Callable[[], Any]) -> bool:
    """Do what a valid form asks for; what is refused stands above the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        for sentence in errors_of(error):
            form.add_error(None, sentence)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def edit(request: HttpRequest, row_id: int) -> HttpResponse:
    """Change a row to what the office's own form asks."""
    return _form_of_row(request, row_of(row_id))


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def add(request: HttpRequest, year_id: int) -> HttpResponse:
    """Add a row to a year."""
    year = get_object_or_404(InstrumentYear, pk=year_id)
    return _form_of_row(request, InstrumentRow(instrument=year))


def _form_of_row(request: HttpRequest, item: InstrumentRow) -> HttpResponse:
    form = RowForm(request.POST or None, instance=item)
    if request.method == "POST" and form.is_valid():
        change_row(form.save(commit=False), request.user)
        messages.success(request, _("The item is saved. Check it against the form of the year."))
        return redirect("otp_policy_packs:row", form.instance.pk)
    title = _("Change the item") if item.pk else _("Add an item")
    context = {"form": form, "screen_title": title, "back": item}
    return render(request, "otp_policy/evidence_packs/form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_keepers
def clone(request: HttpRequest) -> HttpResponse:
    """Take the instrument of a year over for another one; nothing of it is checked yet."""
    next_year = office_day().year + BUDDHIST_ERA_OFFSET
    form = CloneForm(request.POST or None, initial={"fiscal_year": next_year})
    made: list[InstrumentYear] = []
    if request.method == "POST" and _carried_out(form, lambda: made.append(_cloned(request, form))):
        messages.success(request, _("The items are taken over. None of them is checked yet."))
        return redirect(f"../?year={made[0].pk}")
    context = {"form": form, "screen_title": _("Take over an assessment"), "back": None}
    return render(request, "otp_policy/evidence_packs/form.html", context)


def _cloned(request: HttpRequest, form: CloneForm) -> InstrumentYear:
    kind, _colon, name = form.cleaned_data["origin"].partition(":")
    fiscal_year = form.cleaned_data["fiscal_year"]
    if kind == "shipped":
        return clone_shipped(request.user, name, fiscal_year=fiscal_year)
    return clone_year(
        request.user, InstrumentYear.objects.get(pk=int(name)), fiscal_year=fiscal_year
    )
