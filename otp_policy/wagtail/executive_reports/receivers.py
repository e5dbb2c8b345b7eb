"""The reports' part in the dispatcher's rounds: reminders now and then."""

import logging
import threading
import time
from typing import Any

from django.db import Error

from otp_policy.wagtail.signals import dispatching

from .reminding import remind_of_reports

logger = logging.getLogger(__name__)
# Reminders are counted in days: looking every five minutes is soon enough.
_EVERY_SECONDS = 300.0


class Rounds:
    """Reminders of one process, not in each of the dispatcher's rounds."""

    def __init__(self) -> None:
        self._next_at = float("-inf")

    def run(self, sender: Any, stopping: threading.Event | None = None, **kwargs: Any) -> None:
        """Remind, if it is time; what fails is logged and tried again."""
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + _EVERY_SECONDS
        try:
            remind_of_reports()
        except Error:
            raise  # The dispatcher waits for its database.
        except Exception:
            logger.exception("reports: reminding failed")


_rounds = Rounds()


def connect() -> None:
    """Connect the receiver, once."""
    dispatching.connect(_rounds.run, dispatch_uid="otp_policy.executive_reports.round")
