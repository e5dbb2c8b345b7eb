"""
The last look before a request leaves: whoever was stopped meanwhile does not send it.

A service without retry keys takes two requests for two posts. Between whatever is looked at before
a call and the call itself a process may be suspended, for as long as it takes another to find
nothing there and send. So the time is looked at again when the connection stands, and before each
piece of the request: a request that is not whole is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["TooLateError", "look", "unless_late"]


class TooLateError(Exception):
    """The time for the call is over, and the request was not sent."""


_is_late: ContextVar[Callable[[], bool] | None] = ContextVar("otp_policy_is_late", default=None)


@contextmanager
def unless_late(is_late: Callable[[], bool]) -> Iterator[None]:
    """Send nothing in this block once *is_late* says so: it costs two readings of a clock."""
    token = _is_late.set(is_late)
    try:
        yield
    finally:
        _is_late.reset(token)


def look() -> None:
    """
    Look at the time, if this is a call that may come too late.

    Raises:
        TooLateError: If it does.
    """
    is_late = _is_late.get()
    if is_late is not None and is_late():
        raise TooLateError("woke up too late to send")
