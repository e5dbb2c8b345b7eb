"""The posts and photos of the sandbox's Facebook Pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from otp_policy.channels.sandbox_graph_errors import error, missing
from otp_policy.channels.sandbox_state import Answer, Record, State

__all__ = ["one", "posts", "publish", "publish_photo"]

FIRST_POST = 122_000_000_000_001
FIRST_PHOTO = 522_000_000_000_001
POSTS_PER_PAGE = 25
MOST_POSTS_PER_PAGE = 100
SECRETS = frozenset({"access_token", "appsecret_proof", "input_token"})

_URL = re.compile(r"https?://\S+")


def publish(fields: Mapping[str, object], *, page: str, state: State, base_url: str) -> Answer:
    """Put a post on *page*."""
    message, link = str(fields.get("message", "")), str(fields.get("link", ""))
    if not message and not link:
        return error(100, "(#100) Missing message or attachment")
    if refused := _repeated(message, page=page, state=state):
        return refused
    post = _add(fields, message=message, url=link, page=page, state=state, base_url=base_url)
    return Answer(status=200, body={"id": post["id"]}, accepted=True)


def publish_photo(
    fields: Mapping[str, object], *, page: str, state: State, base_url: str
) -> Answer:
    """Put a photo on *page*: it has an id of its own beside that of the post that shows it."""
    url, source = str(fields.get("url", "")), fields.get("source")
    if not url and not source:
        return error(100, "(#100) One of url or source is required", subcode=1366046)
    message = str(fields.get("caption") or fields.get("message") or "")
    if refused := _repeated(message, page=page, state=state):
        return refused
    found = _URL.search(message)
    link = found.group() if found else ""
    post = _add(fields, message=message, url=link, page=page, state=state, base_url=base_url)
    post["operation"] = "photo"
    post["image_url"] = url
    post["photo_id"] = str(FIRST_PHOTO + len(state.messages))
    return Answer(status=200, body={"id": post["photo_id"], "post_id": post["id"]}, accepted=True)


def _repeated(message: str, *, page: str, state: State) -> Answer | None:
    """Return the error for the text of the last post again, where the settings ask for it."""
    last = next(iter(_standing(state, page)), None)
    if state.settings.refuse_duplicates and last is not None and last["text"] == message:
        return error(506, "(#506) Duplicate status message")
    return None


def _add(
    fields: Mapping[str, object],
    *,
    message: str,
    url: str,
    page: str,
    state: State,
    base_url: str,
) -> Record:
    """Remember a post and return it."""
    post_id = f"{page}_{FIRST_POST + len(state.messages)}"
    shown = {name: value for name, value in fields.items() if name not in SECRETS}
    state.add_message(
        {
            "channel": "facebook",
            "account": page,
            "operation": "post",
            "title": message.split("\n", 1)[0],
            "text": message,
            "url": url,
            "id": post_id,
            "retry_key": "",
            "permalink_url": f"{base_url}/{post_id}",
            "deleted": False,
            "payload": {
                name: f"({len(value)} bytes)" if isinstance(value, bytes) else value
                for name, value in shown.items()
            },
        }
    )
    return state.messages[-1]


def _standing(state: State, page: str) -> list[Record]:
    """Return the posts that visitors of *page* see, newest first."""
    return [
        item
        for item in reversed(state.messages)
        if item["channel"] == "facebook" and item["account"] == page and not item["deleted"]
    ]


def one(asked: str, fields: Mapping[str, object], *, thing: str, page: str, state: State) -> Answer:
    """Read, edit or delete the post, or the photo, that *thing* names."""
    if thing == page and asked == "read":
        return Answer(status=200, body={"id": thing, "name": "Sandbox"})
    standing = _standing(state, page)
    post = next((item for item in standing if thing in {item["id"], item.get("photo_id")}), None)
    if post is None:
        return missing(thing)
    is_photo = thing != post["id"]
    if asked == "read":
        wanted = str(fields.get("fields", ""))
        return Answer(status=200, body=_photo(post) if is_photo else _shown(post, wanted))
    if asked == "delete":
        post["deleted"] = True
        return Answer(status=200, body={"success": True}, accepted=True)
    return _edit(post, fields, is_photo=is_photo)


def _edit(post: Record, fields: Mapping[str, object], *, is_photo: bool) -> Answer:
    message = str(fields.get("message", ""))
    if is_photo:
        return error(100, "(#100) Unsupported post request on a photo; edit its post")
    if not message:
        return error(100, "(#100) Missing message")
    post.update(title=message.split("\n", 1)[0], text=message)
    return Answer(status=200, body={"success": True}, accepted=True)


def _photo(post: Record) -> dict[str, object]:
    return {"id": post["photo_id"], "page_story_id": post["id"], "name": post["text"]}


def _shown(post: Record, wanted: str) -> dict[str, object]:
    """Return the fields of *post* that were asked for; the Graph API always gives `id`."""
    have = {
        "message": post["text"],
        "created_time": _created(post).strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": post["permalink_url"],
    }
    names = [name.strip() for name in wanted.split(",")] if wanted else ["message", "created_time"]
    shown = {name: have[name] for name in names if have.get(name)}
    return {**shown, "id": post["id"]}


def _created(post: Record) -> datetime:
    return datetime.fromisoformat(str(post["received_at"]))


def posts(fields: Mapping[str, object], *, page: str, state: State, base_url: str) -> Answer:
    """Return the posts of *page*, without those that it does not show in the list yet."""
    try:
        since = _instant(str(fields.get("since", "")))
        limit = min(int(str(fields.get("limit", POSTS_PER_PAGE))), MOST_POSTS_PER_PAGE)
        after = base64.b64decode(str(fields.get("after", ""))).decode()
    except (ValueError, OverflowError):
        return error(100, "(#100) since, limit or after is invalid")
    until = datetime.now(UTC) - timedelta(seconds=state.settings.read_lag_seconds)
    listed = [
        item
        for item in _standing(state, page)
        if since <= _created(item) <= until and (not after or str(item["id"]) < after)
    ]
    shown, wanted = listed[: max(limit, 1)], str(fields.get("fields", ""))
    body: dict[str, object] = {"data": [_shown(item, wanted) for item in shown]}
    if shown:
        cursors = {"before": _cursor(shown[0]), "after": _cursor(shown[-1])}
        following = {"next": f"{base_url}?after={cursors['after']}"} if listed != shown else {}
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
