"""Errors as the Graph API shapes them."""

from __future__ import annotations

from otp_policy.channels.sandbox_state import Answer

__all__ = ["error", "missing"]


def error(code: int, message: str, *, subcode: int | None = None, status: int = 400) -> Answer:
    """Return a Graph error."""
    body: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
    if subcode:
        body["error_subcode"] = subcode
    return Answer(status=status, body={"error": {**body, "fbtrace_id": "sandbox"}})


def missing(thing: str) -> Answer:
    """Return the error for a post or Page that is not there."""
    message = f"Unsupported request. Object with ID '{thing}' does not exist"
    return error(100, message, subcode=33)
