"""
When somebody leaves: what they hold, and who takes it over or that it is set free.

The announcement is silent on it. Nothing changes hands by itself, for each is a decision of its
own: a time that somebody confirmed is held for another to confirm, an order ends with the post of
whoever gave it, and drafts go to a named successor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page

from .adapters import person
from .conf import office_day
from .messages import confirmer_left
from .models import DelegationOrder, Post, Slot, governed_models
from .publishing import governed_page
from .recording import record
from .signals import slot_withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What somebody holds: entries that are not over, drafts, and times that are not used yet."""

    posts: list[Post]
    orders_given: list[DelegationOrder]
    orders_received: list[DelegationOrder]
    drafts: list[Any]
    slots: list[tuple[Any, Slot]]

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to hand over."""
        return not any(
            (self.posts, self.orders_given, self.orders_received, self.drafts, self.slots)
        )


def connect() -> None:
    """Connect the receivers, once."""
    post_save.connect(
        hold_when_deactivated, sender=get_user_model(), dispatch_uid="otp_policy.deactivated"
    )


def holdings(user: Any) -> Holdings:
    """Return all that *user* holds today or from a later day on."""
    orders = DelegationOrder.objects.filter(until_on__gte=office_day())
    orders = orders.select_related("unit", "delegator", "delegate")
    slots = Slot.objects.filter(confirmed_by=user, state=Slot.State.CONFIRMED).order_by("at")
    pages = Page.objects.in_bulk({slot.page_id for slot in slots})
    return Holdings(
        posts=list(_not_over(user).select_related("unit")),
        orders_given=list(orders.filter(delegator=user)),
        orders_received=list(orders.filter(delegate=user)),
        drafts=_drafts(user),
        slots=[(pages.get(slot.page_id), slot) for slot in slots],
    )


def _not_over(user: Any) -> Any:
    return Post.objects.filter(Q(until_on=None) | Q(until_on__gte=office_day()), user=user)


def _drafts(user: Any) -> list[Any]:
    """Return the items of *user* that are not live as they stand, or wait for a decision."""
    return [
        page
        for model in governed_models()
        for page in model.objects.filter(owner=user, has_unpublished_changes=True).order_by("pk")
    ]


@transaction.atomic
def hand_over(
    user: Any,
    *,
    by: Any,
    last_on: date,
    successor: Any = None,
    takes_posts: bool = False,
    as_acting: bool = True,
    reason: str = "",
) -> None:
    """
    End what *user* holds on *last_on*, and give it to *successor* or set it free.

    Args:
        user: Who leaves.
        by: Who carries it out, on record.
        last_on: The last day on which the posts hold; today or later.
        successor: Who gets the drafts and, if *takes_posts*, the posts from the next day on.
        takes_posts: Whether the successor holds the posts; delegation orders are never passed on.
        as_acting: Whether the successor acts in the posts, or is their holder.
        reason: Why; kept in the ledger.
    """
    held = holdings(user)
    for post in held.posts:
        if successor is not None and takes_posts:
            _pass_on(post, successor, last_on=last_on, as_acting=as_acting)
        _end(post, last_on)
    for order in (*held.orders_given, *held.orders_received):
        _end(order, last_on)
    if successor is not None:
        keys = [page.pk for page in held.drafts]
        Page.objects.filter(pk__in=keys).update(owner=successor)
    freed = list(hold_slots_of(user, by=by, after=last_on))
    record(
        "hand_over",
        user=by,
        of={"id": person(user), "username": user.get_username()},
        to={"id": person(successor), "username": successor.get_username()} if successor else None,
        last_on=last_on.isoformat(),
        drafts=[page.pk for page in held.drafts],
        slots=[slot.pk for slot in freed],
        note=" ".join(filter(None, [user.get_username(), reason])),
    )


def _pass_on(post: Post, successor: Any, *, last_on: date, as_acting: bool) -> None:
    Post.objects.create(
        user=successor,
        role=post.role,
        unit=post.unit,
        is_acting=as_acting or post.is_acting,
        from_on=max(last_on + timedelta(days=1), post.from_on),
        until_on=post.until_on,
    )


def _end(entry: Any, last_on: date) -> None:
    """End *entry* on *last_on*; take back what would only begin later."""
    if entry.from_on > last_on and not entry.has_begun:
        entry.delete()
    elif entry.until_on is None or entry.until_on > last_on:
        entry.until_on = last_on
        entry.save()


def hold_slots_of(user: Any, *, by: Any, after: date | None = None) -> Iterator[Slot]:
    """
    Hold each time that *user* confirmed and that comes after the day *after*; yield it.

    Confirming is a person's order to publish then. Held, it is one press of a button for whoever
    owns the channel to confirm it again.
    """
    slots = Slot.objects.select_for_update(of=("self",)).filter(
        confirmed_by=user, state=Slot.State.CONFIRMED
    )
    for slot in slots:
        if after is not None and office_day(slot.at) <= after:
            continue
        slot.state, slot.note = Slot.State.HELD, confirmer_left(user)
        slot.save()
        record("hold_slot", user=by, page_id=slot.page_id, channel=slot.channel, note=slot.note)
        page = governed_page(slot.page_id)
        if page is not None:
            slot_withheld.send(sender=Slot, page=page, slot=slot)
        yield slot


def hold_when_deactivated(
    sender: Any, instance: Any, created: bool, update_fields: Any = None, **kwargs: Any
) -> None:
    """Hold the confirmed times of an account that is closed: it gives no order any more."""
    if created or instance.is_active:
        return
    if update_fields is not None and "is_active" not in update_fields:
        return
    with transaction.atomic():
        list(hold_slots_of(instance, by=get_active_log_context().user))
