"""Connects the index to what is published and withdrawn, and to the dispatcher's rounds."""

import logging
import threading
import time
from typing import Any

from django.db import close_old_connections, connection
from django.db.models.signals import post_save

from otp_policy.wagtail.models import Publication, is_governed
from otp_policy.wagtail.signals import dispatching, item_taken_down

from .public_index import drop_item, index_publication, keep_up

logger = logging.getLogger(__name__)
_reading = threading.Lock()
# Whoever publishes is told at once that there may be documents to read; others look now and then.
_something_new = threading.Event()
_LOOK_EVERY_SECONDS = 60.0
_looked_at = float("-inf")


def connect() -> None:
    """Connect the receivers, once."""
    post_save.connect(on_publication, sender=Publication, dispatch_uid="otp_policy.search.live")
    item_taken_down.connect(on_taken_down, dispatch_uid="otp_policy.search.down")
    dispatching.connect(on_dispatch, dispatch_uid="otp_policy.search.dispatch")


def on_publication(sender: Any, instance: Publication, created: bool, **kwargs: Any) -> None:
    """Let the public find a text from the instant at which it is published."""
    # What was live before the measures is indexed in the next round.
    if created and instance.text is not None and is_governed(instance.text):
        index_publication(instance, instance.text)
    _something_new.set()


def on_taken_down(sender: Any, page: Any, **kwargs: Any) -> None:
    """Let nobody find an item any more that left the public."""
    drop_item(page.pk)


def on_dispatch(sender: Any, stopping: Any = None, **kwargs: Any) -> None:
    """Catch up; where the dispatcher runs for good, beside it: a long document takes its time."""
    if stopping is None:
        keep_up()
    elif _is_time() and _reading.acquire(blocking=False):
        threading.Thread(target=_catch_up, args=(stopping,), name="indexer", daemon=True).start()


def _is_time() -> bool:
    global _looked_at
    now = time.monotonic()
    if not _something_new.is_set() and now - _looked_at < _LOOK_EVERY_SECONDS:
        return False
    _something_new.clear()
    _looked_at = now
    return True


def _catch_up(stopping: Any) -> None:
    try:
        close_old_connections()
        keep_up(stopping)
    except Exception:
        # A thread has nobody to raise to; the next round tries again.
        logger.exception("search: the index could not be brought up to date")
    finally:
        connection.close()
        _reading.release()
