"""How a notice looks on LINE, and LINE's limits on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from otp_policy.channels.base import Notice, NoticeKind, Problem
from otp_policy.channels.notice_words import heading, paragraphs
from otp_policy.channels.units import grapheme_count, split_by_utf16, utf16_units

__all__ = ["problems", "render"]

# LINE Messaging API reference, "Message objects", "Flex Message" and "Text character count".
MESSAGES_PER_REQUEST = 5
TEXT_UNITS = 5000  # UTF-16 code units
ALT_TEXT_UNITS = 1500  # UTF-16 code units
BUBBLE_BYTES = 30_000  # LINE says 30 KB; the smaller reading of it
LABEL_GRAPHEMES = 20
URI_CHARACTERS = 1000
IMAGE_URL_CHARACTERS = 2000
REQUEST_BYTES = 2_000_000  # LINE says 2 MB
BROADCASTS_PER_HOUR = 60  # for each channel

# LINE wants addresses percent-encoded; what is encoded already stays as it is.
_URL_CHARACTERS = "%/:?#[]@!$&'()*+,;=~"

READ_MORE = "อ่านต่อ / Read more"


def wire_bytes(value: object) -> int:
    """
    Return the size of *value* as the SDK sends it: JSON in which Thai takes six bytes a letter.

    LINE does not say whether it counts before or after unescaping; this is the larger.
    """
    return len(json.dumps(value))


def render(notice: Notice) -> dict[str, object]:
    """
    Return the broadcast: one bubble, or plain texts when the bubble would be over 30 KB.

    What LINE has sent stays: a correction or a withdrawal is a broadcast of its own, which says
    so and leads to the same address.
    """
    notice = replace(notice, url=quote(notice.url, safe=_URL_CHARACTERS))
    bubble = _bubble(notice)
    if wire_bytes(bubble) <= BUBBLE_BYTES:
        alt_text = f"{heading(notice)}\n{notice.url}"
        messages = [{"type": "flex", "altText": alt_text, "contents": bubble}]
    else:
        messages = [{"type": "text", "text": piece} for piece in _pieces(notice)]
    return {"messages": messages, "notificationDisabled": False}


def _bubble(notice: Notice) -> dict[str, object]:
    texts = [_text(heading(notice), weight="bold", size="lg")]
    texts += [_text(part, weight="regular", size="sm") for part in paragraphs(notice)]
    link = {"type": "uri", "label": READ_MORE, "uri": notice.url}
    button = {"type": "button", "style": "primary", "height": "sm", "action": link}
    bubble: dict[str, object] = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": texts},
        "footer": {"type": "box", "layout": "vertical", "contents": [button]},
    }
    if _has_image(notice):
        bubble["hero"] = {
            "type": "image",
            "url": quote(notice.image_url, safe=_URL_CHARACTERS),
            "size": "full",
            "aspectRatio": "20:13",
            "aspectMode": "cover",
        }
    return bubble


def _has_image(notice: Notice) -> bool:
    """Whether a picture goes along: LINE shows none but https, and a withdrawal shows none."""
    return notice.image_url.startswith("https://") and notice.kind != NoticeKind.WITHDRAW


def _text(text: str, *, weight: str, size: str) -> dict[str, object]:
    return {"type": "text", "text": text, "weight": weight, "size": size, "wrap": True}


def _pieces(notice: Notice) -> list[str]:
    """Return the whole notice as texts, the address unbroken at the end of the last one."""
    ending = f"\n\n{notice.url}"
    room = TEXT_UNITS - utf16_units(ending)
    whole = "\n\n".join([heading(notice), *paragraphs(notice)])
    pieces = split_by_utf16(whole, limit=max(room, 1))
    return [*pieces[:-1], pieces[-1] + ending] if pieces else [notice.url]


def problems(payload: Mapping[str, object]) -> tuple[Problem, ...]:
    """Return every limit of LINE's that *payload* breaks."""
    return tuple(_problems(payload))


def _problems(payload: Mapping[str, object]) -> Iterator[Problem]:
    messages = payload.get("messages")
    if not isinstance(messages, list):
        yield Problem(code="shape", where="messages", limit=0, actual=0)
        return
    if not messages:
        yield Problem(code="empty", where="messages", limit=1, actual=0)
    yield from _over("too_many", "messages", MESSAGES_PER_REQUEST, len(messages))
    yield from _over("too_large", "", REQUEST_BYTES, wire_bytes(dict(payload)))
    for index, message in enumerate(messages):
        yield from _message_problems(message, where=f"messages[{index}]")


def _message_problems(message: object, *, where: str) -> Iterator[Problem]:
    kind = message.get("type") if isinstance(message, dict) else None
    if isinstance(message, dict) and kind == "text":
        yield from _text_problems(message.get("text"), f"{where}.text", TEXT_UNITS)
    elif isinstance(message, dict) and kind == "flex":
        yield from _text_problems(message.get("altText"), f"{where}.altText", ALT_TEXT_UNITS)
        bubble = message.get("contents")
        yield from _over("too_large", f"{where}.contents", BUBBLE_BYTES, wire_bytes(bubble))
        yield from _part_problems(bubble, where=f"{where}.contents")
    else:
        yield Problem(code="shape", where=where, limit=0, actual=0)


def _part_problems(part: object, *, where: str) -> Iterator[Problem]:
    """Look through the bubble for texts, labels and addresses."""
    if isinstance(part, list):
        for index, item in enumerate(part):
            yield from _part_problems(item, where=f"{where}[{index}]")
    elif isinstance(part, dict):
        if part.get("type") == "text":
            yield from _text_problems(part.get("text"), f"{where}.text", TEXT_UNITS)
        if part.get("type") == "uri":
            yield from _link_problems(part, where=where)
        if part.get("type") == "image":
            yield from _image_problems(part, where=f"{where}.url")
        for name, value in part.items():
            yield from _part_problems(value, where=f"{where}.{name}")


def _text_problems(text: object, where: str, limit: int) -> Iterator[Problem]:
    if not isinstance(text, str):
        yield Problem(code="shape", where=where, limit=0, actual=0)
    elif not text.strip():
        yield Problem(code="empty", where=where, limit=1, actual=0)
    else:
        yield from _over("too_long", where, limit, utf16_units(text))


def _link_problems(action: Mapping[str, object], *, where: str) -> Iterator[Problem]:
    uri, label = str(action.get("uri", "")), str(action.get("label", ""))
    if not uri.isascii() or not uri.startswith(("http://", "https://")):
        yield Problem(code="url_not_allowed", where=f"{where}.uri", limit=0, actual=0)
    yield from _over("too_long", f"{where}.uri", URI_CHARACTERS, len(uri))
    yield from _over("too_long", f"{where}.label", LABEL_GRAPHEMES, grapheme_count(label))


def _image_problems(image: Mapping[str, object], *, where: str) -> Iterator[Problem]:
    url = str(image.get("url", ""))
    if not url.isascii() or not url.startswith("https://"):
        yield Problem(code="url_not_allowed", where=where, limit=0, actual=0)
    yield from _over("too_long", where, IMAGE_URL_CHARACTERS, len(url))


def _over(code: str, where: str, limit: int, actual: int) -> Iterator[Problem]:
    if actual > limit:
        yield Problem(code=code, where=where, limit=limit, actual=actual)
