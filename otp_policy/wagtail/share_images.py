"""
The picture that other services show beside a link to an item: its title, drawn in Thai.

It is drawn from the live text of an open publication alone, so that nothing is on it that was not
approved; a browser asks again each time, so that nothing stays on it that was taken down.
"""

from hashlib import sha256
from io import BytesIO
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont, features
from wagtail.models import Page

from .conf import office_mark, office_name, share_image_fonts
from .listing import listed, open_publication
from .models import governed_models
from .models.choices import label_of
from .thai_lines import broken_lines
from .wording import office_date

WIDTH, HEIGHT, EDGE = 1200, 630, 72
TITLE_SIZES = (64, 56, 48)
TITLE_LINES = 4
_GROUND, _GOLD, _PAPER, _SOFT = "#123f73", "#e0b252", "#ffffff", "#d3deec"
_KEPT_SECONDS = 24 * 60 * 60
# What a drawing looks like: a new number forgets those that are kept.
_DRAWING = 1


def can_draw() -> bool:
    """Tell whether there are faces with Thai letters, and a library that sets their marks."""
    return share_image_fonts() is not None and bool(features.check("raqm"))


@require_safe
def share_image(request: HttpRequest, page_id: int) -> HttpResponse:
    """Serve the picture of a live item that everybody may read; of any other there is none."""
    publication = open_publication(page_id) if can_draw() else None
    items = listed([publication], governed_models()) if publication else []
    if publication is None or not items:
        raise Http404
    key = f"{_DRAWING} {publication.digest} {publication.pk} {get_language()} {office_name()}"
    etag = quote_etag(sha256(key.encode()).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag) or _drawn(items[0], etag)
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response


def _drawn(item: Any, etag: str) -> HttpResponse:
    key = f"otp-share-image-{etag}"
    content = cache.get(key)
    if content is None:
        content = draw(
            item.local_title["text"],
            above=label_of("categories", item.category),
            below=f"{item.owning_unit} · {office_date(item.publication.at)}",
        )
        cache.set(key, content, _KEPT_SECONDS)
    return HttpResponse(content, content_type="image/png")


def draw(title: str, *, above: str, below: str) -> bytes:
    """Return a picture with *title*, a line above and one below it, and the office's name."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, HEIGHT - 14, WIDTH, HEIGHT), fill=_GOLD)
    room = WIDTH - 2 * EDGE
    _write(pen, (EDGE, 56), office_name(), size=34, bold=True, fill=_PAPER, room=room - 180)
    mark = _font(34, bold=True)
    pen.text((WIDTH - EDGE, 56), office_mark(), font=mark, fill=_GOLD, anchor="ra", language="th")
    _write(pen, (EDGE, 140), above, size=30, bold=False, fill=_GOLD, room=room)
    size, lines = _fitting(title, room)
    for number, line in enumerate(lines):
        at = (EDGE, 200 + number * int(size * 1.45))
        pen.text(at, line, font=_font(size, bold=True), fill=_PAPER, language="th")
    _write(pen, (EDGE, HEIGHT - 92), below, size=30, bold=False, fill=_SOFT, room=room)
    content = BytesIO()
    image.quantize(64).save(content, "PNG", optimize=True)
    return content.getvalue()


def _fitting(title: str, room: int) -> tuple[int, list[str]]:
    """Return the largest size at which *title* fits, and its lines; the smallest cuts it short."""
    for size in TITLE_SIZES:
        lines = broken_lines(title, width=room, measure=_font(size, bold=True).getlength)
        if len(lines) * size * 1.45 <= HEIGHT - 310:
            return size, lines
    lines = lines[:TITLE_LINES]
    return size, [*lines[:-1], _cut(lines[-1] + "…", size, bold=True, room=room)]


def _write(
    pen: Any, at: tuple[int, int], text: str, *, size: int, bold: bool, fill: str, room: int
) -> None:
    text = _cut(text, size, bold=bold, room=room)
    pen.text(at, text, font=_font(size, bold=bold), fill=fill, language="th")


def _cut(text: str, size: int, *, bold: bool, room: int) -> str:
    """Return *text*, or as many of its first words as fit, with a sign that there is more."""
    measure = _font(size, bold=bold).getlength
    if measure(text) <= room:
        return text
    return broken_lines(text, width=room - int(measure("…")), measure=measure)[0] + "…"


def _font(size: int, *, bold: bool) -> Any:
    fonts = share_image_fonts()
    assert fonts is not None  # `can_draw` was asked
    return ImageFont.truetype(fonts[bold], size, layout_engine=ImageFont.Layout.RAQM)


def share_image_path(page: Page) -> str:
    """Return the address of the picture of *page* below the site's root, or an empty text."""
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse("otp_policy_share_image", args=(page.pk,)) if can_draw() else ""
    except NoReverseMatch:  # the site does not offer it
        return ""
