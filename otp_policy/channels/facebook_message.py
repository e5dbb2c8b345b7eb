"""How a notice looks on a Facebook Page, Facebook's limits on it, and how to know it again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from otp_policy.channels.base import Notice, NoticeKind, Problem
from otp_policy.channels.notice_words import heading, paragraphs
from otp_policy.channels.units import utf16_units

__all__ = ["carries", "problems", "render"]

MESSAGE_UNITS = 63_206  # Meta says characters; UTF-16 units are the stricter reading

REFERENCE_LABEL = "เลขอ้างอิง / Ref."


def render(notice: Notice) -> dict[str, object]:
    """
    Return message, link and reference, and the address of the picture when the notice has one.

    Facebook draws the card of a link from the linked page. A photo has no card, so its text
    carries the address. A correction keeps its title: it is put in the place of the post.
    """
    title = notice.title if notice.kind == NoticeKind.CORRECT else heading(notice)
    told = [title, *paragraphs(notice)]
    payload: dict[str, object] = {"link": notice.url, "reference": notice.reference}
    if notice.image_url.startswith("https://") and notice.kind != NoticeKind.WITHDRAW:
        payload["image_url"] = notice.image_url
        told.append(notice.url)
    told.append(f"{REFERENCE_LABEL} {notice.reference}")
    return {"message": "\n\n".join(filter(None, told)), **payload}


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
    image_url = payload.get("image_url", "https://")
    if not isinstance(image_url, str) or not image_url.startswith("https://"):
        yield Problem(code="url_not_allowed", where="image_url", limit=0, actual=0)
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
