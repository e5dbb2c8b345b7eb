"""What the item's screen shows: its six steps, where it stands, and who is asked next."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import TaskState

from .adapters import latest_text
from .conf import current_policy
from .history import History
from .labels import in_language
from .models import Approval, LedgerEntry, Slot
from .models.choices import label_of


@dataclass(frozen=True, slots=True)
class StepRow:
    """One of the six steps, for one item."""

    number: int
    label: str
    clause: str
    responsible: str
    state: str  # done | current | waiting


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel of an item: its slot, and whose it is."""

    code: str
    owner: str
    slot: Slot | None
    used: Slot | None


@dataclass(frozen=True, slots=True)
class ChangesAsked:
    """The last decision was to ask for changes: by whom, and which."""

    by: Any
    comment: str


@dataclass(frozen=True, slots=True)
class ItemState:
    """Where an item stands."""

    page: Any
    draft: Any
    texts: dict[str, str]
    digest: str
    live: bool
    live_differs: bool
    task_state: TaskState | None
    changes_asked: ChangesAsked | None
    approvals: list[Approval]
    approved: bool
    channels: list[ChannelRow]
    steps: list[StepRow]
    history: list[LedgerEntry]
    contributors: tuple[str, ...]


def item_state(page: Any) -> ItemState:
    """Collect where *page* stands."""
    revision, digest = latest_text(page)
    draft = revision.as_object() if revision else page
    past = History.of(page.pk)
    published, live = past.publication, past.is_live
    approval = past.standing_approval()
    approved = approval is not None and approval.digest == digest
    channels = _channels(page)
    done = {
        1: True,
        2: any(row.slot and row.slot.is_confirmed for row in channels)
        or (live and published.digest == digest),
        3: approved or (live and published.digest == digest),
        4: live and published.digest == digest,
    }
    return ItemState(
        page=page,
        draft=draft,
        texts=draft.channel_texts(),
        digest=digest,
        live=live,
        live_differs=live and published.digest != digest,
        task_state=page.current_workflow_task_state,
        changes_asked=_changes_asked(page),
        approvals=list(
            Approval.objects.filter(page_id=page.pk).select_related("by", "paper__recorded_by")
        ),
        approved=approved,
        channels=channels,
        steps=step_rows(done),
        history=list(LedgerEntry.objects.filter(page_id=page.pk).order_by("-seq")[:30]),
        contributors=past.contributors(),
    )


def _changes_asked(page: Any) -> ChangesAsked | None:
    state = page.current_workflow_state
    if state is None or state.status != state.STATUS_NEEDS_CHANGES:
        return None
    last = state.current_task_state
    return ChangesAsked(last.finished_by, last.comment) if last else None


def _channels(page: Any) -> list[ChannelRow]:
    slots = Slot.objects.filter(page_id=page.pk).select_related("proposed_by", "confirmed_by")
    open_slots = {slot.channel: slot for slot in slots if slot.state in Slot.OPEN}
    used = {slot.channel: slot for slot in slots if slot.state == Slot.State.USED}
    return [
        ChannelRow(code, label_of("units", channel.owner), open_slots.get(code), used.get(code))
        for code, channel in current_policy().channels.items()
    ]


def step_rows(done: dict[int, bool]) -> list[StepRow]:
    """Return the six steps; the first that is not *done* is the current one."""
    current = next((number for number in range(1, 5) if not done[number]), 0)
    rows = []
    for step in current_policy().steps:
        state = "current" if step.number == current else "waiting"
        rows.append(
            StepRow(
                number=step.number,
                label=in_language(step.label),
                clause=step.clause,
                responsible=in_language(step.responsible),
                state="done" if done.get(step.number) else state,
            )
        )
    return rows
