"""What the Graph API tells when it is asked: the Page's posts, and whether the token is good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pyfacebook import FacebookError

from otp_policy.channels import facebook_errors
from otp_policy.channels.base import ErrorClass, OutcomeState
from otp_policy.channels.facebook_client import Call, FacebookConfig, redacted
from otp_policy.channels.readings import Health, HealthState

__all__ = ["NEEDED_SCOPES", "health", "posts_since"]

POSTS_PER_PAGE = 100
PAGES_READ = 20
POST_FIELDS = "id,message,created_time,permalink_url"
# What posting, reading back, editing and deleting need.
NEEDED_SCOPES = ("pages_manage_posts", "pages_read_engagement")


def posts_since(config: FacebookConfig, since: datetime) -> Iterator[Mapping[str, object]]:
    """
    Yield every post on the Page since then.

    Raises ValueError for an answer that may not be the whole of it, FacebookError for a refusal;
    one for having asked too often carries `retry_after_seconds`.
    """
    after: dict[str, str] = {}
    for _ in range(PAGES_READ):
        with Call(config) as call, _telling_limits(call):
            answer = call.api.get_connection(
                config.page_id,
                "published_posts",
                fields=POST_FIELDS,
                since=int(since.timestamp()),
                limit=POSTS_PER_PAGE,
                **after,
            )
        posts, cursor = _page_of(answer, status=call.status)
        yield from posts
        if not cursor:
            return
        after = {"after": cursor}
    raise ValueError(f"more than {PAGES_READ * POSTS_PER_PAGE} posts since then")


@contextmanager
def _telling_limits(call: Call) -> Iterator[None]:
    """Let a refusal for having asked too often say for how long the Page is to be left alone."""
    try:
        yield
    except FacebookError as error:
        outcome = facebook_errors.from_error(
            vars(error), status=call.status, regain_after_seconds=call.regain_after_seconds
        )
        if outcome.state is OutcomeState.HELD and outcome.error_class == ErrorClass.RETRY:
            error.retry_after_seconds = outcome.retry_after_seconds
        raise


def _page_of(answer: object, *, status: int) -> tuple[list[Mapping[str, object]], str]:
    """Return the posts of one page of the list and the cursor of the next, "" at the end."""
    posts = answer.get("data") if isinstance(answer, dict) else None
    if status != 200 or not isinstance(answer, dict) or not isinstance(posts, list):
        raise ValueError(f"HTTP {status} without a list of posts")
    if not all(isinstance(post, dict) for post in posts):
        raise ValueError("a list of something else than posts")
    paging = answer.get("paging") or {}
    if not paging.get("next"):
        return posts, ""
    cursor = (paging.get("cursors") or {}).get("after")
    if not isinstance(cursor, str) or not cursor:
        raise ValueError("more posts, but no cursor to them")
    return posts, cursor


def health(config: FacebookConfig) -> Health:
    """
    Return whether the Page's token is good, until when, and what it may not do.

    The app asks about the token where its id and secret are set; otherwise the token asks about
    itself. A Page token mostly has no end, but dies with a changed password or a lost role.
    """
    if not config.page_token:
        return Health(state=HealthState.UNHEALTHY, is_valid=False, detail="no page token")
    try:
        with Call(config) as call:
            answer = _debug_token(call.api, config)
        if call.status != 200:
            raise ValueError(f"HTTP {call.status} with a body of success")
        read = _health(answer, config)
    except FacebookError as error:
        read = _refused(error, status=call.status)
    except Exception as error:
        read = Health(state=HealthState.UNKNOWN, detail=f"{type(error).__name__}: {error}")
    return Health(
        state=read.state,
        is_valid=read.is_valid,
        expires_at=read.expires_at,
        missing_scopes=read.missing_scopes,
        detail=redacted(read.detail, config),
    )


def _debug_token(api: Any, config: FacebookConfig) -> object:
    if config.app_id and config.app_secret:
        app_token = f"{config.app_id}|{config.app_secret}"
        return api.debug_token(input_token=config.page_token, access_token=app_token)
    return api.get_object("debug_token", input_token=config.page_token)  # with its proof


def _health(answer: object, config: FacebookConfig) -> Health:
    """Return what debug_token's answer says. Raises ValueError for another shape."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("is_valid"), bool):
        raise ValueError("an answer that does not say whether the token is valid")
    if not data["is_valid"]:
        reason = data.get("error")
        told = reason.get("message", "") if isinstance(reason, dict) else ""
        return Health(state=HealthState.UNHEALTHY, is_valid=False, detail=f"invalid: {told}")
    scopes, page = data.get("scopes"), str(data.get("profile_id") or config.page_id)
    if not isinstance(scopes, list):
        raise ValueError("an answer that does not say what the token may do")
    missing = tuple(scope for scope in NEEDED_SCOPES if scope not in scopes)
    foreign = page != config.page_id
    return Health(
        state=HealthState.UNHEALTHY if missing or foreign else HealthState.HEALTHY,
        is_valid=True,
        expires_at=_instant(data.get("expires_at")),
        missing_scopes=missing,
        detail=f"the token is for Page {page}" if foreign else "",
    )


def _instant(value: object) -> datetime | None:
    """Return the instant of Unix seconds; Meta says 0 for never."""
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) and value > 0 else None


def _refused(error: FacebookError, *, status: int) -> Health:
    outcome = facebook_errors.from_error(vars(error), status=status, regain_after_seconds=None)
    if outcome.error_class == ErrorClass.PERSON:
        return Health(state=HealthState.UNHEALTHY, is_valid=False, detail=outcome.detail)
    return Health(state=HealthState.UNKNOWN, detail=outcome.detail)
