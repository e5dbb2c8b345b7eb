"""
Connections that say whether an error arose before anything was sent.

A TLS handshake that fails proves that nothing was sent; the same error out of a connection that
stood proves nothing. Only where it arose tells them apart.
"""

from __future__ import annotations

from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

__all__ = ["POOLS", "Connecting", "arose_while_connecting", "pools"]

_MARK = "otp_policy_nothing_was_sent"


class Connecting:
    """Marks what is raised while the connection is made, the handshake included."""

    def connect(self) -> None:
        """Connect; what goes wrong in it is marked."""
        try:
            super().connect()  # type: ignore[misc]  # of the connection that this is mixed into
        except Exception as error:
            setattr(error, _MARK, True)
            raise


def arose_while_connecting(error: BaseException) -> bool:
    """Whether *error*, or one that it came from, was marked by a connection being made."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        if getattr(one, _MARK, False):
            return True
        seen.add(id(one))
        reason = getattr(one, "reason", None)
        waiting += [reason, one.__cause__, one.__context__, *one.args]
    return False


def pools(kind: type[Connecting]) -> dict[str, Any]:
    """Return pools whose connections are of *kind* too, for `pool_classes_by_scheme` of urllib3."""
    plain = type("Connection", (kind, HTTPConnection), {})
    safe = type("SafeConnection", (kind, HTTPSConnection), {})
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("SafePool", (HTTPSConnectionPool,), {"ConnectionCls": safe}),
    }


POOLS = pools(Connecting)
