"""Faults on demand: what `POST /_sandbox/faults` takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

__all__ = ["ACCEPTED", "EXAMPLE", "Fault", "FaultError", "parse"]

KINDS = ("hold", "reset", "status", "delay", "html", "half", "error")
OPERATIONS = {
    "line": ("send", "validate", "quota", "info", "token", "verify", "insight", "any"),
    "facebook": ("send", "read", "edit", "delete", "debug_token", "any"),
    "any": ("send", "any"),
}
ALIASES = {"broadcast": "send", "post": "send"}
LONGEST_SECONDS = 600
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
SECONDS = {"hold": 30.0, "delay": 1.0}

ACCEPTED: dict[str, object] = {
    "channel": list(OPERATIONS),
    "operation": {channel: list(names) for channel, names in OPERATIONS.items()},
    "fault": list(KINDS),
    "times": "whole number from 1, default 1; null until cleared",
    "accepted": "true: the request is carried out first; default false",
    "seconds": f"for hold (default 30) and delay (default 1), at most {LONGEST_SECONDS}",
    "status": "for status (required) and error (default 400, or 500 for codes 1 and 2)",
    "body": "for status: JSON value, or a text that is sent as it is",
    "headers": "for status, html and error: {name: text, or null to leave the header out}",
    "code, subcode, message": "for error (Facebook only); code is required",
    "account": "LINE channel id or Page id; default every account",
    "clear": "true, alone: forget all faults and let held requests go on",
}

EXAMPLE: dict[str, object] = {
    "channel": "line",
    "operation": "send",
    "fault": "hold",
    "seconds": 30,
    "accepted": True,
    "times": 1,
}


class FaultError(ValueError):
    """The body of a fault request is wrong. Its text says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, waiting for the request that it fits."""

    channel: str
    operation: str
    fault: str
    times: int | None = 1
    accepted: bool = False
    seconds: float = 0.0
    status: int = 0
    body: object = None
    has_body: bool = False
    headers: Mapping[str, str | None] = field(default_factory=dict)
    code: int = 0
    subcode: int | None = None
    message: str = ""
    account: str = ""  # "" for every account

    def fits(self, *, channel: str, operation: str, account: str) -> bool:
        """Whether the fault is meant for such a request."""
        return (
            self.channel in {channel, "any"}
            and self.operation in {operation, "any"}
            and self.account in {account, ""}
        )

    def used_once(self) -> Fault | None:
        """Return what is left of the fault after one use."""
        if self.times is None:
            return self
        return replace(self, times=self.times - 1) if self.times > 1 else None

    def as_json(self) -> dict[str, object]:
        """Return the fault as `GET /_sandbox/faults` lists it."""
        names = ("channel", "operation", "fault", "times", "accepted", "seconds", "status")
        more = ("code", "subcode", "message", "account")
        return {name: getattr(self, name) for name in (*names, *more)}


def parse(data: object) -> Fault:
    """Return the fault that *data* asks for. Raises FaultError."""
    if not isinstance(data, dict):
        raise FaultError("the body must be a JSON object")
    _refuse_strangers(data)
    channel = _one_of(data, "channel", tuple(OPERATIONS))
    operation = _one_of({"operation": "send", **data}, "operation", OPERATIONS[channel])
    kind = _one_of(data, "fault", KINDS)
    if kind == "error" and channel != "facebook":
        raise FaultError("`error` is for facebook; use `status` for line")
    return Fault(
        channel=channel,
        operation=operation,
        fault=kind,
        times=_times(data),
        accepted=_boolean(data, "accepted"),
        seconds=_seconds(data, kind),
        status=_status(data, kind),
        body=data.get("body"),
        has_body="body" in data,
        headers=_headers(data),
        code=_integer(data, "code", default=None if kind == "error" else 0) or 0,
        subcode=_integer(data, "subcode", default=0) or None,
        message=str(data.get("message", "(sandbox) fault")),
        account=str(data.get("account", "")),
    )


def _refuse_strangers(data: Mapping[str, object]) -> None:
    known = {name for names in ACCEPTED for name in names.split(", ")} - {"clear"}
    if strange := sorted(str(name) for name in data if name not in known):
        raise FaultError(f"unknown: {', '.join(strange)}")


def _one_of(data: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> str:
    value = data.get(name)
    word = value.strip().lower() if isinstance(value, str) else ""
    if name == "operation":
        word = ALIASES.get(word, word)
    if word not in allowed:
        raise FaultError(f"`{name}` must be one of {', '.join(allowed)}")
    return word


def _boolean(data: Mapping[str, object], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise FaultError(f"`{name}` must be true or false")
    return value


def _integer(data: Mapping[str, object], name: str, *, default: int | None) -> int | None:
    value = data.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise FaultError(f"`{name}` must be a whole number")
    return value


def _times(data: Mapping[str, object]) -> int | None:
    if "times" in data and data["times"] is None:
        return None
    times = _integer(data, "times", default=1)
    if times is None or times < 1:
        raise FaultError("`times` must be 1 or more, or null")
    return times


def _seconds(data: Mapping[str, object], kind: str) -> float:
    value = data.get("seconds", SECONDS.get(kind, 0.0))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FaultError("`seconds` must be a number")
    if not 0 <= value <= LONGEST_SECONDS:
        raise FaultError(f"`seconds` must be from 0 to {LONGEST_SECONDS}")
    return float(value)


def _status(data: Mapping[str, object], kind: str) -> int:
    usual = {"html": 200, "error": 500 if data.get("code") in {1, 2} else 400}.get(kind, 0)
    status = _integer(data, "status", default=None if kind == "status" else usual)
    if status is None or (status and not 200 <= status <= 599):
        raise FaultError("`status` must be from 200 to 599")
    return status


def _headers(data: Mapping[str, object]) -> dict[str, str | None]:
    headers = data.get("headers", {})
    if not isinstance(headers, dict):
        raise FaultError("`headers` must be an object")
    for name, value in headers.items():
        if not isinstance(value, str | None) or not f"{value}".isprintable():
            raise FaultError(f"`headers.{name}` must be one line of text, or null")
        if not _HEADER.fullmatch(str(name)):
            raise FaultError(f"`headers.{name}` is no name of a header")
    return headers
