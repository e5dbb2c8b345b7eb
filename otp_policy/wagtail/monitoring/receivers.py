"""What the monitoring hears of: deleted and moved pages, and the dispatcher's rounds."""

import logging
import threading
from typing import Any

from django.db import Error
from django.db.models.signals import post_delete
from wagtail.models import AbstractPage
from wagtail.signals import post_page_move

from otp_policy.wagtail.models import is_governed
from otp_policy.wagtail.signals import dispatching

from .models import DueItem, Reckoned
from .reckoning import catch_up

logger = logging.getLogger(__name__)


def connect() -> None:
    """Connect the receivers, once."""
    post_delete.connect(forget_deleted, dispatch_uid="otp_policy.monitoring.deleted")
    post_page_move.connect(reckon_moved, dispatch_uid="otp_policy.monitoring.moved")
    dispatching.connect(keep_up, dispatch_uid="otp_policy.monitoring.round")


def forget_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Take the row of a deleted item away; nothing of a draft stands in the ledger."""
    if isinstance(instance, AbstractPage) and is_governed(instance):
        DueItem.objects.filter(pk=instance.pk).delete()


def reckon_moved(sender: Any, **kwargs: Any) -> None:
    """Reckon all anew: what everybody may read follows from the place in the tree."""
    Reckoned.objects.update(grounds="")


def keep_up(sender: Any, stopping: threading.Event | None = None, **kwargs: Any) -> None:
    """Catch up in each round of the dispatcher, so that no screen has much to do."""
    try:
        catch_up()
    except Error:
        raise  # The dispatcher waits for its database.
    except Exception:
        logger.exception("monitoring: the due days could not be reckoned")
