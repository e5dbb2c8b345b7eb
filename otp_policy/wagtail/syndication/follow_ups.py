"""
What follows on the channels from a publication, a correction, or the end of one.

What was not sent yet is superseded or cancelled; what is out is changed, taken down, or spoken of
by a notice; what may be out is settled first. Nothing that is being sent, or that nobody knows
the end of, is ever cancelled.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from otp_policy.channels.base import Notice, NoticeKind
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.models import Publication, Slot, Withdrawal

from . import reasons
from .conf import adapter_for
from .models import Delivery
from .notice_choice import channels_with_notice
from .outbox import give_up, message, release, save_all, take_back
from .pictures import picture_of
from .reach import can_stay, capabilities_of, changes_in_place, takes_nothing_back
from .standing import Standing, standing_of

State, Operation = Delivery.State, Delivery.Operation


@transaction.atomic(savepoint=False)
def follow_publication(
    page: Any, publication: Publication, slots: Iterable[Slot]
) -> list[Delivery]:
    """Owe a new *publication* to each of its confirmed *slots*, and wherever the item is out."""
    confirmed = {slot.channel: slot for slot in slots}
    stands = {} if publication.is_first else standing_of(page.pk)
    if stands:
        forget_older_runs(stands.values(), publication)
    made: list[Delivery] = []
    for channel, entry in current_policy().channels.items():
        if entry.requires_live and (channel in confirmed or channel in stands):
            standing = stands.get(channel) or Standing()
            made += _owed(page, publication, channel, confirmed.get(channel), standing)
    return save_all(made, over=_over(stands))


@transaction.atomic(savepoint=False)
def follow_slot(page: Any, publication: Publication, slot: Slot) -> None:
    """Owe a live item to a channel that is confirmed only now; what was held may go again."""
    standing = standing_of(page.pk, slot.channel).get(slot.channel) or Standing()
    forget_older_runs([standing], publication)
    already = [one for one in standing.owed if one.publication_id == publication.pk]
    if already and adapter_for(slot.channel):
        release(already[-1], slot, page=page)
    elif not already:
        save_all(_owed(page, publication, slot.channel, slot, standing), over=standing.over)


def _owed(
    page: Any, publication: Publication, channel: str, slot: Slot | None, standing: Standing
) -> list[Delivery]:
    """Return what *channel* is owed of *publication*, not yet saved."""
    carried, out = _supersede(standing, publication), standing.out
    if out is not None and out.publication_id == publication.pk:
        return []
    before = standing.taking_back or standing.of_before
    if out is None:
        stands = slot or (carried.slot if carried and carried.slot.state == _USED else None)
        if stands is None:
            return []
        return [message(page, publication, stands, follows=before)]
    note = getattr(page, "correction_note", "")
    if not takes_nothing_back(channel):
        return _changed(page, publication, slot or out.slot, out, note)
    told = carried is not None and carried.operation == Operation.CORRECT
    if told or channel in channels_with_notice(approval=publication.approval_id):
        return [_correction(page, publication, slot or out.slot, out, note)]
    if slot is not None:
        _drop(slot)
    return []


_USED = Slot.State.USED


def forget_older_runs(stands: Iterable[Standing], publication: Publication) -> None:
    """
    Take what was sent before the item was last down for nothing that is out.

    An item that was withdrawn and is published again is told anew (annex 1 step 5): what was told
    before its withdrawal is not corrected by that.
    """
    outs = [standing for standing in stands if standing.out is not None]
    if not outs:
        return
    rows = Publication.objects.filter(page_id=publication.page_id, at__lte=publication.at)
    run_began, began_at = publication.pk, publication.at
    for pk, at, ended_at in rows.order_by("-at", "-pk").values_list("pk", "at", "ended_at"):
        # A text that takes the place of another begins at the instant at which that one ends.
        if pk != publication.pk and ended_at != began_at:
            break
        run_began, began_at = pk, at
    for standing in outs:
        if standing.out.publication_id < run_began:
            standing.of_before, standing.out = standing.out, None


def _supersede(standing: Standing, publication: Publication) -> Delivery | None:
    """Supersede what surely never went out of an earlier text; return the last that was owed."""
    older = [one for one in standing.owed if one.publication_id != publication.pk]
    owed = [one for one in older if one.state in (State.PENDING, State.HELD)]
    begun = give_up(older, State.SUPERSEDED, reason=reasons.NEWER_TEXT, user=publication.publisher)
    for delivery in begun:
        delivery.refresh_from_db()
        # Its call began meanwhile: it may be out, and is what the new text has to change.
        standing.out = delivery
    return next((one for one in reversed(owed) if one not in begun), None)


def _correction(
    page: Any, publication: Publication, slot: Slot, out: Delivery, note: str
) -> Delivery:
    return message(
        page,
        publication,
        slot,
        operation=Operation.CORRECT,
        note=note,
        follows=out,
        in_place=changes_in_place(out.channel),
    )


def _changed(
    page: Any, publication: Publication, slot: Slot, out: Delivery, note: str
) -> list[Delivery]:
    """Change what is out in place; link and picture cannot change, so then it is posted anew."""
    if can_stay(out, url=page.announced_url(), image_url=picture_of(page)):
        return [_correction(page, publication, slot, out, note)]
    gone = take_back(out, in_place=True)
    gone.due_at = max(gone.due_at, slot.at)
    return [gone, message(page, publication, slot, follows=gone)]


def _drop(slot: Slot) -> None:
    """Let go of a time on a channel where nobody chose that a correction is told."""
    slot.state = Slot.State.DROPPED
    slot.note = gettext(
        "The item is out on this channel already, and whoever approved its correction chose no "
        "notice of it."
    )
    slot.save(update_fields=["state", "note"])


@transaction.atomic(savepoint=False)
def follow_takedown(page_id: int, *, user: Any) -> list[Delivery]:
    """Cancel what was not sent, and take down what is out wherever that can be done."""
    made, stands = [], standing_of(page_id)
    for standing in stands.values():
        begun = give_up(standing.owed, State.CANCELLED, reason=reasons.TAKEN_DOWN, user=user)
        for delivery in begun:
            delivery.refresh_from_db()
            standing.out = delivery
        if standing.out is not None and capabilities_of(standing.out.channel).delete:
            made.append(_taken_back(standing.out))
    return save_all(made, over=_over(stands))


def _over(stands: Mapping[str, Standing]) -> list[Delivery]:
    return [delivery for standing in stands.values() for delivery in standing.over]


def _taken_back(out: Delivery) -> Delivery:
    return take_back(out, in_place=changes_in_place(out.channel))


@transaction.atomic(savepoint=False)
def follow_withdrawal(page: Any, withdrawal: Withdrawal) -> list[Delivery]:
    """Tell of an approved withdrawal where nothing can be taken down, if its approver chose to."""
    wanted = channels_with_notice(withdrawal=withdrawal.pk)
    stands = standing_of(withdrawal.page_id, *wanted) if wanted else {}
    made = []
    for channel, standing in stands.items():
        if standing.out is not None and takes_nothing_back(channel):
            notice = notice_of_withdrawal(withdrawal, standing.out)
            made.append(take_back(standing.out, in_place=False, notice=notice))
    return save_all(made, over=_over(stands))


def notice_of_withdrawal(withdrawal: Withdrawal, out: Delivery) -> Notice:
    """Return what is told of a withdrawal where the message *out* cannot be taken back."""
    return Notice(
        # A title that may be what had leaked is not repeated.
        title=withdrawal.title or gettext("An announcement that was withdrawn"),
        text="",
        url=out.url,
        reference=out.reference,
        kind=NoticeKind.WITHDRAW,
        note=withdrawal.reason,
        on=office_day(),
    )


@transaction.atomic
def follow_late_answer(delivery: Delivery) -> None:
    """
    See to it that what went out of an item that is down by now is taken back as well.

    A takedown leaves a withdrawal behind every call that it finds begun; this is for the call
    that it could not see.
    """
    if delivery.operation == Operation.WITHDRAW:
        return
    ended = Publication.objects.filter(pk=delivery.publication_id, ended_at__isnull=False)
    later = Publication.objects.filter(page_id=delivery.page_id, ended_at=None)
    if not ended.exists() or later.exists():
        return
    standing = standing_of(delivery.page_id, delivery.channel)[delivery.channel]
    if standing.out is not None and capabilities_of(delivery.channel).delete:
        save_all([_taken_back(standing.out)], over=standing.over)


@transaction.atomic
def without_earlier(delivery: Delivery, earlier: Delivery) -> None:
    """
    Settle a follow-up whose *earlier* delivery turned out never to have gone out.

    There is nothing to change then: the text that stands is told in the place of the earlier one.
    """
    user, stands = delivery.orderer, earlier.state in (State.PENDING, State.HELD)
    withdraws = delivery.operation == Operation.WITHDRAW
    if stands:
        end = State.CANCELLED if withdraws else State.SUPERSEDED
        why = reasons.TAKEN_DOWN if withdraws else reasons.NEWER_TEXT
        if give_up([earlier], end, reason=why, user=user):
            return  # It moved on meanwhile: asked again in the next round.
    give_up([delivery], State.CANCELLED, reason=reasons.NOTHING_OUT, user=user)
    owed = stands or earlier.state == State.SUPERSEDED
    page = live_page_of(delivery)
    # Looked for in vain, it may have been given up before its follow-up had its turn.
    given_up = earlier.state == State.CANCELLED and earlier.reason == reasons.NOT_LIVE
    is_new = owed or given_up or delivery.slot_id != earlier.slot_id
    if not withdraws and page is not None and is_new:
        standing = standing_of(delivery.page_id, delivery.channel)[delivery.channel]
        save_all([message(page, delivery.publication, delivery.slot)], over=standing.over)


def live_page_of(delivery: Delivery) -> Any:
    """Return the page of *delivery* while the text that it tells is live, or None."""
    from otp_policy.wagtail.publishing import governed_page

    page = governed_page(delivery.page_id)
    return page if page is not None and delivery.publication.ended_at is None else None
