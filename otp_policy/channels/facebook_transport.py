"""How requests to the Graph API travel: each takes a last look at the time before it leaves."""

from __future__ import annotations

from typing import Any

from requests.adapters import HTTPAdapter

from otp_policy.channels.connecting import Connecting, pools
from otp_policy.channels.last_look import look

__all__ = ["LastLookAdapter"]


class _LastLook(Connecting):
    """
    Looks at the time before each piece that it sends.

    INVARIANT: nothing stands between the look and the sending that may take long; connecting may.
    """

    def send(self, data: Any) -> None:
        here: Any = self
        if here.sock is None:
            here.connect()
        look()
        super().send(data)  # type: ignore[misc]  # of the connection that this is mixed into


_POOLS = pools(_LastLook)


class LastLookAdapter(HTTPAdapter):
    """A transport of `requests` that takes the last look."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of the connections that look."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS
