"""Lets the threads of one process stand in line for a database that takes one writer at a time."""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, TypeVar

from django.db import connection

# SQLite's own waiting sleeps longer and longer between looks; a lock is handed on at once.
_LINE = threading.RLock()
Writes = TypeVar("Writes", bound=Callable[..., Any])


def in_line(writes: Writes) -> Writes:
    """Run *writes* when no other thread of this process writes, where one may write at a time."""

    @wraps(writes)
    def waiting(*args: Any, **kwargs: Any) -> Any:
        with _LINE if connection.vendor == "sqlite" else nullcontext():
            return writes(*args, **kwargs)

    return waiting  # type: ignore[return-value]  # the same signature
