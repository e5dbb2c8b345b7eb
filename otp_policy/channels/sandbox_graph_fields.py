"""What a request to the Graph API carries, and what the sandbox accepts in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from urllib.parse import parse_qsl

from otp_policy.channels.sandbox_graph_errors import error
from otp_policy.channels.sandbox_state import Answer, Request
from otp_policy.channels.units import utf16_units

__all__ = ["fields_of", "refusal"]

MESSAGE_UNITS = 63_206
TEXTS = ("message", "caption", "link", "url", "name")
TRUE, FALSE = ("true", "1", True, 1), ("false", "0", False, 0)


def fields_of(request: Request) -> dict[str, object]:
    """Return query and body together; a file is its bytes. Raises ValueError."""
    fields: dict[str, object] = dict(request.query)
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        data = json.loads(request.body or b"{}")
        if not isinstance(data, dict):
            raise ValueError("not an object")
        return {**fields, **data}
    if kind.startswith("multipart/form-data"):
        return {**fields, **_multipart(kind, request.body)}
    return {**fields, **dict(parse_qsl(request.body.decode(), keep_blank_values=True))}


def _multipart(kind: str, body: bytes) -> dict[str, object]:
    whole = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    parts = whole.get_payload()
    if not isinstance(parts, list):
        raise ValueError("no parts")
    return dict(_part(part) for part in parts if isinstance(part, Message))


def _part(part: Message) -> tuple[str, object]:
    name = str(part.get_param("name", "", header="content-disposition"))
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    return name, raw if part.get_filename() else raw.decode()


def refusal(fields: Mapping[str, object]) -> Answer | None:
    """Return the error for fields of a wrong type or size, None when they are fine."""
    for name in TEXTS:
        value = fields.get(name, "")
        if not isinstance(value, str):
            return error(100, f"(#100) Param {name} must be a string")
        if utf16_units(value) > MESSAGE_UNITS:
            return error(100, f"(#100) Param {name} is too long")
    for name in ("link", "url"):
        value = str(fields.get(name, ""))
        if value and not value.startswith(("http://", "https://")):
            return error(100, "The url you supplied is invalid", subcode=1609005)
    published = fields.get("published", "true")
    if published not in (*TRUE, *FALSE):
        return error(100, "(#100) Param published must be a boolean")
    if published in FALSE or "scheduled_publish_time" in fields:
        return error(100, "(#100) (sandbox) scheduling is not imitated")
    return None
