"""The part of the sandbox that behaves like the Graph API for one Facebook Page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from otp_policy.channels.sandbox_state import Answer, Record, Request, State

__all__ = ["answer", "error", "operation"]

FIRST_POST = 122_000_000_000_001
POSTS_PER_PAGE = 25
MOST_POSTS_PER_PAGE = 100
SECRETS = frozenset({"access_token", "appsecret_proof", "input_token"})

_VERSION = re.compile(r"^/v\d+\.\d+(?=/|$)")


def error(code: int, message: str, *, subcode: int | None = None, status: int = 400) -> Answer:
    """Return a Graph error as the Graph API shapes it."""
    body: dict[str, object] = {"message": message, "type": "OAuthException", "code": code}
    if subcode:
        body["error_subcode"] = subcode
    return Answer(status=status, body={"error": {**body, "fbtrace_id": "sandbox"}})


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
        ("GET", "published_posts"): "read",
        ("GET", ""): "read",
        ("POST", ""): "edit",
        ("DELETE", ""): "delete",
    }
    return asked.get((request.method, edge), "") if thing else ""


def answer(request: Request, *, state: State, base_url: str) -> Answer:
    """Return the Graph API's answer. *base_url* begins the addresses that it gives."""
    try:
        fields = _fields(request)
    except ValueError:
        return error(100, "(#100) The body could not be parsed")
    if refusal := _unauthorised(request, fields, state):
        return refusal
    thing, edge = _target(request)
    with state.lock:
        match operation(request):
            case "send":
                return _publish(fields, page=thing, state=state, base_url=base_url)
            case "read" if edge:
                return _posts(fields, page=thing, state=state, base_url=base_url + request.path)
            case "debug_token":
                return _debug_token(fields, state)
            case "read" | "edit" | "delete" as asked:
                return _one(asked, fields, thing=thing, state=state)
    return error(2500, f"Unknown path components: /{edge}")


def _fields(request: Request) -> dict[str, object]:
    """Return query and body together. Raises ValueError."""
    fields: dict[str, object] = dict(request.query)
    if "json" in request.headers.get("content-type", ""):
        data = json.loads(request.body or b"{}")
        if not isinstance(data, dict):
            raise ValueError("not an object")
        return {**fields, **data}
    return {**fields, **dict(parse_qsl(request.body.decode(), keep_blank_values=True))}


def _unauthorised(request: Request, fields: Mapping[str, object], state: State) -> Answer | None:
    account = state.account
    bearer = request.headers.get("authorization", "").partition(" ")[2]
    token = str(fields.get("access_token") or bearer)
    app_token = f"{account.app_id}|{account.app_secret}"
    allowed = [account.page_token]
    if account.app_secret and operation(request) == "debug_token":
        allowed.append(app_token)
    if not token or token not in allowed:
        return error(190, "Invalid OAuth access token - Cannot parse access token")
    if account.app_secret and token != app_token:
        right = hmac.new(account.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        given = str(fields.get("appsecret_proof", ""))
        if not hmac.compare_digest(right, given):
            return error(100, "Invalid appsecret_proof provided in the API argument")
    return None


def _publish(fields: Mapping[str, object], *, page: str, state: State, base_url: str) -> Answer:
    if page != state.account.page_id:
        return _missing(page)
    message, link = str(fields.get("message", "")), str(fields.get("link", ""))
    if not message and not link:
        return error(100, "(#100) Missing message or attachment")
    if link and not link.startswith(("http://", "https://")):
        return error(100, "The url you supplied is invalid", subcode=1609005)
    sent = sum(item["channel"] == "facebook" for item in state.messages)
    post_id = f"{page}_{FIRST_POST + sent}"
    state.add_message(
        {
            "channel": "facebook",
            "operation": "post",
            "title": message.split("\n", 1)[0],
            "text": message,
            "url": link,
            "id": post_id,
            "retry_key": "",
            "permalink_url": f"{base_url}/{post_id}",
            "deleted": False,
            "payload": {name: value for name, value in fields.items() if name not in SECRETS},
        }
    )
    return Answer(status=200, body={"id": post_id}, accepted=True)


def _missing(thing: str) -> Answer:
    message = f"Unsupported request. Object with ID '{thing}' does not exist"
    return error(100, message, subcode=33)


def _standing(state: State) -> list[Record]:
    """Return the posts that the public sees, newest first."""
    posts = [item for item in state.messages if item["channel"] == "facebook"]
    return [item for item in reversed(posts) if not item["deleted"]]


def _one(asked: str, fields: Mapping[str, object], *, thing: str, state: State) -> Answer:
    post = next((item for item in _standing(state) if item["id"] == thing), None)
    if thing == state.account.page_id and asked == "read":
        return Answer(status=200, body={"id": thing, "name": "Sandbox"})
    if post is None:
        return _missing(thing)
    if asked == "read":
        return Answer(status=200, body=_shown(post, str(fields.get("fields", ""))))
    if asked == "delete":
        post["deleted"] = True
    else:
        message = str(fields.get("message", ""))
        if not message:
            return error(100, "(#100) Missing message")
        post.update(title=message.split("\n", 1)[0], text=message)
    return Answer(status=200, body={"success": True}, accepted=True)


def _shown(post: Record, wanted: str) -> dict[str, object]:
    """Return the fields of *post* that were asked for; the Graph API always gives `id`."""
    instant = datetime.fromisoformat(str(post["received_at"]))
    have = {
        "message": post["text"],
        "created_time": instant.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": post["permalink_url"],
    }
    names = [name.strip() for name in wanted.split(",")] if wanted else ["message", "created_time"]
    shown = {name: have[name] for name in names if have.get(name)}
    return {**shown, "id": post["id"]}


def _posts(fields: Mapping[str, object], *, page: str, state: State, base_url: str) -> Answer:
    if page != state.account.page_id:
        return _missing(page)
    try:
        since = _instant(str(fields.get("since", "")))
        limit = min(int(str(fields.get("limit", POSTS_PER_PAGE))), MOST_POSTS_PER_PAGE)
        after = base64.b64decode(str(fields.get("after", ""))).decode()
    except (ValueError, OverflowError):
        return error(100, "(#100) since, limit or after is invalid")
    posts = [
        item
        for item in _standing(state)
        if datetime.fromisoformat(str(item["received_at"])) >= since
        and (not after or str(item["id"]) < after)
    ]
    shown, wanted = posts[: max(limit, 1)], str(fields.get("fields", ""))
    body: dict[str, object] = {"data": [_shown(item, wanted) for item in shown]}
    if shown:
        cursors = {"before": _cursor(shown[0]), "after": _cursor(shown[-1])}
        following = {"next": f"{base_url}?after={cursors['after']}"} if posts != shown else {}
        body["paging"] = {"cursors": cursors, **following}
    return Answer(status=200, body=body)


def _cursor(post: Record) -> str:
    return base64.b64encode(str(post["id"]).encode()).decode()


def _instant(text: str) -> datetime:
    """Return the instant that *text* names, in Unix seconds or ISO 8601. Raises ValueError."""
    if not text or text.isdecimal():
        return datetime.fromtimestamp(int(text or 0), UTC)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _debug_token(fields: Mapping[str, object], state: State) -> Answer:
    account = state.account
    valid = fields.get("input_token") == account.page_token
    data: dict[str, object] = {"app_id": account.app_id, "type": "PAGE", "is_valid": valid}
    if valid:
        scopes = ["pages_manage_posts", "pages_read_engagement"]
        data |= {"expires_at": 0, "profile_id": account.page_id, "scopes": scopes}
    return Answer(status=200, body={"data": data})
