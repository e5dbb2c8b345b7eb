"""What somebody who leaves holds, and its handing over."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..leaving import hand_over, holdings
from ..leaving_forms import LeavingForm


def may_hand_over(user: Any) -> bool:
    """Tell whether *user* keeps the registers of posts and orders."""
    return user.has_perms(["otp_policy.change_post", "otp_policy.change_delegationorder"])


@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, user_id: int) -> HttpResponse:
    """List all that a person holds, and hand it over or set it free."""
    if not may_hand_over(request.user):
        raise PermissionDenied
    leaver = get_object_or_404(get_user_model(), pk=user_id)
    form = LeavingForm(request.POST if request.method == "POST" else None, leaver=leaver)
    if form.is_valid():
        hand_over(leaver, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is handed over, and on record."))
        return redirect(reverse("otp_policy:leaving", args=(leaver.pk,)))
    held = holdings(leaver)
    return render(
        request, "otp_policy/leaving.html", {"leaver": leaver, "held": held, "form": form}
    )
