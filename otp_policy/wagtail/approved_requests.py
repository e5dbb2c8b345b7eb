"""
What is approved like a text and is none: that an item is withdrawn, or was found still right.

Such a request has a `digest` that decisions are bound to, and `decisions`, each of a `kind`
(`endorse`, `approve`, `reject`) by somebody. The same people decide on it in the same steps as on a
correction (annex 1 step 5).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, Protocol

from otp_policy import Assent, Question

from .adapters import actor_for, person, question
from .conf import current_policy, office_day

__all__ = ["DecidedOn", "question_about", "step_waited_for"]

_NO_TEXT = "sha256:-"


class DecidedOn(Protocol):
    """A request with the decisions on it."""

    digest: str
    decisions: Any


def step_waited_for(request: DecidedOn, category: str) -> str:
    """Return the step that a request about an item of *category* waits for."""
    steps = current_policy().approval_steps(category, on=office_day())
    given = {row.kind for row in request.decisions.all()}
    return next((step for step in steps if step not in given), steps[-1])


def question_about(
    page: Any,
    action: str,
    user: Any,
    *,
    request: DecidedOn | None = None,
    contributors: Collection[str] = (),
) -> Question:
    """
    Return the policy's question whether *user* may take *action*.

    Args:
        request: What is decided on; None for whoever makes one.
        contributors: Who had a hand in the request: nobody decides on the own one.
    """
    on = office_day()
    # An order may be for one category alone.
    held = actor_for(user if user.is_active else None, on, category=page.disclosure_category)
    actor = replace(held, id=person(user))
    if request is None:
        return question(page, action, actor, digest=_NO_TEXT, on=on)
    asked = question(page, action, actor, digest=request.digest, on=on)
    # What was decided on another wording counts for nothing.
    rows = [row for row in request.decisions.all() if row.digest == request.digest]
    item = replace(
        asked.item,
        contributors=tuple(contributors),
        endorsements=_assents(rows, "endorse"),
        approvals=_assents(rows, "approve"),
    )
    return replace(asked, item=item)


def _assents(rows: Iterable[Any], kind: str) -> tuple[Assent, ...]:
    return tuple(Assent(by=str(row.by_id), digest=row.digest) for row in rows if row.kind == kind)
