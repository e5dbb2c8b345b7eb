"""
Posts on a Facebook Page, over `python-facebook-api`.

Facebook has no idempotency: two requests are two posts. An attempt whose end is unknown is
settled only by reading the Page for its reference number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pyfacebook import FacebookError, GraphAPI

from otp_policy.channels import facebook_errors, facebook_message
from otp_policy.channels.base import (
    Capabilities,
    ErrorClass,
    Notice,
    Outcome,
    OutcomeState,
    Problem,
    Reconciled,
    Reconciliation,
)
from otp_policy.channels.redaction import guard_loggers, redact

__all__ = ["FacebookAdapter", "FacebookConfig"]

CLOCK_SKEW = timedelta(minutes=5)  # between this machine and Facebook
POSTS_PER_PAGE = 100
PAGES_READ = 20
_GONE = {"success": True}  # an error answer that says that the post is not there
POST_FIELDS = "id,message,created_time,permalink_url"

guard_loggers("urllib3.connectionpool", "pyfacebook.api.graph", "pyfacebook.ratelimit")


@dataclass(frozen=True, slots=True)
class FacebookConfig:
    """
    Which Page, and as whom. `timeout` is (connect, read) in seconds.

    With `app_secret` every request carries `appsecret_proof`.
    """

    graph_url: str
    page_id: str
    page_token: str = field(repr=False)
    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    timeout: tuple[float, float] = (5.0, 20.0)


class _Call:
    """One GraphAPI for one request, and what its answer said beyond the JSON."""

    def __init__(self, config: FacebookConfig) -> None:
        self.status = 0
        self.regain_after_seconds: int | None = None
        self.api: Any = GraphAPI(
            app_id=config.app_id or None,
            app_secret=config.app_secret or None,
            access_token=config.page_token,
            base_url=config.graph_url.rstrip("/") + "/",
            timeout=config.timeout,
            sleep_on_rate_limit=False,
        )
        self.api.session.trust_env = False
        self.api.session.max_redirects = 0  # a redirect raises before it is followed
        self.api.session.hooks["response"].append(self._note)
        # The SDK raises on usage headers it does not know, after the post is out.
        self.api.rate_limit.set_limit = lambda headers: None

    def _note(self, response: Any, **_: object) -> None:
        self.status = response.status_code
        self.regain_after_seconds = _regain_seconds(
            response.headers.get("x-business-use-case-usage", "")
        )


class FacebookAdapter:
    """See `base.Adapter` and `base.EditingAdapter`."""

    name = "facebook"
    capabilities = Capabilities(edit=True, delete=True, idempotent=False, reconcile=True)

    def __init__(self, config: FacebookConfig) -> None:
        self._config = config

    def render(self, notice: Notice) -> dict[str, object]:
        """Return message, link and reference."""
        return facebook_message.render(notice)

    def validate(self, payload: Mapping[str, object]) -> tuple[Problem, ...]:
        """Return every limit of Facebook's that *payload* breaks."""
        return facebook_message.problems(payload)

    def send(self, payload: Mapping[str, object], *, key: str) -> Outcome:
        """
        Post *payload* on the Page.

        *key* is not sent: Facebook knows none. After `UNKNOWN`, reconcile before sending again.
        """
        data = {name: payload.get(name) for name in ("message", "link")}  # the SDK adds the token
        if not all(isinstance(value, str) for value in data.values()):
            return _outcome(OutcomeState.REJECTED, ErrorClass.CONTENT, "no message or no link")

        def post(api: Any) -> object:
            return api.post_object(self._config.page_id, "feed", data=data)

        return self._request(post, read=self._posted)

    def edit(self, remote_id: str, payload: Mapping[str, object]) -> Outcome:
        """Replace the message of a post of this app's. The link of a post cannot be changed."""
        message = payload.get("message")
        if not isinstance(message, str):
            return _outcome(OutcomeState.REJECTED, ErrorClass.CONTENT, "no message")

        def update(api: Any) -> object:
            return api.post_object(remote_id, data={"message": message})

        outcome = self._request(update, read=self._succeeded)
        return self._naming(outcome, remote_id)

    def delete(self, remote_id: str) -> Outcome:
        """Take a post down. A post that is not there counts as done."""

        def remove(api: Any) -> object:
            try:
                return api.delete_object(remote_id)
            except FacebookError as error:
                if facebook_errors.is_missing_object(vars(error)):
                    return _GONE
                raise

        return self._naming(self._request(remove, read=self._succeeded), remote_id)

    def reconcile(
        self, payload: Mapping[str, object], *, key: str, since: datetime
    ) -> Reconciliation:
        """
        Look on the Page for a post that carries the payload's reference.

        How soon Facebook shows a new post to its own readers is not documented: take `ABSENT`
        for an answer only when it was given more than once, some time apart.
        """
        found: list[Mapping[str, object]] = []
        try:
            reference = payload["reference"]
            if not isinstance(reference, str) or not reference:
                raise ValueError("the payload has no reference")
            if since.tzinfo is None:
                raise ValueError("`since` has no time zone")
            for post in self._posts(since - CLOCK_SKEW):
                if facebook_message.carries(str(post.get("message", "")), reference):
                    found.append(post)
        except Exception as error:
            if not found:
                detail = self._redact(f"{type(error).__name__}: {error}")
                return Reconciliation(state=Reconciled.UNDECIDABLE, detail=detail)
        return _found(found) if found else Reconciliation(state=Reconciled.ABSENT)

    def _request(
        self, ask: Callable[[Any], object], *, read: Callable[[object], Outcome]
    ) -> Outcome:
        """Return what one request came to: *ask* makes it, *read* judges its JSON."""
        if not self._config.page_token:
            return _outcome(OutcomeState.HELD, ErrorClass.PERSON, "no page token")
        call: _Call | None = None
        try:
            call = _Call(self._config)
            answer = ask(call.api)
            outcome = read(answer)
            if outcome.state is OutcomeState.SENT and call.status != 200 and answer is not _GONE:
                outcome = facebook_errors.unknown(f"HTTP {call.status} with a body of success")
        except FacebookError as error:
            outcome = facebook_errors.from_error(
                vars(error),
                status=call.status if call else 0,
                regain_after_seconds=call.regain_after_seconds if call else None,
            )
        except Exception as error:
            outcome = facebook_errors.from_exception(error)
        finally:
            if call:
                call.api.session.close()
        return replace(outcome, detail=self._redact(outcome.detail))

    def _posted(self, answer: object) -> Outcome:
        post_id = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(post_id, str) or not post_id:
            return facebook_errors.unknown(f"an answer without a post id: {answer!r}")
        return Outcome(
            state=OutcomeState.SENT, remote_id=post_id, permalink=self._permalink(post_id)
        )

    @staticmethod
    def _succeeded(answer: object) -> Outcome:
        if isinstance(answer, dict) and answer.get("success") is True:
            return Outcome(state=OutcomeState.SENT)
        return facebook_errors.unknown(f"an answer without success: {answer!r}")

    def _naming(self, outcome: Outcome, remote_id: str) -> Outcome:
        permalink = self._permalink(remote_id)
        return replace(outcome, remote_id=remote_id, permalink=permalink)

    def _permalink(self, post_id: str) -> str:
        """Return the public address of a post: the site beside the Graph host."""
        parts = urlsplit(self._config.graph_url)
        host = parts.netloc.replace("graph.", "www.", 1)
        return f"{parts.scheme}://{host}/{post_id}"

    def _posts(self, since: datetime) -> Iterator[Mapping[str, object]]:
        """
        Yield every post on the Page since then.

        Raises ValueError for an answer that may not be the whole of it.
        """
        after: dict[str, str] = {}
        for _ in range(PAGES_READ):
            call = _Call(self._config)
            try:
                answer = call.api.get_connection(
                    self._config.page_id,
                    "published_posts",
                    fields=POST_FIELDS,
                    since=int(since.timestamp()),
                    limit=POSTS_PER_PAGE,
                    **after,
                )
            finally:
                call.api.session.close()
            posts, cursor = _page_of(answer, status=call.status)
            yield from posts
            if not cursor:
                return
            after = {"after": cursor}
        raise ValueError(f"more than {PAGES_READ * POSTS_PER_PAGE} posts since then")

    def _redact(self, text: str) -> str:
        return redact(text, self._config.page_token, self._config.app_secret)


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


def _found(posts: list[Mapping[str, object]]) -> Reconciliation:
    first = min(reversed(posts), key=lambda post: str(post.get("created_time", "")))
    return Reconciliation(
        state=Reconciled.FOUND,
        remote_id=str(first.get("id", "")),
        permalink=str(first.get("permalink_url", "")),
        detail="" if len(posts) == 1 else f"{len(posts)} posts carry this reference",
    )


def _regain_seconds(usage: str) -> int | None:
    """Return the longest `estimated_time_to_regain_access`, which Meta gives in minutes."""
    try:
        data = json.loads(usage) if usage else {}
        minutes = [
            int(item.get("estimated_time_to_regain_access") or 0)
            for items in data.values()
            for item in items
        ]
    except (ValueError, TypeError, AttributeError, ArithmeticError):
        return None
    return max(minutes, default=0) * 60 or None


def _outcome(state: OutcomeState, error_class: ErrorClass, detail: str) -> Outcome:
    return Outcome(state=state, error_class=error_class, detail=detail)
