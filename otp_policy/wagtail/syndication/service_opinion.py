"""
What a service itself says of a payload that is only shown to it.

Nobody waits for a service longer than two seconds: one that does not answer was not asked.
"""

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

from django.core.cache import cache

from otp_policy.channels.base import CheckingAdapter, CheckState
from otp_policy.channels.readings import Check

from .conf import adapter_for

__all__ = ["answer_in_time", "opinion_of"]

logger = logging.getLogger(__name__)

_LONGEST_WAIT_SECONDS = 2.0
_KEPT_SECONDS = {CheckState.PASSED: 3600, CheckState.REFUSED: 600, CheckState.UNKNOWN: 30}


def opinion_of(channel: str, payload: dict[str, Any]) -> Check | None:
    """Return what the service of *channel* says of *payload*; None if none judges."""
    adapter = adapter_for(channel)
    if not isinstance(adapter, CheckingAdapter):
        return None
    wanted = json.dumps(payload, sort_keys=True).encode()
    key = f"otp_policy.opinion.{channel}.{sha256(wanted).hexdigest()}"
    known = cache.get(key)
    if known is None:
        silent = Check(state=CheckState.UNKNOWN)
        known = answer_in_time(partial(adapter.check, payload), otherwise=silent)
        cache.set(key, known, _KEPT_SECONDS[known.state])
    return known


def answer_in_time(ask: Callable[[], Any], *, otherwise: Any) -> Any:
    """Return what *ask* answers within two seconds, or *otherwise*, also where it fails."""
    try:
        return _askers().submit(ask).result(timeout=_LONGEST_WAIT_SECONDS)
    except Exception:
        # Whatever an adapter raises, and a time that ran out, is no answer of the service.
        logger.info("a service did not answer a screen", exc_info=True)
        return otherwise


@lru_cache(maxsize=1)
def _askers() -> ThreadPoolExecutor:
    """Return the threads that wait for services: few, so that a slow one ties up no server."""
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="otp-opinion")
