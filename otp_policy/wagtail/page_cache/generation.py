"""
The token under which pages are kept: each change of what is public makes another one.

A page is kept under the token that was read before its making began. So a request that began
before a change, and ends after it, keeps its page where nobody looks any more. From the first
writing of a transaction until its end nothing is kept nor served: there is no instant at which
the database says one thing and the cache another. A writer that dies is waited for `PATIENCE`.

Every way of setting the state makes a token that nobody ever had, so that it does no harm if two
processes set it at once and one gets lost.
"""

import logging
import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import caches

from .conf import cache_alias

__all__ = ["PATIENCE", "begin", "current", "end", "renew"]

logger = logging.getLogger(__name__)
PATIENCE = 60.0
_KEY = "otp-policy-public-state"
# Set while this process owes the others a new token: the cache could not be reached.
_owed = threading.Event()


@dataclass(frozen=True, slots=True)
class _State:
    """The token, and until when each writer is waited for."""

    token: str = field(default_factory=lambda: secrets.token_hex(8))
    writers: dict[str, float] = field(default_factory=dict)


def current() -> str | None:
    """Return the token, or None while nothing may be kept or served."""
    if _owed.is_set() and not renew():
        return None
    try:
        state = _cache().get(_KEY)
        if state is None:
            state = _State()
            _cache().set(_KEY, state, None)
    except Exception:
        # Each backend raises its own; a page is made anew where it cannot be looked up.
        logger.exception("page cache: it cannot be read")
        return None
    now = time.time()
    return None if any(until > now for until in state.writers.values()) else state.token


def begin() -> str:
    """Stop keeping and serving: something public is about to change. Return the writer's name."""
    writer = secrets.token_hex(8)
    _set(lambda writers: {**writers, writer: time.time() + PATIENCE})
    return writer


def end(writer: str) -> None:
    """Go on, under another token, now that the change of *writer* is there for all to see."""
    _set(lambda writers: {name: until for name, until in writers.items() if name != writer})


def renew() -> bool:
    """Give up all that is kept; return whether that was possible."""
    return _set(lambda writers: writers)


def _set(change: Any) -> bool:
    """Make another token, with the writers that *change* makes of those that are waited for."""
    now = time.time()
    try:
        state = _cache().get(_KEY) or _State()
        waited = {name: until for name, until in state.writers.items() if until > now}
        _cache().set(_KEY, replace(_State(), writers=change(waited)), None)
    except Exception:
        # What was decided stands; a cache that is away serves nobody, and is told when it is back.
        logger.exception("page cache: it cannot be told that something public changed")
        _owed.set()
        return _forgotten()
    _owed.clear()
    return True


def _forgotten() -> bool:
    """Take the state away, which a full disk allows: whoever misses it makes another token."""
    try:
        _cache().delete(_KEY)
    except Exception:
        logger.exception("page cache: its state cannot be taken away either")
        return False
    _owed.clear()
    return True


def _cache() -> Any:
    return caches[cache_alias()]
