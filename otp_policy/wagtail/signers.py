"""Who may sign the memo of an item: everyone who holds, or held, a role that carries its step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext

from otp_policy import Actor, Delegation, Question
from otp_policy import Post as CorePost

from .adapters import has_authority, question
from .conf import current_policy, office_day
from .models.evidence import Capacity
from .models.office import DelegationOrder, Post
from .orders import while_held
from .wording import authority_words, office_date, person_name


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone who holds a role of the step, by a post or an order, and on which days."""

    user: Any
    words: str
    fits: bool
    holds_today: bool


def signers(page: Any, action: str) -> list[Signer]:
    """
    Return who holds or held a role that carries *action* on *page*, those whom it names first.

    Three queries, however many people the office has.
    """
    roles = current_policy().roles_for(action, page.disclosure_category, on=office_day())
    asked = question(page, action, Actor(id=""), digest="sha256:-")
    found = [*_by_post(roles, asked), *_by_order(roles, asked)]
    return sorted(found, key=lambda one: (not one.holds_today, not one.fits, one.words))


def _by_post(roles: frozenset[str], asked: Question) -> Iterator[Signer]:
    for post in Post.objects.filter(role__in=roles).select_related("user", "unit"):
        unit = post.unit.code if post.unit else ""
        actor = Actor(id="", posts=(CorePost(role=post.role, unit=unit, acting=post.is_acting),))
        capacity = Capacity.ACTING if post.is_acting else Capacity.HOLDER
        words = authority_words(post.role, post.unit or "", capacity)
        yield _signer(post.user, words, actor, asked, post.from_on, post.until_on)


def _by_order(roles: frozenset[str], asked: Question) -> Iterator[Signer]:
    orders = DelegationOrder.objects.filter(role__in=roles).select_related("delegate", "unit")
    for order, first, last in while_held(orders, asked.item.category):
        unit = order.unit.code if order.unit else ""
        one = Delegation(role=order.role, unit=unit, from_on=asked.on, until_on=asked.on)
        actor = Actor(id="", delegations=(one,))
        words = authority_words(order.role, order.unit or "", Capacity.ASSIGNED, order.number)
        if first <= last:
            yield _signer(order.delegate, words, actor, asked, first, last)


def _signer(
    user: Any, words: str, actor: Actor, asked: Question, first: date, last: date | None
) -> Signer:
    fits = has_authority(current_policy().decide(replace(asked, actor=actor)))
    in_force = first <= asked.on and (last is None or last >= asked.on)
    words = f"{person_name(user)} · {words}"
    if not in_force:
        days = {"first": office_date(first), "last": office_date(last) or "–"}
        words = gettext("%(words)s (from %(first)s until %(last)s)") % {"words": words, **days}
    return Signer(user, words, fits, fits and in_force)
