"""Connects the outbox to what the plugin publishes and to the dispatcher's rounds."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction

from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.history import last_publication
from otp_policy.wagtail.models import Approval, Publication, Slot, Withdrawal
from otp_policy.wagtail.signals import (
    approval_given,
    dispatching,
    item_published,
    item_ratified,
    item_taken_down,
    opinions_wanted,
    slot_confirmed,
    slot_withheld,
    text_judged,
    withdrawal_approved,
)

from .drain import drain
from .fault_logs import told
from .follow_ups import follow_publication, follow_slot, follow_takedown, follow_withdrawal
from .judging import objections_of_channels, opinions_of_channels
from .notice_choice import keep_choice
from .outbox import withhold

logger = logging.getLogger(__name__)

# How long publishing waits for a broker that takes the connection and then says nothing.
_BROKER_SECONDS = 2.0
_BRIEF = {
    "max_retries": 0,
    "socket_connect_timeout": _BROKER_SECONDS,
    "socket_timeout": _BROKER_SECONDS,
}


def connect() -> None:
    """Connect the receivers, once."""
    item_published.connect(on_published, dispatch_uid="otp_policy.outbox.published")
    item_ratified.connect(on_ratified, dispatch_uid="otp_policy.outbox.ratified")
    slot_confirmed.connect(on_slot_confirmed, dispatch_uid="otp_policy.outbox.slot")
    slot_withheld.connect(on_slot_withheld, dispatch_uid="otp_policy.outbox.withheld")
    item_taken_down.connect(on_taken_down, dispatch_uid="otp_policy.outbox.taken_down")
    opinions_wanted.connect(opinions_of_channels, dispatch_uid="otp_policy.outbox.opinions")
    text_judged.connect(objections_of_channels, dispatch_uid="otp_policy.outbox.judged")
    approval_given.connect(on_approval, dispatch_uid="otp_policy.outbox.approval")
    withdrawal_approved.connect(on_withdrawal, dispatch_uid="otp_policy.outbox.withdrawal")
    dispatching.connect(on_dispatch, dispatch_uid="otp_policy.outbox.dispatch")


def on_published(sender, page: Any, publication: Publication, slots: list[Slot], **kwargs) -> None:
    """Owe the item to its channels, and ring the bell after the commit."""
    if follow_publication(page, publication, slots):
        transaction.on_commit(ring)


def on_ratified(sender, page: Any, publication: Publication, slots: list[Slot], **kwargs) -> None:
    """Let go what was held back because the item was out in an emergency, without an approval."""
    for slot in slots:
        follow_slot(page, publication, slot)
    transaction.on_commit(ring)


def on_slot_confirmed(sender, page: Any, slot: Slot, **kwargs) -> None:
    """Owe a live item to a channel that is confirmed only now; wake the dispatcher."""
    if current_policy().channels[slot.channel].requires_live:
        publication = last_publication(page.pk)
        if publication is not None and publication.ended_at is None:
            follow_slot(page, publication, slot)
    transaction.on_commit(ring)


def on_slot_withheld(sender, slot: Slot, **kwargs) -> None:
    """Send nothing for a time that does not stand any more."""
    withhold(slot)


def on_taken_down(sender, page: Any, user: Any = None, **kwargs) -> None:
    """Send nothing more of an item that left the public, and take down what is out of it."""
    if follow_takedown(page.pk, user=user):
        transaction.on_commit(ring)


def on_approval(sender, page: Any, approval: Approval, user: Any, notices: Any, **kwargs) -> None:
    """Keep on which channels the approver wants a notice of the correction."""
    keep_choice(user, page.pk, notices, approval=approval)


def on_withdrawal(
    sender, page: Any, withdrawal: Withdrawal, user: Any, notices: Any, **kwargs
) -> None:
    """Keep on which channels the approver wants a notice of the withdrawal, and owe it."""
    keep_choice(user, page.pk, notices, withdrawal=withdrawal)
    if follow_withdrawal(page, withdrawal):
        transaction.on_commit(ring)


def on_dispatch(sender, stopping: Any = None, **kwargs) -> int:
    """Send what is due."""
    return drain(stopping=stopping)


def ring() -> None:
    """Wake a Celery worker, if there is a broker; a bell that cannot ring costs only time."""
    if not getattr(settings, "CELERY_BROKER_URL", ""):
        return
    from .tasks import dispatch

    try:
        # Asked on a connection of its own: a worker's waits for work without a limit.
        with dispatch.app.connection_for_write(transport_options=_BRIEF) as connection:
            dispatch.apply_async(connection=connection, retry=False)
    except Exception as error:
        # Each transport raises errors of its own. It is after the commit: whoever published must
        # not be told that it failed. The sweep finds what is owed; nothing is lost.
        logger.warning("the broker did not answer; the next sweep sends: %s", told(error))
