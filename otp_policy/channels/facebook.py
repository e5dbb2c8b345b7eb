"""
Posts on a Facebook Page, over `python-facebook-api`.

Facebook has no idempotency: two requests are two posts. An attempt whose end is unknown is
settled only by reading the Page for its reference number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pyfacebook import FacebookError

from otp_policy.channels import (
    facebook_errors,
    facebook_message,
    facebook_preview,
    facebook_readings,
)
from otp_policy.channels.base import (
    Capabilities,
    ErrorClass,
    Health,
    HealthState,
    Notice,
    Outcome,
    OutcomeState,
    Preview,
    Problem,
    Reconciled,
    Reconciliation,
)
from otp_policy.channels.facebook_client import Call, FacebookConfig, redacted

__all__ = ["FacebookAdapter", "FacebookConfig"]

# Whether there is a picture: where to post, and which of our names each of Facebook's takes.
_EDGES = {
    False: ("feed", {"message": "message", "link": "link"}),
    True: ("photos", {"caption": "message", "url": "image_url"}),
}
CLOCK_SKEW = timedelta(minutes=5)  # between this machine and Facebook
_GONE = {"success": True}  # an error answer that says that the post is not there
_ID = re.compile(r"[0-9A-Za-z]+(_[0-9A-Za-z]+)?")


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

    def preview(self, payload: Mapping[str, object]) -> Preview:
        """Return what a reader will see of *payload*; see `facebook_preview`."""
        return facebook_preview.preview(payload)

    def send(self, payload: Mapping[str, object], *, key: str) -> Outcome:
        """
        Post *payload* on the Page: a photo when it has a picture, otherwise a text with a link.

        *key* is not sent: Facebook knows none. After `UNKNOWN`, reconcile before sending again.
        """
        # A new dict: the SDK adds the token to what it is given.
        edge, names = _EDGES[bool(payload.get("image_url"))]
        data = {theirs: payload.get(ours) for theirs, ours in names.items()}
        if not all(isinstance(value, str) for value in data.values()):
            return _outcome(OutcomeState.REJECTED, ErrorClass.CONTENT, "no message or no link")

        def post(api: Any) -> object:
            return api.post_object(self._config.page_id, edge, data=data)

        return self._request(post, read=self._posted)

    def edit(self, remote_id: str, payload: Mapping[str, object]) -> Outcome:
        """
        Replace the text of a post of this app's. Link and picture of a post stay.

        A post that is not there is a matter of this message alone: the Page can be posted on.
        """
        message = payload.get("message")
        if not isinstance(message, str):
            return _outcome(OutcomeState.REJECTED, ErrorClass.CONTENT, "no message")

        gone = False

        def update(api: Any) -> object:
            nonlocal gone
            try:
                return api.post_object(_post_of(remote_id, api), data={"message": message})
            except FacebookError as error:
                gone = self._is_gone(error)
                raise

        outcome = self._change(remote_id, update)
        return replace(outcome, of_message_alone=True) if gone else outcome

    def delete(self, remote_id: str) -> Outcome:
        """
        Take a post down. A post that is not there counts as done.

        Facebook says the same of a post that the token may not see: then it may still be there.
        """

        def remove(api: Any) -> object:
            try:
                return api.delete_object(remote_id)
            except FacebookError as error:
                if self._is_gone(error):
                    return _GONE
                raise

        return self._change(remote_id, remove)

    def health(self) -> Health:
        """Return whether the Page's token is good, until when, and what it may not do."""
        return facebook_readings.health(self._config)

    def _is_gone(self, error: FacebookError) -> bool:
        if not facebook_errors.is_missing_object(vars(error)):
            return False
        return self.health().state is not HealthState.UNHEALTHY

    def _change(self, remote_id: str, ask: Callable[[Any], object]) -> Outcome:
        """Return what changing the post came to. The Page itself is never changed."""
        if not _ID.fullmatch(remote_id) or remote_id == self._config.page_id:
            wrong = _outcome(OutcomeState.REJECTED, ErrorClass.PERSON, "not the id of a post")
            return replace(wrong, of_message_alone=True)
        outcome = self._request(ask, read=self._succeeded)
        permalink = self._permalink(remote_id)
        return replace(outcome, remote_id=remote_id, permalink=permalink)

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
            for post in facebook_readings.posts_since(self._config, since - CLOCK_SKEW):
                if facebook_message.carries(str(post.get("message", "")), reference):
                    found.append(post)
        except Exception as error:
            if not found:
                return Reconciliation(
                    state=Reconciled.UNDECIDABLE,
                    detail=self._redact(f"{type(error).__name__}: {error}"),
                    retry_after_seconds=getattr(error, "retry_after_seconds", None),
                )
        return _found(found) if found else Reconciliation(state=Reconciled.ABSENT)

    def _request(
        self, ask: Callable[[Any], object], *, read: Callable[[object], Outcome]
    ) -> Outcome:
        """Return what one request came to: *ask* makes it, *read* judges its JSON."""
        if not self._config.page_token:
            return _outcome(OutcomeState.HELD, ErrorClass.PERSON, "no page token")
        status, regain = 0, None
        try:
            with Call(self._config) as call:
                try:
                    answer = ask(call.api)
                finally:
                    status, regain = call.status, call.regain_after_seconds
            outcome = read(answer)
            if outcome.state is OutcomeState.SENT and status != 200 and answer is not _GONE:
                outcome = facebook_errors.unknown(f"HTTP {status} with a body of success")
            if outcome.state is OutcomeState.SENT:
                # Out, and the last call for a while: Meta says so before it refuses one.
                outcome = replace(outcome, retry_after_seconds=regain)
        except FacebookError as error:
            outcome = facebook_errors.from_error(
                vars(error), status=status, regain_after_seconds=regain
            )
        except Exception as error:
            outcome = facebook_errors.from_exception(error)
        return replace(outcome, detail=self._redact(outcome.detail))

    def _posted(self, answer: object) -> Outcome:
        ids = answer if isinstance(answer, dict) else {}
        post_id = ids.get("post_id") or ids.get("id")  # a photo has an id of its own
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

    def _permalink(self, post_id: str) -> str:
        """Return the public address of a post: the site beside the Graph host."""
        parts = urlsplit(self._config.graph_url)
        host = parts.netloc.replace("graph.", "www.", 1)
        return f"{parts.scheme}://{host}/{post_id}"

    def _redact(self, text: str) -> str:
        return redacted(text, self._config)


def _post_of(remote_id: str, api: Any) -> str:
    """Return the id of the post that shows a photo, which alone can be edited."""
    if "_" in remote_id:
        return remote_id
    return str(api.get_object(remote_id, fields="page_story_id")["page_story_id"])


def _found(posts: list[Mapping[str, object]]) -> Reconciliation:
    first = min(reversed(posts), key=lambda post: str(post.get("created_time", "")))
    return Reconciliation(
        state=Reconciled.FOUND,
        remote_id=str(first.get("id", "")),
        permalink=str(first.get("permalink_url", "")),
        detail="" if len(posts) == 1 else f"{len(posts)} posts carry this reference",
    )


def _outcome(state: OutcomeState, error_class: ErrorClass, detail: str) -> Outcome:
    return Outcome(state=state, error_class=error_class, detail=detail)
