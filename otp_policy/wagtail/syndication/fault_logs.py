"""
What a log may say of an error that an adapter or a broker raised: where and what, and no secret.

A traceback as Python prints it may hold a token: in an address, or in what a library says.
"""

import traceback
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from django.conf import settings

from otp_policy.channels.redaction import redact

from .registry import configured

__all__ = ["said", "told"]

_FRAMES = 8
# Of the values of a channel these are no secrets, and a log is of no use without them.
_OPEN = frozenset({"adapter", "host", "graph_url"})


def told(error: BaseException) -> str:
    """Return the kind of *error* and of its causes, what they say, redacted, and where it arose."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{said(error)} ({places})"


def said(error: BaseException) -> str:
    """Return the kind of *error* and of its causes, and what they say, redacted."""
    causes = " from ".join(f"{type(one).__name__}: {one}" for one in _causes(error))
    return redact(causes, *_secrets())


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        yield found
        seen.add(id(found))
        found = found.__cause__ or found.__context__


def _secrets() -> Iterator[str]:
    for config in configured().values():
        yield from (
            str(value)
            for name, value in config.items()
            if isinstance(value, str) and name not in _OPEN
        )
    password = urlsplit(getattr(settings, "CELERY_BROKER_URL", "") or "").password
    if password:
        yield from {password, unquote(password)}
