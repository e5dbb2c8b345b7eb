"""
Remembers an opened break-glass, and the pages that wait for its end to go live.

The gate knows no exception: nothing goes live by a save inside it either. What a save would make
public is stored as not live and noted here; at the end `break_glass` gives each its publication.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

from wagtail.models import AbstractPage, Page

from .held import Held


@dataclass(slots=True, kw_only=True)
class Opening:
    """One opened break-glass: who, why, and which pages it has to publish at its end."""

    by: Any
    second: Any
    reason: str
    held: Held
    started_seq: int = 0
    thread: int = field(default_factory=get_ident)
    is_open: bool = True
    # In the order in which they came; by key.
    page_ids: dict[int, None] = field(default_factory=dict)
    saving: list[Any] = field(default_factory=list)


opening: ContextVar[Opening | None] = ContextVar("otp_policy_break_glass", default=None)


def current() -> Opening | None:
    """Return what is open here and now: not in another thread, nor in a copy of this context."""
    found = opening.get()
    return found if found and found.is_open and found.thread == get_ident() else None


def hold_back(instance: Any, saved: list[Any]) -> bool:
    """Store *instance* as not live for now, if break-glass is open; it goes live at the end."""
    found = current()
    if found is None:
        return False
    if any(field.name == "live" for field in saved):
        instance.live = False
        found.saving.append(instance)
    else:
        Page.objects.filter(pk=instance.pk).update(live=False)
        found.page_ids[instance.pk] = None
    return True


def note_saved(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Tell the caller's object again that it is to be live, and remember its key."""
    found = current()
    if found is None or not isinstance(instance, AbstractPage):
        return
    kept = [one for one in found.saving if one is not instance]
    if len(kept) < len(found.saving):
        found.saving = kept
        found.page_ids[instance.pk] = None
        instance.live = True


def let_go(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Forget a page that was taken down again before the end."""
    found = current()
    if found is not None:
        found.page_ids.pop(instance.pk, None)
