"""What the item's screen shows: its six steps, where it stands, and who is asked next."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import TaskState

from .adapters import contributors, last_publication, latest_text, standing_approval
from .conf import current_policy
from .models import Approval, LedgerEntry, Slot
from .models.choices import label_of, localised


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
    published = last_publication(page.pk)
    live = bool(published and published.ended_at is None)
    approval = standing_approval(page.pk)
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
        approvals=list(Approval.objects.filter(page_id=page.pk).select_related("by")),
        approved=approved,
        channels=channels,
        steps=_steps(done),
        history=list(LedgerEntry.objects.filter(page_id=page.pk).order_by("-seq")[:30]),
        contributors=contributors(page.pk),
    )


def _channels(page: Any) -> list[ChannelRow]:
    policy = current_policy()
    slots = {
        slot.channel: slot
        for slot in Slot.objects.filter(page_id=page.pk, state__in=Slot.OPEN).select_related(
            "proposed_by", "confirmed_by"
        )
    }
    return [
        ChannelRow(code, label_of("units", channel.owner), slots.get(code))
        for code, channel in policy.channels.items()
    ]


def _steps(done: dict[int, bool]) -> list[StepRow]:
    current = next((number for number in range(1, 5) if not done[number]), 0)
    rows = []
    for step in current_policy().steps:
        state = "current" if step.number == current else "waiting"
        rows.append(
            StepRow(
                number=step.number,
                label=str(localised(step.label)),
                clause=step.clause,
                responsible=str(localised(step.responsible)),
                state="done" if done.get(step.number) else state,
            )
        )
    return rows
