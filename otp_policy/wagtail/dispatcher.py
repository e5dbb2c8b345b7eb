"""One round of the dispatcher: publish what is due, then let the channels send what they owe."""

import logging
import threading

from django.db import DatabaseError, close_old_connections

from .publishing import publish_due
from .signals import dispatching

logger = logging.getLogger(__name__)
_LONGEST_PAUSE_SECONDS = 30.0


def run_once() -> int:
    """Do one round and return how many items went live on the website."""
    published = publish_due()
    for receiver, answer in dispatching.send_robust(sender=None):
        if isinstance(answer, Exception):
            logger.error("dispatch: %s failed", receiver, exc_info=answer)
    return published


def run_forever(stopping: threading.Event, *, interval: float) -> None:
    """Do a round every *interval* seconds until *stopping* is set; outlive database outages."""
    pause = interval
    while not stopping.is_set():
        close_old_connections()
        try:
            run_once()
            pause = interval
        except DatabaseError:
            logger.exception("dispatch: the database did not answer; trying again")
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
        stopping.wait(pause)
