"""LINE's judgement of a request's messages, and what a reader gets of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from otp_policy.channels.sandbox_line_schemas import BROADCAST
from otp_policy.channels.sandbox_schema import Detail, Schema

__all__ = ["complaints", "told"]

_URL = re.compile(r"https?://\S+")


def complaints(data: Mapping[str, object], *, schema: Schema = BROADCAST) -> list[Detail]:
    """Return the `details` of a 400 answer; none when the request fits *schema*."""
    return list(schema(data, ""))


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
