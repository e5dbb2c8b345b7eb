"""Which requests may be answered by a page that was made for somebody else."""

import re
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from django.db import connections
from django.http import HttpRequest
from django.utils.translation import get_language

from otp_policy.wagtail.conf import office_day

from .conf import query_pattern

__all__ = ["is_plain", "key_of", "may_share"]

_LONGEST_PATH = 400
# What others append to a link that they show; no page reads it.
_TRACKING = re.compile(r"fbclid|gclid|utm_[a-z]{1,20}")


def may_share(request: HttpRequest) -> bool:
    """
    Tell whether *request* comes from nobody in particular and asks for something that is shared.

    Who sends a cookie, whatever it says, is somebody. A preview passes through the middleware at
    the address of the live page. Inside a transaction one sees what is not there for others yet.
    """
    return (
        request.method in ("GET", "HEAD")
        and not request.META.get("HTTP_COOKIE")
        and not request.META.get("HTTP_AUTHORIZATION")
        and not request.META.get("REMOTE_USER")
        and not getattr(request, "is_preview", False)
        and not getattr(request, "is_dummy", False)
        and len(request.path) <= _LONGEST_PATH
        and (is_plain(request) or _is_tracked(request))
        and not any(one.in_atomic_block for one in connections.all(initialized_only=True))
    )


def is_plain(request: HttpRequest) -> bool:
    """Tell whether *request* has no query, or one of the few that are kept."""
    query = request.META.get("QUERY_STRING", "")
    return not query or bool(_kept_queries().fullmatch(query))


def _is_tracked(request: HttpRequest) -> bool:
    """Tell whether the query says nothing but whence the reader came."""
    query = request.META.get("QUERY_STRING", "")
    pairs = parse_qsl(query, keep_blank_values=True)
    return bool(pairs) and all(_TRACKING.fullmatch(name) for name, _value in pairs)


def key_of(request: HttpRequest, token: str, appearance: str) -> str:
    """Return where the answer to *request* is kept under *token*, until the office's day ends."""
    query = request.META.get("QUERY_STRING", "") if is_plain(request) else ""
    parts: tuple[Any, ...] = (
        token,
        appearance,
        office_day().isoformat(),
        get_language(),
        request.scheme,
        request.get_host(),
        request.path,
        query,
    )
    return f"otp-policy-page-{sha256(repr(parts).encode()).hexdigest()}"


@cache
def _kept_queries() -> re.Pattern[str]:
    return re.compile(query_pattern())
