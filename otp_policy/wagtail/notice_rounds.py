"""The dispatcher's rounds of notices: tell what happened, remind, and send the e-mails."""

import logging
import time
from collections.abc import Callable

from django.db import Error

from .mailing import mail_owed
from .notices import settle
from .reminders import remind
from .telling import tell

logger = logging.getLogger(__name__)

# Waiting is counted in hours and days: looking every minute is soon enough.
_REMINDERS_EVERY_SECONDS = 60.0


class NoticeRounds:
    """Rounds of one process: what is dear is not done in every one of them."""

    def __init__(self) -> None:
        self._reminders_at = float("-inf")

    def run(self) -> None:
        """Do one round; what fails is logged and tried again in the next."""
        news = _tried(tell)
        if time.monotonic() >= self._reminders_at:
            self._reminders_at = time.monotonic() + _REMINDERS_EVERY_SECONDS
            _tried(remind)
            news = True
        if news:
            _tried(settle)
        _tried(mail_owed)


def _tried(work: Callable[[], int]) -> int:
    try:
        return work()
    except Error:
        raise  # The dispatcher waits for its database.
    except Exception:
        logger.exception("notices: %s failed", work.__name__)
        return 0
