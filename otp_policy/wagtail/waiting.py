"""What waits for a person: decisions to take, times to confirm, own items on their way."""

from dataclasses import dataclass, field
from typing import Any

from wagtail.models import TaskState

from .adapters import ask
from .models import Slot, governed_models
from .publishing import governed_page


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, each as a page with what is asked about it."""

    decisions: list[tuple[Any, Any]] = field(default_factory=list)
    slots: list[tuple[Any, Slot]] = field(default_factory=list)
    own: list[Any] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing waits."""
        return not (self.decisions or self.slots or self.own)


def waiting_for(user: Any) -> Waiting:
    """Collect what waits for *user*."""
    found = Waiting()
    for state in TaskState.objects.reviewable_by(user).select_related("task", "workflow_state"):
        page = state.workflow_state.content_object
        if page is not None:
            found.decisions.append((page, state))
    for slot in Slot.objects.filter(state=Slot.State.PROPOSED).order_by("at"):
        page = governed_page(slot.page_id)
        if page and ask(page, "confirm_slot", user, channel=slot.channel).allowed:
            found.slots.append((page, slot))
    for slot in Slot.objects.filter(state=Slot.State.COUNTERED).order_by("at"):
        page = governed_page(slot.page_id)
        if page and ask(page, "propose_slot", user, channel=slot.channel).allowed:
            found.slots.append((page, slot))
    found.own.extend(own_drafts(user))
    return found


def own_drafts(user: Any, limit: int = 20) -> list[Any]:
    """Return the items of *user* that are not live as they stand, the latest first."""
    pages = [
        page
        for model in governed_models()
        for page in model.objects.filter(owner=user, has_unpublished_changes=True).order_by(
            "-latest_revision_created_at"
        )[:limit]
    ]
    pages.sort(key=lambda page: str(page.latest_revision_created_at or ""), reverse=True)
    return pages[:limit]
