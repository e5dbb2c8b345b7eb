"""What a friend of the LINE account sees of a payload, and how much of each limit it uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from otp_policy.channels import line_message as limits
from otp_policy.channels.preview import Count, Preview, Unit
from otp_policy.channels.units import grapheme_count, utf16_units

__all__ = ["preview"]


def preview(payload: Mapping[str, object]) -> Preview:
    """Return what *payload* shows. What is not there, or has another shape, is empty."""
    messages = [item for item in _list(payload.get("messages")) if isinstance(item, dict)]
    counts = tuple(_counts(payload, messages))
    flexes = [item for item in messages if item.get("type") == "flex"]
    if not flexes:
        texts = tuple(_text(item.get("text")) for item in messages)
        title, _, text = "\n".join(texts).partition("\n")
        return Preview(title=title, text=text.strip(), texts=texts, counts=counts)
    bubble = _dict(flexes[0].get("contents"))
    words = [_text(part.get("text")) for part in _parts(bubble.get("body"), kind="text")]
    action = next(_actions(bubble.get("footer")), {})
    return Preview(
        title=words[0] if words else "",
        text="\n".join(words[1:]),
        image_url=_text(_dict(bubble.get("hero")).get("url")),
        button=_text(action.get("label")),
        link=_text(action.get("uri")),
        alt_text=_text(flexes[0].get("altText")),
        counts=counts,
    )


def _counts(payload: Mapping[str, object], messages: list[dict[str, object]]) -> Iterator[Count]:
    yield Count(
        where="messages",
        actual=len(messages),
        limit=limits.MESSAGES_PER_REQUEST,
        unit=Unit.MESSAGES,
    )
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        if message.get("type") == "flex":
            yield from _flex_counts(message, where=where)
        else:
            yield _units(f"{where}.text", message.get("text"), limit=limits.TEXT_UNITS)
    actual = limits.wire_bytes(dict(payload))
    yield Count(where="", actual=actual, limit=limits.REQUEST_BYTES, unit=Unit.BYTES)


def _flex_counts(message: Mapping[str, object], *, where: str) -> Iterator[Count]:
    bubble = message.get("contents")
    yield _units(f"{where}.altText", message.get("altText"), limit=limits.ALT_TEXT_UNITS)
    yield Count(
        where=f"{where}.contents",
        actual=limits.wire_bytes(bubble),
        limit=limits.BUBBLE_BYTES,
        unit=Unit.BYTES,
    )
    for action in _actions(bubble):
        yield Count(
            where="label",
            actual=grapheme_count(_text(action.get("label"))),
            limit=limits.LABEL_GRAPHEMES,
            unit=Unit.GRAPHEMES,
        )
        yield Count(
            where="uri",
            actual=len(_text(action.get("uri"))),
            limit=limits.URI_CHARACTERS,
            unit=Unit.CHARACTERS,
        )


def _units(where: str, text: object, *, limit: int) -> Count:
    return Count(where=where, actual=utf16_units(_text(text)), limit=limit, unit=Unit.UTF16)


def _actions(part: object) -> Iterator[Mapping[str, object]]:
    return _parts(part, kind="uri")


def _parts(part: object, *, kind: str) -> Iterator[Mapping[str, object]]:
    """Yield every object of that type in the bubble, in the order of the bubble."""
    if isinstance(part, list):
        for item in part:
            yield from _parts(item, kind=kind)
    elif isinstance(part, dict):
        if part.get("type") == kind:
            yield part
        for value in part.values():
            yield from _parts(value, kind=kind)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
