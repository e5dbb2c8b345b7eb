"""Turns pages and users into the core's values and asks the policy; nothing else reads both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from otp_policy import Action, Actor, Decision, Delegation, Item, Question
from otp_policy import Post as CorePost
from otp_policy import Slot as CoreSlot
from otp_policy.vocabulary import UrgentMode

from .conf import current_policy, office_day, office_timezone
from .digest import item_digest
from .history import History
from .models.evidence import Approval, Capacity
from .models.lifecycle import UrgentMark
from .models.office import DelegationOrder, Post
from .models.slots import Slot
from .orders import while_held


def person(user: Any) -> str:
    """Return the opaque id by which the core knows *user*."""
    return str(user.pk) if user is not None else ""


def actor_for(user: Any, on: date, *, category: str = "", with_orders: bool = True) -> Actor:
    """
    Return what *user* holds: posts of that day, and every delegation order, in force or not.

    A role that the policy does not know, or knows no longer, carries nothing; nor does an order
    for another category than *category*, if one is given. An order holds only while the person
    who gave it holds the role. Where posts may be enough, the orders need not be read.
    """
    known = list(current_policy().roles)
    # A person's few posts are sorted out here: this is asked at every decision.
    held = Post.objects.filter(user=user).select_related("unit").order_by()
    posts = [post for post in held if post.role in known and post.is_in_force(on)]
    posts.sort(key=lambda post: (post.role, _code(post.unit), post.from_on))
    orders = DelegationOrder.objects.filter(delegate=user, role__in=known).select_related("unit")
    return Actor(
        id=person(user),
        posts=tuple(
            CorePost(role=post.role, unit=_code(post.unit), acting=post.is_acting) for post in posts
        ),
        delegations=tuple(
            Delegation(
                role=order.role,
                unit=_code(order.unit),
                from_on=first,
                until_on=last,
                order=order.number,
            )
            for order, first, last in (while_held(orders, category) if with_orders else ())
        ),
    )


def _code(unit: Any) -> str:
    return unit.code if unit is not None else ""


def channel_keeper(channel: str) -> Actor:
    """Return an actor with the post that publishes on *channel*, and no name."""
    entry = current_policy().channels[channel]
    return Actor(id="", posts=(CorePost(role=entry.publisher_role, unit=entry.owner),))


def open_slots() -> QuerySet[Slot]:
    """Return the slots that still stand, on channels that the policy knows."""
    known = list(current_policy().channels)
    slots = Slot.objects.filter(state__in=Slot.OPEN, channel__in=known)
    return slots.select_related("confirmed_by")


def item_for(
    page: Any,
    *,
    channel: str,
    digest: str,
    contributed_until: datetime | None = None,
    history: History | None = None,
    slots: list[Slot] | None = None,
) -> Item:
    """Return the core's view of *page* with the text that *digest* names."""
    past = history or History.of(page.pk)
    if slots is None:
        slots = list(open_slots().filter(page_id=page.pk or 0))
    unit = getattr(page, "owning_unit", None) if page.owning_unit_id else None
    return Item(
        id=str(page.pk or ""),
        category=page.disclosure_category,
        unit=_code(unit),
        digest=digest,
        contributors=past.contributors(until=contributed_until),
        live=past.is_live,
        live_digest=past.publication.digest if past.publication and past.is_live else "",
        channel=channel,
        slots=tuple(_core_slot(slot) for slot in slots),
        endorsements=past.assents(Approval.Kind.ENDORSE),
        approvals=past.assents(Approval.Kind.APPROVE),
    )


def _core_slot(slot: Slot) -> CoreSlot:
    return CoreSlot(
        channel=slot.channel,
        at=slot.at.astimezone(office_timezone()),
        confirmed_by=str(slot.confirmed_by_id) if slot.is_confirmed else "",
    )


def latest_text(page: Any) -> tuple[Any, str]:
    """Return the latest revision of *page* (or None) and the digest of its text."""
    revision = page.get_latest_revision()
    if revision is None:
        return None, item_digest(page.specific)
    return revision, item_digest(revision.as_object())


def as_drafted(page: Any) -> Any:
    """Return *page* with its latest text: a decision is on that, its owning unit included."""
    revision = page.get_latest_revision()
    return revision.as_object() if revision is not None else page


def question(
    page: Any,
    action: str,
    actor: Actor,
    *,
    digest: str,
    channel: str = "",
    on: date | None = None,
    contributed_until: datetime | None = None,
    history: History | None = None,
    slots: list[Slot] | None = None,
) -> Question:
    """Return the question whether *actor* may take *action* on *page*."""
    channel = channel or current_policy().first_channel
    item = item_for(
        page,
        channel=channel,
        digest=digest,
        contributed_until=contributed_until,
        history=history,
        slots=slots,
    )
    if page.pk and _urgency_matters(action):
        mark = UrgentMark.objects.filter(page_id=page.pk, lifted_at=None).first()
        if mark is not None:
            item = replace(item, urgent=True, urgent_reason=mark.reason)
    return Question(on=on or office_day(), action=action, actor=actor, item=item)


def _urgency_matters(action: str) -> bool:
    """Tell whether an urgent item may get another answer; publishing asks often, and mostly not."""
    urgent = current_policy().urgent
    return action == Action.CORRECT or urgent.mode is not UrgentMode.APPROVE_FIRST


def ask(page: Any, action: str, user: Any, *, digest: str = "", channel: str = "") -> Decision:
    """
    Ask the policy whether *user* may take *action* on *page* today.

    Args:
        page: A specific governed page.
        action: An action of the policy.
        user: An active user of the site; an inactive one holds nothing.
        digest: The text in question; default: the latest draft.
        channel: The channel in question; default: the one that needs no other.
    """
    on = office_day()
    category = page.disclosure_category
    actor = actor_for(user, on, category=category) if user.is_active else Actor(id=person(user))
    digest = digest or (latest_text(page)[1] if page.pk else "sha256:unsaved")
    return current_policy().decide(
        question(page, action, actor, digest=digest, channel=channel, on=on)
    )


# Reasons that speak of the person; the others speak of the item, and pass.
_OF_THE_PERSON = frozenset(
    {"role_missing", "wrong_unit", "delegation_not_in_force", "not_in_force"}
)


def has_authority(decision: Decision) -> bool:
    """Tell whether nothing in the person's way remains, whatever the item still lacks."""
    return _OF_THE_PERSON.isdisjoint(str(finding.code) for finding in decision.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The one authority that carried a decision: a post, or a delegation by an order."""

    role: str
    unit: str
    order: str = ""
    capacity: str = Capacity.HOLDER


def held_authority(page: Any, action: str, user: Any, *, channel: str = "") -> Held:
    """
    Return which of the posts and delegations of *user* carries *action*; a post comes first.

    Raises:
        LookupError: If none does. Ask `ask` first.
    """
    on = office_day()
    actor = actor_for(user, on, category=page.disclosure_category)
    asked = question(page, action, actor, digest="sha256:-", channel=channel, on=on)
    return held_in(asked)


def held_in(asked: Question) -> Held:
    """
    Return which post or delegation of the question's actor carries its action.

    Raises:
        LookupError: If none does.
    """
    for held, actor in _one_by_one(asked.actor):
        if has_authority(current_policy().decide(replace(asked, actor=actor))):
            return held
    raise LookupError(f"`{asked.actor.id}` has no authority to `{asked.action}`")


def _one_by_one(actor: Actor) -> Iterator[tuple[Held, Actor]]:
    for post in sorted(actor.posts, key=lambda post: post.acting):
        capacity = Capacity.ACTING if post.acting else Capacity.HOLDER
        held = Held(role=post.role, unit=post.unit, capacity=capacity)
        yield held, Actor(id=actor.id, posts=(post,))
    for delegation in actor.delegations:
        held = Held(
            role=delegation.role,
            unit=delegation.unit,
            order=delegation.order,
            capacity=Capacity.ASSIGNED,
        )
        yield held, Actor(id=actor.id, delegations=(delegation,))
