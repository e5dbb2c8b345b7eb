"""How a notice looks on a Facebook Page, Facebook's limits on it, and how to know it again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from otp_policy.channels.base import Notice, Problem
from otp_policy.channels.units import utf16_units

__all__ = ["carries", "problems", "render"]

MESSAGE_UNITS = 63_206  # Meta says characters; UTF-16 units are the stricter reading

REFERENCE_LABEL = "เลขอ้างอิง / Ref."


def render(notice: Notice) -> dict[str, object]:
    """Return message, link and reference; Facebook draws the card from the linked page."""
    paragraphs = [notice.title, notice.text, f"{REFERENCE_LABEL} {notice.reference}"]
    return {
        "message": "\n\n".join(filter(None, paragraphs)),
        "link": notice.url,
        "reference": notice.reference,
    }


def problems(payload: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return every limit of Facebook's that *payload* breaks."""
    return tuple(_problems(payload))


def _problems(payload: Mapping[str, object]) -> Iterator[Problem]:
    for name in ("message", "link", "reference"):
        value = payload.get(name)
        if not isinstance(value, str):
            yield Problem(code="shape", where=name, limit=0, actual=0)
        elif not value.strip():
            yield Problem(code="empty", where=name, limit=1, actual=0)
    message, link = str(payload.get("message", "")), str(payload.get("link", ""))
    if utf16_units(message) > MESSAGE_UNITS:
        units = utf16_units(message)
        yield Problem(code="too_long", where="message", limit=MESSAGE_UNITS, actual=units)
    if link and not link.startswith(("http://", "https://")):
        yield Problem(code="url_not_allowed", where="link", limit=0, actual=0)
    if not carries(message, str(payload.get("reference", ""))):
        yield Problem(code="reference_missing", where="message", limit=0, actual=0)


def carries(message: str, reference: str) -> bool:
    """
    Whether *message* carries exactly this *reference*, not a longer one that begins with it.

    >>> carries("เลขอ้างอิง / Ref. TPSO-77-3f", "TPSO-77-3f")
    True
    >>> carries("เลขอ้างอิง / Ref. TPSO-77-3f2", "TPSO-77-3f")
    False
    """
    bounded = rf"(?<![0-9A-Za-z_-]){re.escape(reference)}(?![0-9A-Za-z_-])"
    return bool(reference) and re.search(bounded, message) is not None
