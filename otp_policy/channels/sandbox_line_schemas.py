"""
What LINE accepts in a message, as schemas: written from LINE's reference for the sandbox alone.

They are apart from the adapter's own checks, so that one can catch the other's mistakes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from otp_policy.channels.sandbox_schema import (
    Detail,
    Schema,
    boolean,
    by_type,
    colour,
    each,
    later,
    number,
    one_of,
    record,
    say,
    text,
    url,
)

__all__ = ["BROADCAST", "PUSH", "VALIDATE"]

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024

_LABEL = text(most=20, least=0, graphemes=True)
_IMAGE = url("https", most=2000)
_ADDRESS = url("http", "https", "line", "tel", most=1000)
_SIZE = text(most=20)  # a keyword, or pixels or a percentage

ACTION = by_type(
    uri=record(needs=("uri",), label=_LABEL, uri=_ADDRESS),
    message=record(needs=("text",), label=_LABEL, text=text(most=300)),
    postback=record(needs=("data",), label=_LABEL, data=text(most=300)),
    datetimepicker=record(
        needs=("data", "mode"),
        label=_LABEL,
        data=text(most=300),
        mode=one_of("date", "time", "datetime"),
    ),
    clipboard=record(needs=("clipboardText",), label=_LABEL, clipboardText=text(most=1000)),
    camera=record(label=_LABEL),
    cameraRoll=record(label=_LABEL),
    location=record(label=_LABEL),
    richmenuswitch=record(needs=("richMenuAliasId", "data"), data=text(most=300)),
)

_PLACED: dict[str, Schema] = {
    "flex": number(0, 1000),
    "margin": _SIZE,
    "position": one_of("relative", "absolute"),
    "gravity": one_of("top", "bottom", "center"),
    "align": one_of("start", "end", "center"),
    "action": ACTION,
}
_LETTERS: dict[str, Schema] = {
    "size": _SIZE,
    "color": colour,
    "weight": one_of("regular", "bold"),
    "style": one_of("normal", "italic"),
    "decoration": one_of("none", "underline", "line-through"),
}
_SPAN = record(needs=("type",), type=one_of("span"), text=text(most=2000, least=0), **_LETTERS)


def _flex_text(value: object, where: str) -> Iterator[Detail]:
    """Check a flex text, which has `text`, or spans as its `contents`."""
    fields = {**_PLACED, **_LETTERS, "wrap": boolean, "maxLines": number(0, 10_000)}
    fields |= {"text": text(most=5000), "contents": each(_SPAN, most=100)}
    yield from record(needs=(), **fields)(value, where)
    if isinstance(value, Mapping) and not value.get("contents") and "text" not in value:
        yield say(f"{where}.text", "May not be empty")


_PICTURE = record(
    needs=("url",),
    url=_IMAGE,
    size=_SIZE,
    aspectRatio=text(most=30),
    aspectMode=one_of("cover", "fit"),
    backgroundColor=colour,
    animated=boolean,
    **_PLACED,
)
_VIDEO = record(
    needs=("url", "previewUrl", "altContent"),
    url=_IMAGE,
    previewUrl=_IMAGE,
    altContent=later(lambda: by_type(box=BOX, image=_PICTURE)),
)
BOX: Schema = record(
    needs=("type", "layout", "contents"),
    type=one_of("box"),
    layout=one_of("horizontal", "vertical", "baseline"),
    contents=each(later(lambda: COMPONENT), least=0, most=100),
    spacing=_SIZE,
    backgroundColor=colour,
    borderColor=colour,
    justifyContent=one_of(
        "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
    ),
    alignItems=one_of("center", "flex-start", "flex-end"),
    **_PLACED,
)
COMPONENT: Schema = by_type(
    box=BOX,
    button=record(
        needs=("action",),
        style=one_of("primary", "secondary", "link"),
        height=one_of("sm", "md"),
        color=colour,
        **_PLACED,
    ),
    image=_PICTURE,
    icon=record(needs=("url",), url=_IMAGE, size=_SIZE, **_PLACED),
    text=_flex_text,
    span=_SPAN,
    separator=record(color=colour, margin=_SIZE),
    filler=record(flex=number(0, 1000)),
)


def _small(schema: Schema, *, most_bytes: int, name: str) -> Schema:
    def check(value: object, where: str) -> Iterator[Detail]:
        if len(json.dumps(value, ensure_ascii=False).encode()) > most_bytes:
            yield say(where, f"{name} must be at most {most_bytes // 1024} KB")
        yield from schema(value, where)

    return check


_BUBBLE = _small(
    record(
        needs=("type",),
        type=one_of("bubble"),
        size=one_of("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
        direction=one_of("ltr", "rtl"),
        header=later(lambda: by_type(box=BOX)),
        hero=by_type(box=BOX, image=_PICTURE, video=_VIDEO),
        body=by_type(box=BOX),
        footer=by_type(box=BOX),
        styles=record(),
        action=ACTION,
    ),
    most_bytes=BUBBLE_BYTES,
    name="Bubble",
)
CONTAINER = by_type(
    bubble=_BUBBLE,
    carousel=_small(
        record(needs=("contents",), contents=each(_BUBBLE, most=12)),
        most_bytes=CAROUSEL_BYTES,
        name="Carousel",
    ),
)

_ACTIONS = each(ACTION, most=4)
_COLUMN = record(
    needs=("text", "actions"),
    text=text(most=120),
    actions=each(ACTION, most=3),
    title=text(most=40),
)
TEMPLATE = by_type(
    buttons=record(
        needs=("text", "actions"), text=text(most=160), actions=_ACTIONS, title=text(most=40)
    ),
    confirm=record(
        needs=("text", "actions"), text=text(most=240), actions=each(ACTION, least=2, most=2)
    ),
    carousel=record(needs=("columns",), columns=each(_COLUMN, most=10)),
    image_carousel=record(
        needs=("columns",),
        columns=each(record(needs=("imageUrl", "action"), imageUrl=_IMAGE, action=ACTION), most=10),
    ),
)
_AREA = record(needs=("x", "y", "width", "height"))
_TAP = record(needs=("type", "area"), type=one_of("uri", "message", "clipboard"), area=_AREA)

_ALL: dict[str, Schema] = {
    "quickReply": record(
        needs=("items",), items=each(record(needs=("action",), action=ACTION), most=13)
    ),
    "sender": record(name=text(most=20), iconUrl=_IMAGE),
}
_MEDIA: dict[str, Schema] = {"originalContentUrl": _IMAGE, "previewImageUrl": _IMAGE}
_BOTH = ("originalContentUrl", "previewImageUrl")
_PLACE = ("title", "address", "latitude", "longitude")

MESSAGE = by_type(
    text=record(
        needs=("text",), text=text(most=5000), emojis=each(record(), least=0, most=20), **_ALL
    ),
    textV2=record(needs=("text",), text=text(most=5000), substitution=record(), **_ALL),
    sticker=record(
        needs=("packageId", "stickerId"), packageId=text(most=20), stickerId=text(most=20), **_ALL
    ),
    image=record(needs=_BOTH, **_MEDIA, **_ALL),
    video=record(needs=_BOTH, **_MEDIA, **_ALL),
    audio=record(
        needs=("originalContentUrl", "duration"),
        originalContentUrl=_IMAGE,
        duration=number(1, 2**53),
        **_ALL,
    ),
    location=record(
        needs=_PLACE,
        title=text(most=100),
        address=text(most=100),
        latitude=number(-90, 90, whole=False),
        longitude=number(-180, 180, whole=False),
        **_ALL,
    ),
    imagemap=record(
        needs=("baseUrl", "altText", "baseSize", "actions"),
        baseUrl=_IMAGE,
        altText=text(most=1500),
        baseSize=record(needs=("width", "height")),
        actions=each(_TAP, most=50),
        **_ALL,
    ),
    template=record(
        needs=("altText", "template"), altText=text(most=1500), template=TEMPLATE, **_ALL
    ),
    flex=record(needs=("altText", "contents"), altText=text(most=1500), contents=CONTAINER, **_ALL),
)

_MESSAGES = each(MESSAGE, most=5)
VALIDATE = record(needs=("messages",), messages=_MESSAGES)
BROADCAST = record(needs=("messages",), messages=_MESSAGES, notificationDisabled=boolean)
PUSH = record(
    needs=("to", "messages"),
    to=text(most=100),
    messages=_MESSAGES,
    notificationDisabled=boolean,
    customAggregationUnits=each(text(most=30), most=1),
)
