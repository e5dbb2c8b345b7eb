"""Keeping tokens out of details, exceptions and logs."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, quote_plus

__all__ = ["LeakFilter", "guard_loggers", "redact"]

MASK = "[redacted]"
DETAIL_CHARACTERS = 500

_NAMED = re.compile(
    r"""((?:access_token|appsecret_proof|client_secret|input_token)["']?\s*[=:]\s*["']?)"""
    r"""[^"'&\s,)}]+""",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(Bearer\s+)[^\s\"']+", re.IGNORECASE)


def redact(text: str, *secrets: str) -> str:
    """
    Return *text* without *secrets* and without anything that is named as a token.

    The result is cut to 500 characters, after masking, so that no cut leaves half a token.
    """
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for form in {secret, quote(secret, safe=""), quote_plus(secret)}:
            text = text.replace(form, MASK)
    text = _BEARER.sub(rf"\1{MASK}", _NAMED.sub(rf"\1{MASK}", text))
    return text[:DETAIL_CHARACTERS]


class LeakFilter(logging.Filter):
    """Masks tokens in records of libraries that log whole URLs and response bodies."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if _NAMED.search(message) or _BEARER.search(message):
            record.msg, record.args = redact(message), ()
        return True


_FILTER = LeakFilter()


def guard_loggers(*names: str) -> None:
    """Put the filter on the loggers called *names*; safe to call again."""
    for name in names:
        logging.getLogger(name).addFilter(_FILTER)
