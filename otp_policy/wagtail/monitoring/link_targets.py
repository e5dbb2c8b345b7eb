"""Where the links of an item lead, as its readers find it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin

from wagtail.documents import get_document_model
from wagtail.models import Page

from otp_policy.wagtail.conf import public_base_url
from otp_policy.wagtail.digest import governed_values, references_from
from otp_policy.wagtail.item_texts import leaves_of

__all__ = ["DOCUMENT", "PAGE", "key_of", "targets_of"]

PAGE, DOCUMENT = "page:", "document:"
_WEB = ("http://", "https://")


def targets_of(page: Any) -> frozenset[str]:
    """
    Return where the links of *page* lead: addresses, and `page:3` or `document:5` of this site.

    Addresses are whole and without their fragment. What a browser does not fetch (`mailto:`,
    `tel:`, a place in the same text) is no target.
    """
    found = set(_of_this_site(page))
    base = f"{public_base_url()}{page.url or '/'}"
    for value in governed_values(page).values():
        for leaf in _leaves(value):
            for link in _links_in(leaf):
                if address := _whole(link, base):
                    found.add(address)
    return frozenset(found)


def key_of(target: str) -> str:
    """Return what a target is found by, however long its address is."""
    return hashlib.sha256(target.encode("utf-8", "surrogatepass")).hexdigest()


def _of_this_site(page: Any) -> Iterator[str]:
    for model, key in references_from(page):
        if issubclass(model, Page):
            yield f"{PAGE}{key}"
        elif issubclass(model, get_document_model()):
            yield f"{DOCUMENT}{key}"


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("[", "{")):
        with suppress(ValueError):  # a text that begins so, and no blocks
            value = json.loads(value)
    yield from leaves_of(value)


def _links_in(leaf: str) -> list[str]:
    """Return the links of a text with markup, or the text itself if it is an address."""
    if "<" in leaf:
        collector = _Collector()
        collector.feed(leaf)
        collector.close()
        return collector.links
    words = leaf.split()
    return words if len(words) == 1 and leaf.strip().lower().startswith(_WEB) else []


def _whole(link: str, base: str) -> str | None:
    try:
        address = urldefrag(urljoin(base, link.strip())).url
    except ValueError:
        return link.strip()  # `http://[` is no address, and is told as such
    if not address.lower().startswith(_WEB):
        return None
    return address if address != urldefrag(base).url else None


class _Collector(HTMLParser):
    """Collects where anchors lead; those to rows of this site carry no address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]
