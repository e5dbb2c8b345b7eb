"""
Counts in memory, and writes the numbers down together: a view costs no query.

A process that is killed loses what it counted in the last seconds; one that ends writes it down.
"""

import atexit
import logging
import os
import threading
from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db import Error, connection

from .conf import most_kept, written_every_seconds
from .noticing import Noticed
from .writing import write

__all__ = ["Counting", "counting"]

logger = logging.getLogger(__name__)
Counted = tuple[date, Noticed]


class Counting:
    """What one process has counted since it last wrote."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew: a process that was forked counts nothing of its parent's."""
        self._lock = threading.Lock()
        self._counts: Counter[Counted] = Counter()
        self._timer: threading.Timer | None = None

    def add(self, day: date, things: Iterable[Noticed]) -> None:
        """Count each of *things* once more on *day*."""
        with self._lock:
            for thing in things:
                self._counts[day, thing] += 1
            if self._timer is None:
                self._wait(written_every_seconds())
            elif len(self._counts) >= most_kept():
                self._timer.cancel()
                self._wait(0)

    def write(self) -> int:
        """Write down what was counted, and return how many numbers; what fails is kept."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        if not counts:
            return 0
        try:
            return write(counts)
        except Error:
            logger.exception("usage: what was counted cannot be written; it is kept")
            self._put_back(counts)
            return 0

    def _put_back(self, counts: Counter[Counted]) -> None:
        with self._lock:
            # Bounded: a database that stays away must not fill the memory.
            if len(self._counts) + len(counts) <= 2 * most_kept():
                self._counts.update(counts)
            if self._timer is None:
                self._wait(written_every_seconds())

    def _wait(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._write_beside)
        self._timer.daemon = True
        self._timer.name = "usage"
        self._timer.start()

    def _write_beside(self) -> None:
        try:
            self.write()
        finally:
            connection.close()


counting = Counting()
os.register_at_fork(after_in_child=counting.forget)
atexit.register(counting.write)
