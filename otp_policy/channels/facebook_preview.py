"""What a visitor of the Facebook Page sees of a payload, and how much of each limit it uses."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from otp_policy.channels.facebook_message import MESSAGE_UNITS
from otp_policy.channels.preview import Count, Preview, Unit
from otp_policy.channels.units import utf16_units

__all__ = ["preview"]


def preview(payload: Mapping[str, object]) -> Preview:
    """
    Return what *payload* shows.

    The picture of a card that Facebook draws by itself comes from the linked page and is not in
    the payload; `button` is the host that Facebook prints on the card.
    """
    message, link, image = (_text(payload.get(name)) for name in ("message", "link", "image_url"))
    title, _, text = message.partition("\n")
    count = Count(
        where="message", actual=utf16_units(message), limit=MESSAGE_UNITS, unit=Unit.UTF16
    )
    return Preview(
        title=title,
        text=text.strip(),
        image_url=image,
        button="" if image else urlsplit(link).netloc,
        link=link,
        counts=(count,),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
