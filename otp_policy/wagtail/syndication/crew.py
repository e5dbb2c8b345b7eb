"""
Workers that send beside each other: each takes the next job as soon as its last one is answered.

Nobody waits for a whole batch, so one slow channel costs the others nothing but its own workers.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from django.db import connection

from .fault_logs import told

logger = logging.getLogger(__name__)
_LOOK_SECONDS = 0.5

Job = tuple[str, Callable[[], object]]  # the channel, and the work


class Crew:
    """
    A fixed number of threads, started as they are needed, with a connection each.

    Args:
        size: How many jobs may be under way.
        take: Returns the next job, or None; it is told how many are under way on each channel.
    """

    def __init__(self, size: int, take: Callable[[Mapping[str, int]], Job | None]) -> None:
        self._size, self._take = size, take
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._busy: Counter[str] = Counter()
        self._threads: list[threading.Thread] = []

    def run(self, may_go_on: Callable[[], bool]) -> int:
        """Work until nothing may be taken and everything is answered; return how many jobs."""
        taken = 0
        try:
            while True:
                while may_go_on() and self._under_way < self._size:
                    job = self._take(self._busy)
                    if job is None:
                        break
                    taken += 1
                    self._give(job)
                if not self._under_way:
                    return taken
                self._hear()
        finally:
            self._go_home()

    @property
    def _under_way(self) -> int:
        return sum(self._busy.values())

    def _give(self, job: Job) -> None:
        self._busy[job[0]] += 1
        if self._under_way > len(self._threads):
            thread = threading.Thread(target=self._work, name="sender", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._jobs.put(job)

    def _hear(self) -> None:
        """Wait until a job is done, but not for long: something else may have become due."""
        try:
            self._busy[self._done.get(timeout=_LOOK_SECONDS)] -= 1
            while True:
                self._busy[self._done.get_nowait()] -= 1
        except queue.Empty:
            return

    def _work(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                channel, work = job
                try:
                    work()
                except Exception as error:
                    # Whatever one message meets with, an adapter of an agency's own included, must
                    # not end the thread: the crew would wait for it for ever. What it had taken
                    # stays reserved or leased, and is found again.
                    logger.error("a message on %s: %s", channel, told(error))
                    connection.close()
                finally:
                    self._done.put(channel)
        finally:
            connection.close()

    def _go_home(self) -> None:
        for _ in self._threads:
            self._jobs.put(None)


def until(stopping: threading.Event | None, seconds: float) -> Callable[[], bool]:
    """Return what tells whether to go on: not stopped, and not longer than *seconds*."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end and not (stopping is not None and stopping.is_set())
