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
from .fault_logs import told

__all__ = ["answer_in_time", "is_judged", "key_of", "opinion_of"]

logger = logging.getLogger(__name__)

_LONGEST_WAIT_SECONDS = 2.0
_KEPT_SECONDS = {CheckState.PASSED: 3600, CheckState.REFUSED: 600, CheckState.UNKNOWN: 30}


def is_judged(channel: str) -> bool:
    """Tell whether the service of *channel* judges what it is shown."""
    return isinstance(adapter_for(channel), CheckingAdapter)


def key_of(channel: str, payload: dict[str, Any]) -> str:
    """Return what names the question whether *channel* would take *payload*, by its digest."""
    wanted = json.dumps(payload, sort_keys=True).encode()
    return f"otp_policy.opinion.{channel}.{sha256(wanted).hexdigest()}"


def opinion_of(channel: str, payload: dict[str, Any]) -> Check | None:
    """Return what the service of *channel* says of *payload*; None if none judges."""
    adapter = adapter_for(channel)
    if not isinstance(adapter, CheckingAdapter):
        return None
    key = key_of(channel, payload)
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
    except TimeoutError:
        logger.info("a service did not answer a screen in time")
        return otherwise
    except Exception as error:
        # Whatever else comes out of a future was raised by the adapter, which may be an agency's
        # own. It is no answer of the service, and nobody's screen fails for it.
        logger.warning("a service could not be asked for a screen: %s", told(error))
        return otherwise


@lru_cache(maxsize=1)
def _askers() -> ThreadPoolExecutor:
    """Return the threads that wait for services: few, so that a slow one ties up no server."""
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="otp-opinion")
