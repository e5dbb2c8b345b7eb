"""Connects the outbox to what the plugin publishes and to the dispatcher's rounds."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction

from otp_policy.wagtail.adapters import last_publication
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.models import Publication, Slot
from otp_policy.wagtail.signals import dispatching, item_published, slot_confirmed

from .drain import drain
from .outbox import enqueue, enqueue_confirmed

logger = logging.getLogger(__name__)


def connect() -> None:
    """Connect the receivers, once."""
    item_published.connect(on_published, dispatch_uid="otp_policy.outbox.published")
    slot_confirmed.connect(on_slot_confirmed, dispatch_uid="otp_policy.outbox.slot")
    dispatching.connect(on_dispatch, dispatch_uid="otp_policy.outbox.dispatch")


def on_published(sender, page: Any, publication: Publication, **kwargs) -> None:
    """Owe the item to every channel that is confirmed, and ring the bell after the commit."""
    enqueue_confirmed(page, publication)
    transaction.on_commit(ring)


def on_slot_confirmed(sender, page: Any, slot: Slot, **kwargs) -> None:
    """Owe a live item to a channel that is confirmed only now; wake the dispatcher."""
    if current_policy().channels[slot.channel].requires_live:
        publication = last_publication(page.pk)
        if publication is not None and publication.ended_at is None:
            enqueue(page, publication, slot)
    transaction.on_commit(ring)


def on_dispatch(sender, **kwargs) -> int:
    """Send what is due."""
    return drain()


def ring() -> None:
    """Wake a Celery worker, if there is a broker; a bell that cannot ring costs only time."""
    if not getattr(settings, "CELERY_BROKER_URL", ""):
        return
    from .tasks import dispatch

    try:
        dispatch.apply_async(retry=False)
    except Exception:
        # The outbox is committed and the sweep will find it; nothing is lost.
        logger.warning("the broker did not answer; the next sweep sends", exc_info=True)
