"""What the dispatcher does for cases in its rounds: clocks, reminders, e-mails and erasure."""

import logging
import time
from collections.abc import Callable
from typing import Any

from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.signals import dispatching

from .conf import is_open
from .reclocking import reclock_if_changed
from .releases import withdraw_stale
from .reminding import remind
from .requester_mail import send_owed
from .retention import erase_due

__all__ = ["connect", "run"]

logger = logging.getLogger(__name__)
# Days and holidays change seldom; the rounds of the dispatcher come every second.
_EVERY_SECONDS = 30.0
_last = {"at": float("-inf")}


def connect() -> None:
    """Take part in the rounds of the dispatcher."""
    dispatching.connect(_round, dispatch_uid="otp_policy_requests.round")


def _round(**kwargs: Any) -> None:
    now = time.monotonic()
    if now - _last["at"] >= _EVERY_SECONDS:
        _last["at"] = now
        run()


def run() -> dict[str, int]:
    """Do all that is due, and return how many of each; what fails keeps nothing else back."""
    if not current_policy().is_in_force(office_day()):
        return {}
    works: list[tuple[str, Callable[[], int]]] = [
        ("moved", reclock_if_changed),
        ("reminded", remind),
        ("erased", erase_due),
        ("withdrawn", withdraw_stale),
    ]
    if is_open():
        works.append(("mailed", send_owed))
    return {name: _safely(name, work) for name, work in works}


def _safely(name: str, work: Callable[[], int]) -> int:
    try:
        return work()
    except Exception as error:
        # Without the traceback: its values may be what somebody wrote.
        logger.error("requests: a round could not finish `%s`: %s", name, type(error).__name__)
        return 0
