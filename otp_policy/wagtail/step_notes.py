"""For each of the six steps: what is missing, why, and who has it now, with the clauses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy import Finding

from .conf import current_policy
from .holders import people_who_may
from .item_state import ItemState, StepRow, step_rows
from .messages import explain_all, under_step
from .models import Slot
from .next_moves import about_times, decision_wanted
from .screening import UNANSWERED, unanswered
from .wording import office_datetime, person_name

__all__ = ["StepNotes", "steps_with_notes", "unsaved_steps"]

NOT_SUBMITTED = under_step(
    _("The text is not submitted for approval yet. Its division submits it."), "approve"
)
NOT_APPROVED = under_step(_("The text is not approved yet."), "approve")
NOT_LIVE = _("Nothing is live yet, so there is nothing to correct.")


@dataclass(frozen=True, slots=True)
class StepNotes:
    """
    One of the six steps.

    `missing` is what it still lacks, each with its clause and what to do; `known` what is known
    of it; `people` who may take it today, by name.
    """

    row: StepRow
    missing: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def steps_with_notes(state: ItemState, findings: Sequence[Finding]) -> list[StepNotes]:
    """
    Return the six steps of an item, with what each lacks.

    Args:
        state: Where the item stands.
        findings: What the policy says still stands in the way of publishing the draft.
    """
    steps = {step.number: step for step in current_policy().steps}
    notes = []
    for row in state.steps:
        actions = {str(action) for action in steps[row.number].actions}
        noted = [note(state, findings) for action, note in _NOTES.items() if action in actions]
        notes.append(replace(noted[0], row=row) if noted else StepNotes(row))
    return notes


def unsaved_steps() -> list[StepNotes]:
    """Return the six steps of an item that is not saved yet: it is in the first."""
    return [StepNotes(row) for row in step_rows(dict.fromkeys(range(1, 5), False))]


def _preparation(state: ItemState, findings: Sequence[Finding]) -> StepNotes:
    """The text, its screen for personal data, and the changes that were asked for."""
    missing = [str(UNANSWERED)] if unanswered(state.draft) else []
    known = []
    if state.changes_asked:
        words = {
            "person": person_name(state.changes_asked.by),
            "comment": state.changes_asked.comment or gettext("No comment was given."),
        }
        known.append(gettext("%(person)s asks for changes: “%(comment)s”") % words)
    return StepNotes(state.steps[0], tuple(missing), tuple(known))


def _times(state: ItemState, findings: Sequence[Finding]) -> StepNotes:
    """The time of each channel, and who answers one that is proposed (annex 1 step 2)."""
    is_out = state.live and not state.live_differs
    missing = [] if is_out else explain_all(_of(findings, "slot_"))
    people: list[Any] = []
    for channel in state.channels:
        if channel.slot is not None and channel.slot.state == Slot.State.PROPOSED:
            people += people_who_may("confirm_slot", state.draft, channel=channel.code)
    return StepNotes(state.steps[0], tuple(missing), tuple(about_times(state)), _named(people))


def _decision(state: ItemState, findings: Sequence[Finding]) -> StepNotes:
    """Endorsement and approval of the draft (annex 1 step 3)."""
    if state.live and not state.live_differs:
        return StepNotes(state.steps[0], known=_given(state))
    if state.task_state is None:
        missing = explain_all([*_of(findings, "approval_"), *_of(findings, "endorsement_")])
        unsent = not state.approved and not state.changes_asked
        missing = [*missing, str(NOT_SUBMITTED)] if unsent else missing
        return StepNotes(state.steps[0], tuple(missing), _given(state))
    task = state.task_state.task.specific
    wanted = gettext("Waits since %(time)s. %(decision)s.") % {
        "time": office_datetime(state.task_state.started_at),
        "decision": decision_wanted(state.page, task),
    }
    action = getattr(task, "action", "")
    people = people_who_may(action, state.draft, except_for=state.contributors) if action else []
    # It is submitted: to ask for that again, as the policy's own answer does, would mislead.
    missing = (str(NOT_APPROVED),)
    return StepNotes(state.steps[0], missing, (*_given(state), wanted), _named(people))


def _given(state: ItemState) -> tuple[str, ...]:
    """Return who endorsed and approved the draft as it stands."""
    return tuple(
        f"{row.get_kind_display()}: {person_name(row.by)}, {office_datetime(row.at)}"
        for row in state.approvals
        if row.digest == state.digest
    )


def _publication(state: ItemState, findings: Sequence[Finding]) -> StepNotes:
    """What keeps the draft from the website beyond its time and its approval (annex 1 step 4)."""
    if state.live and not state.live_differs:
        return StepNotes(state.steps[0], known=(gettext("The public reads this text."),))
    others = [f for f in findings if not str(f.code).startswith(_OF_OTHER_STEPS)]
    known = ()
    if state.live:
        known = (gettext("The public still reads the earlier text."),)
    return StepNotes(state.steps[0], tuple(explain_all(others)), known)


def _correction(state: ItemState, findings: Sequence[Finding]) -> StepNotes:
    """Corrections of what is live: each takes the steps again (annex 1 step 5)."""
    if not state.live:
        return StepNotes(state.steps[0], known=(str(NOT_LIVE),))
    if state.live_differs:
        return StepNotes(
            state.steps[0], known=(gettext("This draft is a correction of what is live."),)
        )
    return StepNotes(state.steps[0])


_OF_OTHER_STEPS = ("slot_", "approval_", "endorsement_")
# By an action of the step; the policy says which step that is.
_NOTES = {
    "prepare": _preparation,
    "confirm_slot": _times,
    "approve": _decision,
    "publish": _publication,
    "correct": _correction,
}


def _of(findings: Sequence[Finding], prefix: str) -> list[Finding]:
    return [finding for finding in findings if str(finding.code).startswith(prefix)]


def _named(people: Sequence[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person_name(user) for user in people))
