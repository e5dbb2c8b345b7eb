"""Decisions on several items in one go, each taken as a single one is, and each difference seen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState

from .adapters import latest_text
from .comparison import Comparison, compare_item
from .history import last_publication
from .messages import under_step
from .models import PolicyTask
from .publishing import governed_page
from .refusals import PolicyRefusal
from .shown_differences import proof_of_showing, was_shown
from .waiting import Waits, waiting_for

__all__ = ["Asked", "Shown", "decidable", "decide_each", "show"]

DIFFERENCE_NOT_SHOWN = under_step(
    _("You were not shown what this text changes. Open its difference, read it, and decide again."),
    "approve",
)
NOT_WAITING = under_step(
    _("This item does not wait for your decision. Open it to see who has it now."), "approve"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a form says of one item: the text, and the proof that its difference was shown.

    `notices` are the channels on which a notice is wanted, as in `decisions.decide_on`.
    """

    page_id: int
    digest: str
    proof: str
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """The difference of one item, the digest of its text, and the proof of its showing."""

    page: Any
    comparison: Comparison
    digest: str
    proof: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a decision on several: titles that went through, refusals by item."""

    decided: list[str] = field(default_factory=list)
    refused: dict[int, PolicyRefusal] = field(default_factory=dict)


def decidable(user: Any) -> list[Waits]:
    """Return what waits for the decision of *user* under a step of the policy."""
    return [
        row
        for row in waiting_for(user).decisions
        if row.task_state is not None and hasattr(row.task_state.task, "policytask")
    ]


def show(user: Any, page_id: int) -> Shown | None:
    """Return the difference of an item, with the proof that *user* is being shown it."""
    page = governed_page(page_id)
    if page is None:
        return None
    revision, digest = latest_text(page)
    draft = revision.as_object() if revision else page
    comparison = compare_item(page, draft, digest=digest)
    proof = proof_of_showing(user, page_id, digest=digest, live_digest=comparison.live_digest)
    return Shown(page, comparison, digest, proof)


def decide_each(user: Any, asked: Sequence[Asked], *, comment: str = "") -> Outcome:
    """Endorse or approve each item that was *asked* for; one refusal keeps no other back."""
    outcome = Outcome()
    waiting = {row.item.page_id: row for row in decidable(user)}
    for one in asked:
        try:
            outcome.decided.append(_decide(user, one, waiting.get(one.page_id), comment=comment))
        except PolicyRefusal as refusal:
            outcome.refused[one.page_id] = refusal
    return outcome


def _decide(user: Any, asked: Asked, row: Waits | None, *, comment: str) -> str:
    """
    Take one decision, and return the item's title.

    Raises:
        PolicyRefusal: Like a single decision, and if the difference was not shown.
    """
    if row is None or row.task_state is None:
        raise PolicyRefusal(str(asked.page_id), also=[NOT_WAITING])
    live = last_publication(asked.page_id)
    live_digest = live.digest if live and live.ended_at is None else ""
    shown = was_shown(
        asked.proof, user, asked.page_id, digest=asked.digest, live_digest=live_digest
    )
    if not shown:
        raise PolicyRefusal(row.item.title, also=[DIFFERENCE_NOT_SHOWN])
    state: TaskState = row.task_state
    task: PolicyTask = state.task.specific
    given = {"digest": asked.digest, "comment": comment, "notices": asked.notices}
    task.on_action(state.specific, user, "approve", **given)
    return row.item.title
