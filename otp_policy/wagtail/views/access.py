"""Which item a screen is about, and that its reader has a part in it."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from ..adapters import ask
from ..publishing import governed_page
from ..refusals import PolicyRefusal


def item_page(request: HttpRequest, page_id: int, *, action: str = "") -> Any:
    """Return the item; whoever has no part in it is told why not *action* (or what waits)."""
    page = governed_page(page_id)
    if page is None:
        raise Http404
    if not page.permissions_for_user(request.user).can_edit():
        raise _no_part(request, page, action)
    return page


def own_item(request: HttpRequest, page_id: int) -> Any:
    """Return the item, or refuse: only its own division submits it and takes it back."""
    page = item_page(request, page_id)
    if not page.permissions_for_user(request.user).may_prepare():
        raise PolicyRefusal.of(ask(page, "prepare", request.user), page.title)
    return page


def _no_part(request: HttpRequest, page: Any, action: str) -> PolicyRefusal:
    """Return the refusal of someone without a part in *page*, which does not tell its title."""
    task_state = page.current_workflow_task_state
    waiting = getattr(task_state.task.specific, "action", "") if task_state else ""
    action = action or waiting or "prepare"
    name = _("item %(number)s of %(unit)s") % {"number": page.pk, "unit": page.owning_unit}
    return PolicyRefusal.of(ask(page, action, request.user), name)
