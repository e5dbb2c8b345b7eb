"""Turns pages and users into the core's values and asks the policy; nothing else reads both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from otp_policy import Actor, Assent, Decision, Delegation, Item, Question
from otp_policy import Post as CorePost
from otp_policy import Slot as CoreSlot

from .conf import current_policy, office_day, office_timezone
from .digest import item_digest
from .models.evidence import Approval, Contribution, Publication
from .models.office import DelegationOrder, Post
from .models.slots import Slot


def person(user: Any) -> str:
    """Return the opaque id by which the core knows *user*."""
    return str(user.pk) if user is not None else ""


def actor_for(user: Any, on: date) -> Actor:
    """Return what *user* holds: posts of that day, and every delegation order, in force or not."""
    posts = Post.objects.in_force(on).filter(user=user).select_related("unit")
    orders = DelegationOrder.objects.filter(delegate=user).select_related("unit")
    return Actor(
        id=person(user),
        posts=tuple(CorePost(role=post.role, unit=_code(post.unit)) for post in posts),
        delegations=tuple(
            Delegation(
                role=order.role,
                unit=_code(order.unit),
                from_on=order.from_on,
                until_on=order.until_on,
                order=order.number,
            )
            for order in orders
        ),
    )


def _code(unit: Any) -> str:
    return unit.code if unit is not None else ""


def channel_keeper(channel: str) -> Actor:
    """Return an actor with the post that publishes on *channel*, and no name."""
    entry = current_policy().channels[channel]
    return Actor(id="", posts=(CorePost(role=entry.publisher_role, unit=entry.owner),))


def last_publication(page_id: int) -> Publication | None:
    """Return the latest publication of the page, ended or not."""
    return Publication.objects.filter(page_id=page_id).order_by("at", "pk").last()


def standing_approval(page_id: int) -> Approval | None:
    """Return the latest approval that no publication has used up, or None."""
    approvals = Approval.objects.filter(page_id=page_id, kind=Approval.Kind.APPROVE)
    published = last_publication(page_id)
    if published is not None:
        approvals = approvals.filter(at__gt=published.at)
    return approvals.order_by("at", "pk").last()


def contributors(page_id: int, *, until: datetime | None = None) -> tuple[str, ...]:
    """
    Return who worked on the item since the last approval before *until* (default: before now).

    Every contributor counts, not the last editor alone.
    """
    approvals = Approval.objects.filter(page_id=page_id, kind=Approval.Kind.APPROVE)
    rows = Contribution.objects.filter(page_id=page_id)
    if until is not None:
        approvals = approvals.filter(at__lt=until)
        rows = rows.filter(at__lte=until)
    since = approvals.order_by("at", "pk").last()
    if since is not None:
        rows = rows.filter(at__gt=since.at)
    return tuple(sorted({str(key) for key in rows.values_list("user_id", flat=True)}))


def _assents(page_id: int, kind: str, after: datetime | None) -> tuple[Assent, ...]:
    rows = Approval.objects.filter(page_id=page_id, kind=kind)
    if after is not None:
        rows = rows.filter(at__gt=after)
    return tuple(Assent(by=str(row.by_id), digest=row.digest) for row in rows)


def item_for(
    page: Any, *, channel: str, digest: str, contributed_until: datetime | None = None
) -> Item:
    """Return the core's view of *page* with the text that *digest* names."""
    published = last_publication(page.pk) if page.pk else None
    after = published.at if published else None
    slots = Slot.objects.filter(page_id=page.pk, state__in=Slot.OPEN) if page.pk else ()
    unit = getattr(page, "owning_unit", None) if page.owning_unit_id else None
    return Item(
        id=str(page.pk or ""),
        category=page.disclosure_category,
        unit=_code(unit),
        digest=digest,
        contributors=contributors(page.pk, until=contributed_until) if page.pk else (),
        live=bool(published and published.ended_at is None),
        live_digest=published.digest if published and published.ended_at is None else "",
        channel=channel,
        slots=tuple(_core_slot(slot) for slot in slots),
        endorsements=_assents(page.pk, Approval.Kind.ENDORSE, after) if page.pk else (),
        approvals=_assents(page.pk, Approval.Kind.APPROVE, after) if page.pk else (),
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


def question(
    page: Any,
    action: str,
    actor: Actor,
    *,
    digest: str,
    channel: str = "",
    on: date | None = None,
    contributed_until: datetime | None = None,
) -> Question:
    """Return the question whether *actor* may take *action* on *page*."""
    channel = channel or current_policy().first_channel
    item = item_for(page, channel=channel, digest=digest, contributed_until=contributed_until)
    return Question(on=on or office_day(), action=action, actor=actor, item=item)


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
    actor = actor_for(user, on) if user.is_active else Actor(id=person(user))
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


def held_authority(page: Any, action: str, user: Any, *, channel: str = "") -> Held:
    """
    Return which of the posts and delegations of *user* carries *action*; a post comes first.

    Raises:
        LookupError: If none does. Ask `ask` first.
    """
    on = office_day()
    asked = question(page, action, actor_for(user, on), digest="sha256:-", channel=channel, on=on)
    for held, actor in _one_by_one(asked.actor):
        if has_authority(current_policy().decide(replace(asked, actor=actor))):
            return held
    raise LookupError(f"`{user}` has no authority to `{action}`")


def _one_by_one(actor: Actor) -> Iterator[tuple[Held, Actor]]:
    for post in actor.posts:
        yield Held(role=post.role, unit=post.unit), Actor(id=actor.id, posts=(post,))
    for delegation in actor.delegations:
        held = Held(role=delegation.role, unit=delegation.unit, order=delegation.order)
        yield held, Actor(id=actor.id, delegations=(delegation,))
