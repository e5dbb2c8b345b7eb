"""
Step 4: publish on the website what is approved, at its confirmed time (annex 1 step 4).

The dispatcher asks the policy again at that moment, in the name of the person who confirmed the
slot, and records that person as the publisher.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.models import Page, Revision

from otp_policy import Decision, Question

from . import whole_saves
from .adapters import Held, actor_for, has_authority, held_in, open_slots, question
from .conf import current_policy, office_day
from .held import as_row, held_at_confirmation
from .history import History
from .messages import confirmer_left, explain_all
from .models.evidence import Approval, Publication
from .models.items import OWN_SCHEDULE, DisclosurePageMixin, is_governed
from .models.lifecycle import UrgentMark
from .models.slots import Slot
from .recording import record
from .refusals import PolicyRefusal
from .signals import item_published

logger = logging.getLogger(__name__)

# Rows of the ledger that the dispatcher writes, in the name of who confirmed the slot, say so.
DISPATCHER = "dispatcher"

_PAGE_IS_GONE = gettext_lazy("The page is gone.")
_TEXT_IS_GONE = gettext_lazy("The approved text is no longer there. Submit the item again.")

# What the item may still lack at its time without anybody having to act on the slot itself.
_WAITING = frozenset({"approval_missing", "approval_stale"})


class Published(StrEnum):
    """What became of a slot that was due."""

    DONE = "done"
    WAITING = "waiting"
    HELD = "held"
    GONE = "gone"


def due_slots(now: datetime) -> list[int]:
    """Return the keys of the website's confirmed slots whose time has come: urgent items first."""
    channel = current_policy().first_channel
    slots = Slot.objects.filter(state=Slot.State.CONFIRMED, channel=channel, at__lte=now)
    # Asked every second, mostly for nothing: this costs a third of the ordered question.
    if not slots.exists():
        return []
    marks = UrgentMark.objects.filter(page_id=OuterRef("page_id"), lifted_at=None)
    slots = slots.annotate(is_urgent=Exists(marks))
    return list(slots.order_by("-is_urgent", "at", "pk").values_list("pk", flat=True))


def publish_due(now: datetime | None = None) -> int:
    """Publish what is due, each item in its own transaction, and return how many went live."""
    published = 0
    for key in due_slots(now or timezone.now()):
        try:
            published += publish_slot(key) is Published.DONE
        except PolicyRefusal as refusal:
            hold_refused(key, refusal)
        except Exception:
            # One item that cannot be published must not keep the others from their time.
            logger.exception("slot %s could not be published", key)
    return published


@transaction.atomic
def publish_slot(key: int) -> Published:
    """Publish the item of one due slot, if the policy allows it now."""
    slots = _lock_slots(key)
    slot = next((one for one in slots if one.pk == key), None)
    if slot is None or slot.state != Slot.State.CONFIRMED:
        return Published.GONE
    past = History.of(slot.page_id)
    approval = past.standing_approval()
    if approval is None:
        return Published.WAITING if governed_page(slot.page_id) else _hold(slot, [_PAGE_IS_GONE])
    revision = _stored(Revision, approval.revision_id)
    page = _stored(Page, slot.page_id)
    if page is None or not is_governed(page):
        return _hold(slot, [_PAGE_IS_GONE])
    if revision is None or revision.object_id != str(page.pk):
        return _hold(slot, [_TEXT_IS_GONE], digest=approval.digest)
    # Whether it still is the approved text, digest for digest, the gate asks where it is saved.
    text = page.with_content_json(revision.content)
    # As Wagtail does where it knows the parent, which is read once that way.
    text._cached_parent_obj = page.get_parent()
    if text.go_live_at or text.expire_at:
        return _hold(slot, [OWN_SCHEDULE], digest=approval.digest)
    asked, decision = _ask_again(text, slot, approval, past, slots)
    if not decision.allowed:
        waiting = {str(finding.code) for finding in decision.reasons} <= _WAITING
        if waiting:
            return Published.WAITING
        reasons = [*_about_confirmer(slot, decision), *explain_all(decision.reasons)]
        return _hold(slot, reasons, digest=approval.digest)
    publication = _open_publication(past, slot, approval, text)
    _record_publication(slot, publication, held_in(asked), title=text.title)
    _put_live(revision, text, publication, stored_slug=page.slug)
    Slot.objects.filter(pk=slot.pk).update(state=Slot.State.USED)
    others = [other for other in slots if other.is_confirmed and other.pk != slot.pk]
    item_published.send(sender=type(text), page=text, publication=publication, slots=others)
    return Published.DONE


def _stored(model: Any, key: int) -> Any:
    """Return the row with this key, or None; unlike `first`, nothing is put in order for it."""
    return next(iter(model.objects.filter(pk=key).order_by()), None)


def _lock_slots(key: int) -> list[Slot]:
    """Lock the open slots of the page of the slot *key*, which go out together or not at all."""
    page = Slot.objects.filter(pk=key).values("page_id")
    slots = open_slots().filter(page_id__in=page).order_by()
    return list(slots.select_for_update(of=("self",)))


def _put_live(revision: Revision, text: Any, publication: Publication, *, stored_slug: str) -> None:
    """Publish *text*, which becomes the live page itself."""
    # Wagtail would read the revision once more: what was compared is what shall be saved.
    revision.as_object = lambda: text
    with whole_saves.publishing(publication, stored_slug=stored_slug):
        text.publish(revision, user=publication.publisher, skip_permission_checks=True)


@transaction.atomic
def hold_refused(key: int, refusal: PolicyRefusal) -> None:
    """Hold a slot whose publication the gate refused, instead of trying it for ever."""
    slots = Slot.objects.select_for_update(of=("self",))
    slot = slots.filter(pk=key, state=Slot.State.CONFIRMED).first()
    if slot is not None:
        approval = History.of(slot.page_id).standing_approval()
        _hold(slot, refusal.reasons, digest=approval.digest if approval else "")


def governed_page(page_id: int) -> Any:
    """Return the specific governed page, or None."""
    page = Page.objects.filter(pk=page_id).first()
    return page.specific if page is not None and is_governed(page) else None


def _ask_again(
    text: DisclosurePageMixin, slot: Slot, approval: Approval, past: History, slots: list[Slot]
) -> tuple[Question, Decision]:
    """Ask whether the item may go out now, in the name of who confirmed it: posts, then orders."""
    on, user = office_day(), slot.confirmed_by
    for with_orders in (False, True):
        asked = question(
            text,
            "publish",
            actor_for(
                user if user.is_active else None,
                on,
                category=text.disclosure_category,
                with_orders=with_orders,
            ),
            digest=approval.digest,
            channel=slot.channel,
            on=on,
            contributed_until=approval.at,
            history=past,
            slots=slots,
        )
        decision = current_policy().decide(asked)
        if has_authority(decision):
            break
    return asked, decision


def _about_confirmer(slot: Slot, decision: Decision) -> list[str]:
    """Say of a slot whose confirmer has left the post that confirming it again is enough."""
    return [] if has_authority(decision) else [confirmer_left(slot.confirmed_by)]


def _hold(slot: Slot, reasons: Iterable[object], *, digest: str = "") -> Published:
    slot.state, slot.note = Slot.State.HELD, " ".join(map(str, reasons))[:500]
    slot.save()
    record(
        "publish_refused",
        user=slot.confirmed_by,
        page_id=slot.page_id,
        digest=digest,
        channel=slot.channel,
        note=slot.note,
        via=DISPATCHER,
        **held_at_confirmation(slot.page_id, slot.channel),
    )
    return Published.HELD


def _record_publication(slot: Slot, publication: Publication, held: Held, *, title: str) -> None:
    record(
        "publish",
        user=slot.confirmed_by,
        page_id=publication.page_id,
        digest=publication.digest,
        channel=slot.channel,
        via=DISPATCHER,
        **as_row(held),
        title=title,
        revision=publication.revision_id,
        scheduled_at=slot.at.isoformat(),
        late_seconds=publication.lateness_seconds,
    )


def _open_publication(past: History, slot: Slot, approval: Approval, text: Any) -> Publication:
    now = timezone.now()
    if past.publication is not None and past.is_live:
        Publication.objects.filter(pk=past.publication.pk).update(ended_at=now)
    return Publication.of_text(
        text,
        is_first=past.publication is None,
        page_id=slot.page_id,
        revision_id=approval.revision_id,
        approval=approval,
        digest=approval.digest,
        recipe=approval.recipe,
        publisher=slot.confirmed_by,
        scheduled_at=slot.at,
        at=now,
    )
