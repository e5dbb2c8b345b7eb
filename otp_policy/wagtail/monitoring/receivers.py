"""What the monitoring hears of: deleted and moved pages, and the dispatcher's rounds."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import Error, close_old_connections, connection
from django.db.models.signals import post_delete
from wagtail.models import AbstractPage
from wagtail.signals import post_page_move

from otp_policy.wagtail.models import is_governed
from otp_policy.wagtail.signals import dispatching

from .link_checks import begin_what_is_due, check_links, is_check_waiting
from .models import DueItem, Reckoned
from .reckoning import catch_up
from .reminding import remind_of_reviews
from .report_retention import forget_reports
from .requests import settle_requests, tell_of_late_requests

logger = logging.getLogger(__name__)
_REMINDERS_EVERY_SECONDS = 60.0
_CATCH_UP_EVERY_SECONDS = 10.0
# What is done now and then, one after the other.
DUTIES: tuple[Callable[[], Any], ...] = (
    remind_of_reviews,
    settle_requests,
    tell_of_late_requests,
    begin_what_is_due,
    forget_reports,
)
_LINKS_EVERY_SECONDS = 10.0


def connect() -> None:
    """Connect the receivers, once."""
    post_delete.connect(forget_deleted, dispatch_uid="otp_policy.monitoring.deleted")
    post_page_move.connect(reckon_moved, dispatch_uid="otp_policy.monitoring.moved")
    dispatching.connect(_rounds.run, dispatch_uid="otp_policy.monitoring.round")


def forget_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Take the row of a deleted item away; nothing of a draft stands in the ledger."""
    if isinstance(instance, AbstractPage) and is_governed(instance):
        DueItem.objects.filter(pk=instance.pk).delete()


def reckon_moved(sender: Any, **kwargs: Any) -> None:
    """Reckon all anew: what everybody may read follows from the place in the tree."""
    Reckoned.objects.update(grounds="")


class Rounds:
    """The monitoring's part in the dispatcher's rounds; what is dear is done now and then."""

    def __init__(self) -> None:
        self._reminders_at = float("-inf")
        self._catch_up_at = float("-inf")
        self._links_at = float("-inf")
        self._links = threading.Lock()

    def run(self, sender: Any, stopping: threading.Event | None = None, **kwargs: Any) -> None:
        """Catch up, so that no screen has much to do; now and then remind of reviews."""
        # Whoever shows due days catches up too: a round for good need not ask each second.
        if stopping is None or time.monotonic() >= self._catch_up_at:
            self._catch_up_at = time.monotonic() + _CATCH_UP_EVERY_SECONDS
            _tried(catch_up)
        if time.monotonic() >= self._reminders_at:
            self._reminders_at = time.monotonic() + _REMINDERS_EVERY_SECONDS
            for work in DUTIES:
                _tried(work)
        if time.monotonic() >= self._links_at:
            self._links_at = time.monotonic() + _LINKS_EVERY_SECONDS
            self._begin_check_of_links(stopping or threading.Event())

    def _begin_check_of_links(self, stopping: threading.Event) -> None:
        """Check links beside the round: other people's servers take their time."""
        if is_check_waiting() and self._links.acquire(blocking=False):
            thread = threading.Thread(target=self._check_links, args=(stopping,), name="links")
            thread.daemon = True
            thread.start()

    def _check_links(self, stopping: threading.Event) -> None:
        try:
            close_old_connections()
            check_links(stopping)
        except Exception:
            # A thread has nobody to raise to; the next one goes on.
            logger.exception("monitoring: the check of links failed")
        finally:
            connection.close()
            self._links.release()


def _tried(work: Callable[[], Any]) -> None:
    try:
        work()
    except Error:
        raise  # The dispatcher waits for its database.
    except Exception:
        logger.exception("monitoring: %s failed", work.__name__)


_rounds = Rounds()
