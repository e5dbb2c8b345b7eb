"""
An item as the readers of each channel will see it, with every limit of the service it breaks.

Drawn from the payload that would be frozen, by the adapter that would send it, without asking the
service. Where a person posts by hand there is no adapter; the limits hold all the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from otp_policy.channels import (
    facebook_message,
    facebook_preview,
    line_message,
    line_preview,
)
from otp_policy.channels.base import Notice
from otp_policy.channels.notice_words import paragraphs
from otp_policy.channels.preview import Preview
from otp_policy.channels.readings import Check, Problem
from otp_policy.wagtail.models import Withdrawal
from otp_policy.wagtail.models.choices import label_of

from .channel_states import spoken_on
from .conf import adapter_for
from .follow_ups import notice_of_withdrawal
from .limit_words import Measure, measures_of, sentence_of
from .models import Delivery
from .next_notices import IF_CHOSEN, TAKEN_DOWN, next_notice, standing_now
from .outbox import is_for_person
from .reach import takes_nothing_back
from .registry import configured
from .service_opinion import opinion_of
from .standing import Standing, standing_of

__all__ = [
    "ChannelPreview",
    "drawn",
    "longest_payload",
    "preview_judged",
    "previews_of",
    "previews_of_withdrawal",
]

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

    `opinion` is what the service itself says, where it was asked. `becomes` says what becomes of
    the message about the item that is out there; empty where none is.
    """

    channel: str
    title: str
    look: str
    shown: Preview
    problems: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    opinion: Check | None = None
    becomes: str = ""


# What a service says of a payload that goes to a channel, or None if nobody asks it.
Judge = Callable[[str, dict[str, Any]], Check | None]


def previews_of(page: Any, *, ask: bool = False) -> list[ChannelPreview]:
    """
    Return the previews of *page* as it stands in memory, on every channel.

    Args:
        ask: Whether to ask a service that judges a payload without sending it.
    """
    stands, judge = standing_now(page), opinion_of if ask else _nobody
    return [preview_judged(page, channel, judge, stands) for channel in spoken_on()]


def _nobody(channel: str, payload: dict[str, Any]) -> None:
    return None


def preview_judged(
    page: Any, channel: str, judge: Judge, stands: Mapping[str, Standing]
) -> ChannelPreview:
    """Return the preview of *page* on *channel*, with what *judge* says of it."""
    drawer, out = _drawer(channel), _out(stands, channel)
    told = next_notice(page, channel, out, _LATER)
    if drawer is None:
        return drawn(channel, _plain(told.notice), by_hand=True, becomes=told.becomes)
    payload = longest_payload(page, channel, stands)
    return drawn(
        channel,
        drawer.render(told.notice),
        problems=drawer.validate(payload),
        opinion=judge(channel, payload),
        becomes=told.becomes,
    )


def longest_payload(page: Any, channel: str, stands: Mapping[str, Standing]) -> dict[str, Any]:
    """Return what *channel* would be sent of *page*: what fits so fits with any reference."""
    told = next_notice(page, channel, _out(stands, channel), _LONGEST_REFERENCE)
    return _drawer(channel).render(told.notice)


def previews_of_withdrawal(page: Any, withdrawal: Withdrawal) -> list[ChannelPreview]:
    """Return what becomes of what is out of *page* on each channel, once it is withdrawn."""
    return [
        _of_withdrawal(withdrawal, standing.out)
        for channel, standing in standing_of(page.pk).items()
        if standing.out is not None and channel in spoken_on()
    ]


def _of_withdrawal(withdrawal: Withdrawal, out: Delivery) -> ChannelPreview:
    channel = out.channel
    if not takes_nothing_back(channel):
        # What goes is drawn as its readers have it now.
        by_hand = is_for_person(out.payload)
        gone = drawn(channel, out.payload, by_hand=by_hand, becomes=str(TAKEN_DOWN))
        return replace(gone, measures=())  # nothing of it is sent
    drawer = _drawer(channel)
    payload = drawer.render(notice_of_withdrawal(withdrawal, out))
    return drawn(channel, payload, problems=drawer.validate(payload), becomes=str(IF_CHOSEN))


def _out(stands: Mapping[str, Standing], channel: str) -> Delivery | None:
    return stands[channel].out if channel in stands else None


def drawn(
    channel: str,
    payload: Mapping[str, Any],
    *,
    problems: tuple[Problem, ...] = (),
    opinion: Check | None = None,
    by_hand: bool = False,
    becomes: str = "",
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
            image_url=str(payload.get("image_url", "")),
        )
        told = tuple(sentence_of(one, ()) for one in problems)
        return ChannelPreview(
            channel=channel, title=title, look="plain", shown=plain, problems=told, becomes=becomes
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
        becomes=becomes,
    )


def _drawer(channel: str) -> Any:
    return adapter_for(channel) or _SHIPPED.get(_look(channel))


def _look(channel: str) -> str:
    """Return which of the shipped looks *channel* has, by the adapter that its settings name."""
    named = configured().get(channel, {}).get("adapter", channel)
    return named if named in _SHIPPED else channel if channel in _SHIPPED else "plain"


def _plain(notice: Notice) -> dict[str, str]:
    text = "\n\n".join(paragraphs(notice))
    return {"title": notice.title, "text": text, "url": notice.url, "image_url": notice.image_url}
