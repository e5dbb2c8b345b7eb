"""Who keeps a channel: whoever publishes on it, of the unit that owns it (annex 1 step 4)."""

from collections.abc import Sequence
from typing import Any

from otp_policy import Actor, Decision, Item, Question
from otp_policy.wagtail.adapters import Held, actor_for, has_authority, held_in, person
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.refusals import PolicyRefusal

from .models import Delivery


def keeps(user: Any, delivery: Delivery) -> bool:
    """Tell whether *user* may act on *delivery* for the unit that owns its channel."""
    return has_authority(_decide(_asked(user, delivery)))


def require_keeper(user: Any, delivery: Delivery, *also: str) -> Held:
    """
    Return the authority by which *user* acts for the channel's unit.

    Raises:
        PolicyRefusal: With every reason, *also* those that do not lie in the person.
    """
    asked = _asked(user, delivery)
    decision = _decide(asked)
    stranger = not has_authority(decision)
    if stranger or also:
        refuse(delivery, also, findings=decision.reasons if stranger else ())
    return held_in(asked)


def refuse(delivery: Delivery, also: Sequence[str], *, findings: Sequence[Any] = ()) -> None:
    """
    Refuse what was asked of *delivery*.

    Raises:
        PolicyRefusal: Always.
    """
    page = governed_page(delivery.page_id)
    title = page.title if page is not None else str(delivery)
    raise PolicyRefusal(title, findings=findings, also=also)


def _asked(user: Any, delivery: Delivery) -> Question:
    """Return the question; it is of the channel alone, and outlives the item's page."""
    policy, on = current_policy(), office_day()
    page = governed_page(delivery.page_id)
    item = Item(
        id=str(delivery.page_id),
        category=page.disclosure_category if page is not None else next(iter(policy.categories)),
        unit="",
        digest=delivery.publication.digest,
        channel=delivery.channel,
    )
    actor = actor_for(user, on) if user.is_active else Actor(id=person(user))
    return Question(on=on, action="publish", actor=actor, item=item)


def _decide(asked: Question) -> Decision:
    return current_policy().decide(asked)
