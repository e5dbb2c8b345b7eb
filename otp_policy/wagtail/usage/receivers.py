"""Forgets words, once a day, in the dispatcher's rounds."""

import time
from typing import Any

from otp_policy.wagtail.signals import dispatching

from .forgetting import forget_words

_EVERY_SECONDS = 24 * 60 * 60.0
_forgot_at = float("-inf")


def connect() -> None:
    """Connect the receiver, once."""
    dispatching.connect(on_dispatch, dispatch_uid="otp_policy.usage.dispatch")


def on_dispatch(sender: Any, **kwargs: Any) -> None:
    """Forget what is kept no longer."""
    global _forgot_at
    if time.monotonic() - _forgot_at >= _EVERY_SECONDS:
        _forgot_at = time.monotonic()
        forget_words()
