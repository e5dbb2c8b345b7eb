"""
The dispatcher: publishes what is due, and lets the channels send what they owe.

Running for good, these and the notices go on beside each other: a service that answers slowly
must not keep an item from its agreed second.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial

from django.db import Error, connection

from .notice_rounds import NoticeRounds
from .publishing import publish_due
from .signals import dispatching

logger = logging.getLogger(__name__)
_LONGEST_PAUSE_SECONDS = 30.0
# To the second goes what the public sees; people may be told a little later.
_TELL_EVERY_SECONDS = 5.0


def run_once() -> int:
    """Do one round and return how many items went live on the website."""
    published = publish_due()
    send_due()
    NoticeRounds().run()
    return published


def send_due(stopping: threading.Event | None = None) -> None:
    """Let every channel send what it owes; what fails is logged and tried in the next round."""
    for receiver, answer in dispatching.send_robust(sender=None, stopping=stopping):
        if isinstance(answer, Exception):
            logger.error("dispatch: %s failed", receiver, exc_info=answer)


def run_forever(stopping: threading.Event, *, interval: float) -> None:
    """Publish and send every *interval* seconds until *stopping* is set."""
    sender = threading.Thread(
        target=repeat,
        args=(partial(send_due, stopping), stopping, interval),
        name="sender",
        daemon=True,
    )
    teller = threading.Thread(
        target=repeat,
        args=(NoticeRounds().run, stopping, max(interval, _TELL_EVERY_SECONDS)),
        name="teller",
        daemon=True,
    )
    sender.start()
    teller.start()
    repeat(publish_due, stopping, interval)
    sender.join(timeout=_LONGEST_PAUSE_SECONDS)
    teller.join(timeout=_LONGEST_PAUSE_SECONDS)


def repeat(work: Callable[[], object], stopping: threading.Event, interval: float) -> None:
    """Do *work* every *interval* seconds, and outlive an outage of the database."""
    pause = interval
    while not stopping.is_set():
        try:
            _keep_connection()
            work()
            pause = interval
        except Error:  # an interface error too: the server went away in mid-round
            logger.exception("dispatch: the database did not answer; trying again")
            connection.close()
            pause = min(_LONGEST_PAUSE_SECONDS, pause * 2)
        stopping.wait(pause)
    connection.close()


def _keep_connection() -> None:
    """
    Give up the connection only if it met with an error.

    Django's own `close_old_connections` ends each after `CONN_MAX_AGE`, by default at once:
    connecting every second is most of what an idle dispatcher would cost.
    """
    if connection.errors_occurred:
        connection.close()
