"""
LINE's judgement of message objects, as far as the sandbox knows it: text and flex.

Written from LINE's reference, apart from the adapter's own checks, so that one can catch the
other's mistakes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from otp_policy.channels.units import utf16_units

__all__ = ["complaints", "told"]

Detail = dict[str, str]

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BUBBLES = 12
COMPONENTS = {"box", "button", "image", "text", "separator", "filler", "icon", "span", "video"}
SCHEMES = ("http:", "https:", "line:", "tel:")

_URL = re.compile(r"https?://\S+")


def complaints(data: Mapping[str, object]) -> list[Detail]:
    """Return the `details` of a 400 answer; none when the request is fine."""
    return list(_request(data))


def _say(where: str, message: str) -> Detail:
    return {"message": message, "property": where}


def _request(data: Mapping[str, object]) -> Iterator[Detail]:
    messages = data.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:
        yield _say("messages", "Size must be between 1 and 5")
        return
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        kind = message.get("type") if isinstance(message, dict) else None
        if kind == "text":
            yield from _length(message.get("text"), f"{where}.text", 5000)
        elif kind == "flex":
            yield from _length(message.get("altText"), f"{where}.altText", 1500)
            yield from _container(message.get("contents"), f"{where}.contents")
        else:
            yield _say(f"{where}.type", "Must be one of: text, flex (the sandbox knows no others)")


def _length(value: object, where: str, most: int) -> Iterator[Detail]:
    if not isinstance(value, str) or not value:
        yield _say(where, "May not be empty")
    elif utf16_units(value) > most:
        yield _say(where, f"Length must be between 0 and {most}")


def _container(value: object, where: str) -> Iterator[Detail]:
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(value, dict) and kind == "bubble":
        if len(json.dumps(value, ensure_ascii=False).encode()) > BUBBLE_BYTES:
            yield _say(where, "Bubble must be at most 30 KB")
        for part in ("header", "hero", "body", "footer"):
            if part in value:
                yield from _component(value[part], f"{where}.{part}")
    elif isinstance(value, dict) and kind == "carousel":
        bubbles = value.get("contents")
        if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= CAROUSEL_BUBBLES:
            yield _say(f"{where}.contents", "Size must be between 1 and 12")
            return
        for index, bubble in enumerate(bubbles):
            yield from _container(bubble, f"{where}.contents[{index}]")
    else:
        yield _say(f"{where}.type", "Must be one of: bubble, carousel")


def _component(value: object, where: str) -> Iterator[Detail]:
    if not isinstance(value, dict) or value.get("type") not in COMPONENTS:
        yield _say(f"{where}.type", "Must be a flex component")
        return
    kind = value["type"]
    if kind == "text" and not value.get("contents"):
        yield from _length(value.get("text"), f"{where}.text", 5000)
    if kind == "image" and not str(value.get("url", "")).startswith("https://"):
        yield _say(f"{where}.url", "Must be an https address")
    if kind == "button" and "action" not in value:
        yield _say(f"{where}.action", "May not be empty")
    if kind == "box":
        parts = value.get("contents")
        for index, part in enumerate(parts if isinstance(parts, list) else []):
            yield from _component(part, f"{where}.contents[{index}]")
        if not isinstance(parts, list) or value.get("layout") is None:
            yield _say(where, "A box needs layout and contents")
    yield from _action(value.get("action"), f"{where}.action")


def _action(value: object, where: str) -> Iterator[Detail]:
    if not isinstance(value, dict) or value.get("type") != "uri":
        return
    uri = str(value.get("uri", ""))
    if not uri.startswith(SCHEMES) or not uri.isascii():
        yield _say(f"{where}.uri", "Must be a valid address of scheme http, https, line or tel")
    yield from _length(uri, f"{where}.uri", 1000)


def told(messages: object) -> tuple[str, str, str]:
    """Return what a reader gets: title (the first line), whole text, and first address."""
    texts, uris = list(_strings(messages, "text")), list(_strings(messages, "uri"))
    text = "\n".join(texts)
    uris += _URL.findall(text)
    return text.split("\n", 1)[0], text, uris[0] if uris else ""


def _strings(value: object, name: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _strings(item, name)
    elif isinstance(value, dict):
        if isinstance(value.get(name), str):
            yield value[name]
        for part in ("contents", "hero", "header", "body", "footer", "action"):
            yield from _strings(value.get(part), name)
