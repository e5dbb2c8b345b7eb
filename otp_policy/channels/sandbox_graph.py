"""The part of the sandbox that behaves like the Graph API for Facebook Pages."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

from otp_policy.channels.sandbox_graph_errors import error, missing
from otp_policy.channels.sandbox_graph_fields import fields_of, refusal
from otp_policy.channels.sandbox_graph_limits import refused_for_rate, with_usage
from otp_policy.channels.sandbox_graph_posts import one, posts, publish, publish_photo
from otp_policy.channels.sandbox_state import Answer, Request, State

__all__ = ["account", "answer", "error", "operation"]

SESSION_EXPIRED = 463
ME = "me"  # the Page whose token it is

_VERSION = re.compile(r"^/v\d+\.\d+(?=/|$)")


def _target(request: Request) -> tuple[str, str]:
    """Return object and edge of the path, without the version."""
    parts = _VERSION.sub("", request.path).strip("/").split("/")
    return parts[0], "/".join(parts[1:])


def operation(request: Request) -> str:
    """Return what the request asks for, "" when the sandbox does not know it."""
    thing, edge = _target(request)
    if request.method == "GET" and thing == "debug_token":
        return "debug_token"
    asked = {
        ("POST", "feed"): "send",
        ("POST", "photos"): "send",
        ("GET", "published_posts"): "read",
        ("GET", "posts"): "read",
        ("GET", "feed"): "read",
        ("GET", ""): "read",
        ("POST", ""): "edit",
        ("DELETE", ""): "delete",
    }
    return asked.get((request.method, edge), "") if thing else ""


def account(request: Request, *, state: State) -> str:
    """Return the id of the Page that the request is about, "" where its path names none."""
    page = _target(request)[0].partition("_")[0]
    return page if page in state.pages else ""


def answer(request: Request, *, state: State, base_url: str) -> Answer:
    """Return the Graph API's answer. *base_url* begins the addresses that it gives."""
    try:
        fields = fields_of(request)
    except (ValueError, RecursionError):
        return error(100, "(#100) The body could not be parsed")
    with state.lock:
        if operation(request) == "debug_token":
            return _debug_token(request, fields, state)
        page, refused = _page(request, fields, state)
        if refused:
            return refused
        given = refused_for_rate(page, state) or _of_page(request, fields, page, state, base_url)
        return with_usage(given, page=page, state=state)


def _of_page(
    request: Request, fields: Mapping[str, object], page: str, state: State, base_url: str
) -> Answer:
    """Return the answer to what is asked with the token of *page*."""
    thing, edge = _target(request)
    if refused := refusal(fields) if request.method == "POST" else None:
        return refused
    thing = {ME: page}.get(thing, thing)
    if edge and thing != page:
        known = thing in state.pages
        return error(200, "(#200) Permissions error") if known else missing(thing)
    if refused := _unpermitted(request, thing, state):
        return refused
    match operation(request), edge:
        case "send", "feed":
            return publish(fields, page=page, state=state, base_url=base_url)
        case "send", _:
            return publish_photo(fields, page=page, state=state, base_url=base_url)
        case "read", "published_posts" | "posts" | "feed":
            return posts(fields, page=page, state=state, base_url=base_url + request.path)
        case ("read" | "edit" | "delete") as asked, _:
            return one(asked, fields, thing=thing, page=page, state=state)
    return error(2500, f"Unknown path components: /{edge}")


def _page(
    request: Request, fields: Mapping[str, object], state: State
) -> tuple[str, Answer | None]:
    """Return the Page whose token the request carries, or the answer that refuses it."""
    token = _token(request, fields)
    page = next((page for page, own in state.pages.items() if token and own == token), "")
    if not page:
        return "", error(190, "Invalid OAuth access token - Cannot parse access token")
    if state.settings.page_token_expired:
        return "", error(190, "Error validating access token", subcode=SESSION_EXPIRED)
    return page, _unproved(fields, token=token, state=state)


def _unpermitted(request: Request, thing: str, state: State) -> Answer | None:
    """Return the error for a change that the token's permissions do not cover."""
    asked = operation(request)
    if asked in {"", "read"} or "pages_manage_posts" in state.settings.page_scopes:
        return None
    return error(200, "(#200) Permissions error") if asked == "send" else missing(thing)


def _token(request: Request, fields: Mapping[str, object]) -> str:
    bearer = request.headers.get("authorization", "").partition(" ")[2]
    return str(fields.get("access_token") or bearer)


def _unproved(fields: Mapping[str, object], *, token: str, state: State) -> Answer | None:
    """Return the error for a request without the right proof, where the app has a secret."""
    secret = state.account.app_secret
    if secret:
        right = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(right, str(fields.get("appsecret_proof", ""))):
            return error(100, "Invalid appsecret_proof provided in the API argument")
    return None


def _debug_token(request: Request, fields: Mapping[str, object], state: State) -> Answer:
    """Tell of a token, to the app itself or to the Page whose token it is."""
    token, own = _token(request, fields), state.account
    is_app = bool(own.app_secret) and token == f"{own.app_id}|{own.app_secret}"
    if not is_app:
        _, refused = _page(request, fields, state)
        if refused:
            return refused
    asked, settings = str(fields.get("input_token", "")), state.settings
    page = next((page for page, own in state.pages.items() if asked and own == asked), "")
    if not page:
        refused_token = {"code": 190, "message": "Invalid OAuth access token"}
        return Answer(status=200, body={"data": {"is_valid": False, "error": refused_token}})
    data: dict[str, object] = {
        "app_id": own.app_id,
        "type": "PAGE",
        "is_valid": not settings.page_token_expired,
        "expires_at": settings.page_token_expires_at,
        "profile_id": page,
        "scopes": list(settings.page_scopes),
    }
    if settings.page_token_expired:
        data["error"] = {"code": 190, "subcode": SESSION_EXPIRED, "message": "expired"}
    return Answer(status=200, body={"data": data})
