"""
How often a Page of the sandbox may be asked within an hour, and what its answers tell of that.

Meta counts all calls with a Page's token together, and tells in a header of every answer how much
is used and in how many minutes there is room again ("Rate limits", business use cases). Its own
limit depends on the Page's readers; here it is a number of the settings.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace

from otp_policy.channels.sandbox_graph_errors import error
from otp_policy.channels.sandbox_state import RATE_SECONDS, Answer, State

__all__ = ["refused_for_rate", "with_usage"]

PAGE_LIMIT = 32
USAGE = "X-Business-Use-Case-Usage"


def refused_for_rate(page: str, state: State) -> Answer | None:
    """Count a call of *page*, or return the error when the hour's calls are used up."""
    limit = state.settings.page_calls_per_hour
    if limit is not None and len(state.calls_this_hour(page)) >= limit:
        return error(PAGE_LIMIT, "(#32) Page request limit reached")
    state.page_calls[page].append(time.monotonic())
    return None


def with_usage(answer: Answer, *, page: str, state: State) -> Answer:
    """Return *answer* with the header that tells how much of the hour's calls is used."""
    limit = state.settings.page_calls_per_hour
    if limit is None:
        return answer
    calls = state.calls_this_hour(page)
    is_used_up = len(calls) >= limit
    # With a limit of none there is no call to wait for.
    left = RATE_SECONDS - (time.monotonic() - calls[0]) if calls else RATE_SECONDS
    usage = {
        "type": "pages",
        "call_count": min(100, 100 * len(calls) // limit) if limit else 100,
        "total_cputime": 0,
        "total_time": 0,
        "estimated_time_to_regain_access": max(1, math.ceil(left / 60)) if is_used_up else 0,
    }
    return replace(answer, headers={**answer.headers, USAGE: json.dumps({page: [usage]})})
