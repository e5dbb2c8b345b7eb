"""Locks: an item under approval is frozen, and only its own division prepares it."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.locks import BaseLock, WorkflowLock


class PreparationLock(BaseLock):
    """Lets only those edit an item who prepare it (annex 1 step 1); others may read it."""

    def for_user(self, user) -> bool:
        return not self.object.permissions_for_user(user).may_prepare()

    def get_message(self, user):
        if not self.for_user(user):
            return None
        return _(
            "Only the PR representative of the item's own unit edits it. You can read it here."
        )

    def get_locked_by(self, user) -> str:
        return _("Read only")

    def get_description(self, user) -> str:
        return _("The item's own unit prepares it.")


class ApprovalLock(WorkflowLock):
    """Freezes an item while it waits for a decision, and leads whoever may decide to it."""

    def for_user(self, user) -> bool:
        return True

    def get_message(self, user):
        return format_html(
            '{} <a href="{}">{}</a>',
            _("The item waits for a decision and cannot be changed meanwhile."),
            reverse("otp_policy:item", args=(self.object.pk,)),
            _("See its steps, and decide"),
        )

    def get_locked_by(self, user, can_lock=False) -> str:
        return _("Waiting for a decision")

    def get_description(self, user, can_lock=False) -> str:
        return _("To change it, take it back or ask for changes.")
