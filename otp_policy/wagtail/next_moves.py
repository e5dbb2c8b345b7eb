"""What an item waits for and who holds it, in sentences: the first thing that its screen says."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from .conf import current_policy, office_day
from .decisions import VERBS
from .item_state import ChannelRow, ItemState
from .models import Approval, PolicyTask, Slot
from .models.choices import label_of
from .standing import awaits_ratification
from .wording import office_datetime


def next_moves(state: ItemState) -> list[str]:
    """Return what *state* waits for: the text first, then the channels whose time is open."""
    moves = [move for move in (_about_text(state), *about_times(state)) if move]
    return moves or [gettext("Nothing waits here: the public reads the text as approved.")]


def decision_wanted(page: Any, task: Any) -> str:
    """Return the decision and the roles that take it, such as “Approve: Division director”."""
    if not isinstance(task, PolicyTask):
        # A step that somebody added by hand: the policy knows nothing of it.
        return str(task.name)
    return decision_words(task.action, page.specific.disclosure_category)


def decision_words(action: str, category: str) -> str:
    """Return a step and the roles that take it for items of *category*."""
    roles = current_policy().roles_for(action, category, on=office_day())
    names = " / ".join(label_of("roles", role) for role in sorted(roles))
    return f"{VERBS[Approval.Kind(action)]}: {names}"


def _about_text(state: ItemState) -> str:
    if state.task_state is not None:
        wanted = decision_wanted(state.page, state.task_state.task.specific)
        return gettext("The text waits for a decision. %(decision)s.") % {"decision": wanted}
    if state.live and not state.live_differs:
        return _about_what_stands_behind(state)
    if state.approved:
        return gettext("The text is approved.")
    if state.changes_asked:
        return gettext("Changes are asked for. The division edits the text and submits it again.")
    return gettext("The text is not submitted yet. The division submits it for approval.")


def _about_what_stands_behind(state: ItemState) -> str:
    if not awaits_ratification(state.page):
        return ""
    return gettext(
        "It went out in an emergency. The division submits it, so that its approval follows."
    )


def about_times(state: ItemState) -> Iterator[str]:
    """Yield where the time of each channel stands."""
    done = state.live and not state.live_differs
    for row in state.channels:
        if row.slot is not None:
            yield _about_slot(row, row.slot, done=done)
        elif not done and not row.used:
            yield gettext("%(channel)s: no time is agreed. The division proposes one.") % {
                "channel": label_of("channels", row.code)
            }


def _about_slot(row: ChannelRow, slot: Slot, *, done: bool) -> str:
    words = {
        "channel": label_of("channels", row.code),
        "unit": row.owner,
        "time": office_datetime(slot.at),
        "reason": slot.note,
    }
    sentences = {
        Slot.State.PROPOSED: gettext("%(channel)s: %(unit)s has to answer the time %(time)s."),
        Slot.State.COUNTERED: gettext(
            "%(channel)s: %(unit)s proposes %(time)s instead. The division has to answer."
        ),
        Slot.State.CONFIRMED: gettext("%(channel)s: goes out at %(time)s.")
        if done
        else gettext("%(channel)s: goes out at %(time)s once approved."),
        Slot.State.HELD: gettext("%(channel)s: %(unit)s holds it back. Reason: %(reason)s"),
    }
    return sentences[Slot.State(slot.state)] % words
