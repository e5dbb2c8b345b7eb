"""In which capacity somebody acted, for the ledger; also where no decision rests on it."""

import json
from typing import Any

from .adapters import Held, actor_for, held_authority
from .conf import current_policy, office_day
from .models.evidence import Capacity, LedgerEntry

NOTHING_HELD = Held(role="", unit="")
# How far back an open slot's confirmation is looked for: one that stands is among the latest.
_LATEST = 50


def held_for(page: Any, *actions: str, user: Any, channel: str = "") -> dict[str, str]:
    """
    Return role, unit and order by which *user* takes the first of *actions* that is theirs.

    All empty for nobody and for whoever acts without a role, such as a superuser.
    """
    if user is None:
        return as_row(NOTHING_HELD)
    if not hasattr(page, "owning_unit_id"):
        page = page.specific  # Wagtail hands over the base row
    for action in actions:
        try:
            return as_row(held_authority(page, action, user, channel=channel))
        except LookupError:
            continue
    return as_row(NOTHING_HELD)


def as_row(held: Held) -> dict[str, str]:
    """Return *held* as the ledger takes it."""
    return {
        "role": held.role,
        "unit": held.unit,
        "order": held.order,
        "capacity": str(held.capacity) if held.role else "",
    }


def held_at_confirmation(page_id: int, channel: str) -> dict[str, str]:
    """
    Return in which capacity the open slot on *channel* was confirmed, as the ledger has it.

    What goes out later goes out by that order, in that person's name.
    """
    return held_at_confirmations(page_id).get(channel, as_row(NOTHING_HELD))


def held_at_confirmations(page_id: int) -> dict[str, dict[str, str]]:
    """Return by channel what `held_at_confirmation` returns for one, in one query."""
    rows = LedgerEntry.objects.filter(page_id=page_id, action__in=("confirm_slot", "send_now"))
    found: dict[str, dict[str, str]] = {}
    for row in rows.order_by("-seq")[:_LATEST]:
        body = json.loads(row.body)
        held = {name: body.get(name, "") for name in as_row(NOTHING_HELD)}
        found.setdefault(body.get("channel", ""), held)
    return found


def held_of_those_who_answer(user: Any) -> Held | None:
    """
    Return by which post or order in force today *user* approves, or publishes on the website.

    None for everybody else, superusers included.
    """
    policy, on = current_policy(), office_day()
    if user is None or not user.is_active or not policy.is_in_force(on):
        return None
    website = policy.channels[policy.first_channel]
    approving = policy.roles_for("approve", on=on)
    actor = actor_for(user, on)
    for post in actor.posts:
        if post.role in approving or (post.role, post.unit) == (
            website.publisher_role,
            website.owner,
        ):
            capacity = Capacity.ACTING if post.acting else Capacity.HOLDER
            return Held(role=post.role, unit=post.unit, capacity=capacity)
    for given in actor.delegations:
        if (
            given.role in approving
            and policy.roles[given.role].delegable
            and given.from_on <= on <= given.until_on
        ):
            return Held(
                role=given.role,
                unit=given.unit,
                order=given.order,
                capacity=Capacity.ASSIGNED,
            )
    return None
