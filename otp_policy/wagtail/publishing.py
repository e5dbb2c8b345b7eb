"""
Step 4: publish on the website what is approved, at its confirmed time (annex 1 step 4).

The dispatcher asks the policy again at that moment, in the name of the person who confirmed the
slot, and records that person as the publisher.
"""

import logging
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, Revision

from otp_policy import Decision

from .adapters import (
    actor_for,
    held_authority,
    last_publication,
    question,
    standing_approval,
)
from .conf import current_policy, office_day
from .digest import item_digest
from .messages import explain_all
from .models.evidence import Approval, Publication
from .models.items import DisclosurePageMixin, is_governed
from .models.slots import Slot
from .recording import record
from .signals import item_published

logger = logging.getLogger(__name__)

# What the item may still lack at its time without anybody having to act on the slot itself.
_WAITING = frozenset({"approval_missing", "approval_stale"})


class Published(StrEnum):
    """What became of a slot that was due."""

    DONE = "done"
    WAITING = "waiting"
    HELD = "held"
    GONE = "gone"


def due_slots(now: datetime) -> list[int]:
    """Return the keys of the website's confirmed slots whose time has come, oldest first."""
    channel = current_policy().first_channel
    slots = Slot.objects.filter(state=Slot.State.CONFIRMED, channel=channel, at__lte=now)
    return list(slots.order_by("at", "pk").values_list("pk", flat=True))


def publish_due(now: datetime | None = None) -> int:
    """Publish what is due, each item in its own transaction, and return how many went live."""
    published = 0
    for key in due_slots(now or timezone.now()):
        try:
            published += publish_slot(key) is Published.DONE
        except Exception:
            # One item that cannot be published must not keep the others from their time.
            logger.exception("slot %s could not be published", key)
    return published


@transaction.atomic
def publish_slot(key: int) -> Published:
    """Publish the item of one due slot, if the policy allows it now."""
    slot = (
        Slot.objects.select_for_update(of=("self",))
        .filter(pk=key, state=Slot.State.CONFIRMED)
        .first()
    )
    if slot is None:
        return Published.GONE
    page = governed_page(slot.page_id)
    if page is None:
        return _hold(slot, ["the page is gone"])
    approval = standing_approval(page.pk)
    revision = approved_revision(approval)
    if approval is None:
        return Published.WAITING
    if revision is None:
        return _hold(slot, ["the approved text is no longer there; submit the item again"])
    decision = _ask_again(page, slot, approval)
    if not decision.allowed:
        waiting = {str(finding.code) for finding in decision.reasons} <= _WAITING
        return Published.WAITING if waiting else _hold(slot, explain_all(decision.reasons))
    _go_live(page, slot, approval, revision)
    return Published.DONE


def governed_page(page_id: int) -> Any:
    """Return the specific governed page, or None."""
    page = Page.objects.filter(pk=page_id).first()
    return page.specific if page is not None and is_governed(page) else None


def approved_revision(approval: Approval | None) -> Revision | None:
    """Return a revision that still holds the approved text, digest for digest, or None."""
    if approval is None:
        return None
    revision = Revision.objects.filter(pk=approval.revision_id).first()
    if revision is None:
        return None
    digest = item_digest(revision.as_object(), recipe=approval.recipe)
    return revision if digest == approval.digest else None


def _ask_again(page: DisclosurePageMixin, slot: Slot, approval: Approval) -> Decision:
    on = office_day()
    user = slot.confirmed_by
    asked = question(
        page,
        "publish",
        actor_for(user, on) if user.is_active else actor_for(None, on),
        digest=approval.digest,
        channel=slot.channel,
        on=on,
        contributed_until=approval.at,
    )
    return current_policy().decide(asked)


def _hold(slot: Slot, reasons: list[str]) -> Published:
    slot.state, slot.note = Slot.State.HELD, " ".join(reasons)[:500]
    slot.save()
    record(
        "publish_refused",
        user=slot.confirmed_by,
        page_id=slot.page_id,
        channel=slot.channel,
        note=slot.note,
    )
    return Published.HELD


def _go_live(page: Any, slot: Slot, approval: Approval, revision: Revision) -> None:
    publication = _open_publication(page, slot, approval, revision)
    held = held_authority(page, "publish", slot.confirmed_by, channel=slot.channel)
    record(
        "publish",
        user=slot.confirmed_by,
        page_id=page.pk,
        digest=approval.digest,
        role=held.role,
        unit=held.unit,
        channel=slot.channel,
        title=revision.as_object().title,
        revision=revision.pk,
        scheduled_at=slot.at.isoformat(),
        late_seconds=publication.lateness_seconds,
    )
    revision.publish(user=slot.confirmed_by, skip_permission_checks=True)
    slot.state = Slot.State.USED
    slot.save()
    item_published.send(sender=type(page), page=governed_page(page.pk), publication=publication)


def _open_publication(page: Any, slot: Slot, approval: Approval, revision: Revision):
    now = timezone.now()
    previous = last_publication(page.pk)
    if previous is not None and previous.ended_at is None:
        Publication.objects.filter(pk=previous.pk).update(ended_at=now)
    return Publication.objects.create(
        page_id=page.pk,
        revision_id=revision.pk,
        approval=approval,
        digest=approval.digest,
        recipe=approval.recipe,
        publisher=slot.confirmed_by,
        scheduled_at=slot.at,
        at=now,
    )
