"""
An item as the readers of each channel will see it, with every limit of the service it breaks.

Drawn from the payload that would be frozen, by the adapter that would send it, without asking the
service. Where a person posts by hand there is no adapter; the limits hold all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from otp_policy.channels import (
    facebook_message,
    facebook_preview,
    line_message,
    line_preview,
)
from otp_policy.channels.base import Notice
from otp_policy.channels.preview import Preview
from otp_policy.channels.readings import Check, Problem
from otp_policy.wagtail.models.choices import label_of

from .channel_states import spoken_on
from .conf import adapter_for
from .limit_words import Measure, measures_of, sentence_of
from .outbox import notice_of
from .registry import configured
from .service_opinion import opinion_of

__all__ = ["ChannelPreview", "drawn", "objections_of_channels", "preview_of", "previews_of"]

# What a preview prints for the number that a delivery gets only when it is owed.
_LATER = "…"
# No reference is longer: what fits with this one fits with any.
_LONGEST_REFERENCE = "0" * 64


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Draws as a shipped adapter does, with no access data."""

    render: Callable[[Notice], dict[str, object]]
    validate: Callable[[Mapping[str, object]], tuple[Problem, ...]]
    preview: Callable[[Mapping[str, object]], Preview]


_SHIPPED = {
    "line": _Drawer(line_message.render, line_message.problems, line_preview.preview),
    "facebook": _Drawer(
        facebook_message.render, facebook_message.problems, facebook_preview.preview
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPreview:
    """
    What a reader of one channel sees. `look` names how it is drawn: `line`, `facebook`, `plain`.

    `opinion` is what the service itself says, where it was asked.
    """

    channel: str
    title: str
    look: str
    shown: Preview
    problems: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    opinion: Check | None = None


def previews_of(page: Any, *, ask: bool = False) -> list[ChannelPreview]:
    """
    Return the previews of *page* as it stands in memory, on every channel.

    Args:
        ask: Whether to ask a service that judges a payload without sending it.
    """
    return [preview_of(page, channel, ask=ask) for channel in spoken_on()]


def preview_of(page: Any, channel: str, *, ask: bool = False) -> ChannelPreview:
    """Return the preview of *page* on *channel*."""
    drawer = _drawer(channel)
    if drawer is None:
        return drawn(channel, _plain(notice_of(page, _LATER)), by_hand=True)
    shown = drawer.render(notice_of(page, _LATER))
    payload = drawer.render(notice_of(page, _LONGEST_REFERENCE))
    opinion = opinion_of(channel, payload) if ask else None
    return drawn(channel, shown, problems=drawer.validate(payload), opinion=opinion)


def drawn(
    channel: str,
    payload: Mapping[str, Any],
    *,
    problems: tuple[Problem, ...] = (),
    opinion: Check | None = None,
    by_hand: bool = False,
) -> ChannelPreview:
    """
    Return what a reader sees of *payload*, one that is frozen or one that may be.

    Args:
        by_hand: Whether it is a text for a person, which no adapter made.
    """
    title, drawer = label_of("channels", channel), _drawer(channel)
    if drawer is None or by_hand or not hasattr(drawer, "preview"):
        plain = Preview(
            title=str(payload.get("title", "")),
            text=str(payload.get("text", "")),
            link=str(payload.get("url", "")),
        )
        told = tuple(sentence_of(one, ()) for one in problems)
        return ChannelPreview(
            channel=channel, title=title, look="plain", shown=plain, problems=told
        )
    shown = drawer.preview(payload)
    found = (*problems, *(opinion.problems if opinion else ()))
    return ChannelPreview(
        channel=channel,
        title=title,
        look=_look(channel),
        shown=shown,
        problems=tuple(sentence_of(one, shown.counts) for one in found),
        measures=tuple(measures_of(shown.counts)),
        opinion=opinion,
    )


def objections_of_channels(sender: Any, page: Any, action: str, **kwargs: Any) -> list[str]:
    """
    Return every limit of a channel that *page* breaks, as a receiver of `text_judged`.

    At the approval the service itself is asked as well; one that cannot answer stands in no way.
    """
    return [
        f"{preview.title}: {sentence}"
        for preview in previews_of(page, ask=action == "approve")
        for sentence in preview.problems
    ]


def _drawer(channel: str) -> Any:
    return adapter_for(channel) or _SHIPPED.get(_look(channel))


def _look(channel: str) -> str:
    """Return which of the shipped looks *channel* has, by the adapter that its settings name."""
    named = configured().get(channel, {}).get("adapter", channel)
    return named if named in _SHIPPED else channel if channel in _SHIPPED else "plain"


def _plain(notice: Notice) -> dict[str, str]:
    return {"title": notice.title, "text": notice.text, "url": notice.url}
