"""What the admin's views share: the case that a person has a part in, and the one form page."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ..access import Standing, standing_of
from ..models import InformationRequest

__all__ = ["add_errors", "case_with_part", "form_page"]


def case_with_part(
    request: HttpRequest, case_id: int, *, to_oversee: bool = False
) -> tuple[InformationRequest, Standing]:
    """
    Return the case, and what its reader may do with it.

    Args:
        to_oversee: Whether it is enough to approve in its category.

    Raises:
        PermissionDenied: If they have no part in it, or there is none: the two look the same.
    """
    cases = InformationRequest.objects.select_related("owner", "producer", "topic")
    case = cases.filter(pk=case_id).first()
    standing = standing_of(request.user, case)
    if case is None and standing.handles:
        raise Http404
    has_part = bool(standing) or (to_oversee and standing.oversees)
    if case is None or not has_part:
        raise PermissionDenied
    return case, standing


def add_errors(form: Any, error: ValidationError) -> None:
    """Put what a move refused beside the fields that it is about, or above them all."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(None, error)


def form_page(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    button: str,
    case: InformationRequest | None = None,
    **more: Any,
) -> HttpResponse:
    """Show a form of the cases."""
    back = (
        reverse("otp_policy_requests:case", args=(case.pk,))
        if case is not None
        else reverse("otp_policy_requests:cases")
    )
    context = {"form": form, "title": title, "button": button, "case": case, "back": back, **more}
    status = 400 if form.is_bound and not form.is_valid() else 200
    response = render(request, "otp_policy/requests/admin/form.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
