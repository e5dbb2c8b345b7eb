"""
Tells people what the ledger records, in its order: no request and no publication waits for it.

The ledger is written in the transaction of what was decided, so nothing that happened is lost;
how far it has been told is kept with the notices themselves, so nothing is told twice.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from .conf import current_policy
from .models import LedgerEntry, NoticeKind, PolicyTask, Slot, ToldUntil
from .models.notices import Subject
from .notices import About, put
from .publishing import governed_page
from .recipients import who_has_authority, who_keeps, who_may
from .telling_withdrawals import WITHDRAWAL_TELLERS
from .urgency import is_urgent

logger = logging.getLogger(__name__)

# What happened before the first round of all is told only if it is as young as this.
_FIRST_LOOK_BACK = timedelta(days=1)
_BATCH = 200


def tell() -> int:
    """Tell of every decision since the last round, each in its own transaction."""
    told = 0
    for entry in list(LedgerEntry.objects.filter(seq__gt=_told_until()).order_by("seq")[:_BATCH]):
        told += _tell_of(entry)
    return told


def _told_until() -> int:
    row = ToldUntil.objects.first()
    if row is not None:
        return row.seq
    old = LedgerEntry.objects.filter(at__lt=timezone.now() - _FIRST_LOOK_BACK)
    seq = old.order_by("-seq").values_list("seq", flat=True).first() or 0
    return ToldUntil.objects.get_or_create(pk=1, defaults={"seq": seq})[0].seq


@transaction.atomic
def _tell_of(entry: LedgerEntry) -> bool:
    until = ToldUntil.objects.select_for_update().get(pk=1)
    if until.seq >= entry.seq:
        return False  # Another dispatcher was here.
    teller = TELLERS.get(entry.action)
    if teller is not None:
        try:
            with transaction.atomic():
                _told(teller, entry)
        except (InterfaceError, OperationalError):
            raise  # The database went away: the row is told in a later round.
        except Exception:
            # One item that cannot be told of must not keep the others from being told.
            logger.exception("ledger row %s could not be told", entry.seq)
    until.seq = entry.seq
    until.save(update_fields=["seq"])
    return teller is not None


def _told(teller: "Teller", entry: LedgerEntry) -> None:
    page = governed_page(entry.page_id) if entry.page_id else None
    if page is not None or entry.action in ABOUT_NO_ITEM:
        teller(entry, json.loads(entry.body), page)


Teller = Callable[[LedgerEntry, Mapping[str, Any], Any], None]


def _doer(body: Mapping[str, Any]) -> tuple[str, ...]:
    actor = body.get("actor")
    return (actor["id"],) if actor else ()


def ask_deciders(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell those who may decide on the text now; if nobody may, the division."""
    state = page.current_workflow_task_state
    task = state.task.specific if state else None
    if not isinstance(task, PolicyTask):
        return
    about = About(page=page, subject=Subject.TASK, subject_id=state.pk)
    people = who_may(page, task.action)
    if not people:
        nobody = f"nobody_may_{task.action}"
        put(
            f"task:{state.pk}:nobody",
            who_may(page, "prepare"),
            kind=NoticeKind.ANSWER,
            what=nobody,
            about=About(page=page),
        )
    elif not is_urgent(page):
        event = f"task:{state.pk}:ask"
        put(event, people, kind=NoticeKind.DECIDE, what=f"ask_{task.action}", about=about)
    if is_urgent(page):
        _tell_at_once(page, state, task, about, people)


def _tell_at_once(page: Any, state: Any, task: Any, about: About, people: list[Any]) -> None:
    """Tell all who may approve, delegates included, while the endorsement is on its way."""
    put(
        # Marked urgent after it was asked for, an item is asked for once more.
        f"task:{state.pk}:urgent",
        people,
        kind=NoticeKind.URGENT,
        what=f"urgent_ask_{task.action}",
        about=about,
    )
    asked = {str(user.pk) for user in people}
    put(
        f"task:{state.pk}:coming",
        who_has_authority(page, "approve"),
        kind=NoticeKind.URGENT,
        what="urgent_coming",
        about=about,
        but=asked,
    )


def ask_channel(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell the unit that owns the channel that a time waits for its answer."""
    slot = _slot(page, body, Slot.State.PROPOSED)
    if slot is not None:
        _ask_about_slot(entry, slot, page, "confirm_slot", but=_doer(body))


def ask_division(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell the division that another time waits for its answer."""
    slot = _slot(page, body, Slot.State.COUNTERED)
    if slot is not None:
        _ask_about_slot(entry, slot, page, "propose_slot", but=_doer(body))


def _slot(page: Any, body: Mapping[str, Any], state: str) -> Slot | None:
    slots = Slot.objects.filter(page_id=page.pk, channel=body.get("channel", ""), state=state)
    return slots.first() if body.get("channel") in current_policy().channels else None


def _ask_about_slot(
    entry: LedgerEntry, slot: Slot, page: Any, action: str, *, but: tuple[str, ...]
) -> None:
    put(
        f"ledger:{entry.seq}",
        who_has_authority(page, action, channel=slot.channel),
        kind=NoticeKind.URGENT if is_urgent(page) else NoticeKind.SLOT,
        what=f"ask_{action}",
        about=About(
            page=page,
            channel=slot.channel,
            slot_at=slot.at,
            subject=Subject.SLOT,
            subject_id=slot.pk,
        ),
        but=but,
    )


def answer(what: str, *, kind: NoticeKind = NoticeKind.ANSWER, keepers: bool = False) -> Teller:
    """Return what tells the item's division, and perhaps the channel's unit, that *what* was."""

    def teller(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
        channel = body.get("channel") or ""
        people = who_may(page, "prepare")
        if keepers and channel in current_policy().channels:
            people += who_has_authority(page, "confirm_slot", channel=channel)
        # A publication is done in the name of who confirmed it, who need not be at their desk.
        about = About(page=page, channel=channel)
        put(f"ledger:{entry.seq}", people, kind=kind, what=what, about=about, but=_doer(body))

    return teller


def ask_channels_unit(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """
    Tell the unit that owns the channel that it can send nothing until somebody acts.

    On a channel where nothing was owed yet no item has met with it, and *page* is None.
    """
    channel, cause = body.get("channel") or "", body.get("cause", "")
    if channel not in current_policy().channels:
        return
    if page is not None:
        people = who_has_authority(page, "confirm_slot", channel=channel)
    else:
        people = who_keeps(channel)
    put(
        f"ledger:{entry.seq}",
        people,
        # Nobody does without the e-mail: until it is heard, nothing goes out there.
        kind=NoticeKind.URGENT,
        what=f"channel_needs_{cause}" if page is not None else f"channel_alone_needs_{cause}",
        about=About(page=page, channel=channel),
    )


def warn_of_access(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell the unit that owns the channel that somebody has to renew its access, and by when."""
    channel = body.get("channel") or ""
    if channel not in current_policy().channels:
        return
    put(
        f"ledger:{entry.seq}",
        who_keeps(channel),
        kind=NoticeKind.URGENT,  # as of an access that ended: without it nothing goes out
        what="access_ends",
        about=About(page=None, channel=channel, slot_at=datetime.fromisoformat(body["ends_at"])),
    )


def ask_by_hand(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """
    Tell the unit of a channel without access data that a message is its to post.

    Whoever confirmed the time is told too: they may have done so long before the item was live.
    """
    channel, due_at = body.get("channel") or "", body.get("by_hand_from")
    if due_at is None or channel not in current_policy().channels:
        return  # the dispatcher sends it
    put(
        f"ledger:{entry.seq}",
        who_keeps(channel),
        kind=NoticeKind.URGENT,  # nothing goes out there until it is done
        what="task_by_hand",
        about=About(page=page, channel=channel, slot_at=datetime.fromisoformat(due_at)),
    )


def ask_about_message(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell the unit that owns the channel that a message waits until one of them sees to it."""
    channel = body.get("channel") or ""
    if channel not in current_policy().channels:
        return
    put(
        f"ledger:{entry.seq}",
        who_keeps(channel),
        kind=NoticeKind.URGENT,
        what="message_needs_person" if page is not None else "lost_message_needs_person",
        about=About(page=page, channel=channel),
    )


def after_endorsement(entry: LedgerEntry, body: Mapping[str, Any], page: Any) -> None:
    """Tell the division, and those who approve next."""
    answer("endorsed")(entry, body, page)
    ask_deciders(entry, body, page)


TELLERS: dict[str, Teller] = {
    "submit": ask_deciders,
    "endorse": after_endorsement,
    "mark_urgent": ask_deciders,
    "approve": answer("approved"),
    "reject": answer("changes_asked"),
    "propose_slot": ask_channel,
    "counter_slot": ask_division,
    "confirm_slot": answer("slot_confirmed"),
    "send_now": answer("sent_now"),
    "hold_slot": answer("held"),
    "pause_channel": ask_channels_unit,
    "access_ends": warn_of_access,
    "enqueue": ask_by_hand,
    "message_needs_person": ask_about_message,
    "publish_refused": answer("not_published", keepers=True),
    "publish": answer("published", kind=NoticeKind.PUBLISHED),
    **WITHDRAWAL_TELLERS,
    "website_late": answer("website_late", keepers=True),
}
"""An action of the ledger → who is told of it. What is not here is told to nobody."""

# What is told whether or not there is an item that it is about.
ABOUT_NO_ITEM = frozenset({"pause_channel", "access_ends", "message_needs_person"})
