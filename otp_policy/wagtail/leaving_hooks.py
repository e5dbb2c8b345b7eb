"""Leads from Wagtail's list of users to the screen on which a leaver's work is handed over."""

from typing import Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from .leaving import holdings
from .views.leaving import may_hand_over


@hooks.register("register_user_listing_buttons")
def add_leaving_button(user: Any, request_user: Any):
    if may_hand_over(request_user):
        address = reverse("otp_policy:leaving", args=(user.pk,))
        yield Button(_("Hand over"), address, priority=30, icon_name="arrow-right-full")


@hooks.register("after_edit_user")
def warn_of_what_is_open(request, user):
    """Say what an account that was closed still holds; closing it is never put off."""
    if not user.is_active and not holdings(user).is_empty:
        address = reverse("otp_policy:leaving", args=(user.pk,))
        messages.warning(
            request,
            _("The account is closed and still holds posts, orders or drafts. Hand them over."),
            buttons=[messages.button(address, _("Hand over"))],
        )


@hooks.register("before_delete_user")
def refuse_to_delete_a_holder(request, user):
    """Lead to what the person holds, instead of deleting an account that evidence names."""
    if holdings(user).is_empty:
        return None
    messages.error(
        request,
        _("This person still holds posts, orders or drafts. Hand them over first."),
    )
    return redirect(reverse("otp_policy:leaving", args=(user.pk,)))
