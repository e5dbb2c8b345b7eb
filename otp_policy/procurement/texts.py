"""Text as a form holds it, made comparable: marks of Thai are never touched."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MOST_CHARACTERS", "lines", "name_key", "plain", "plain_digits", "shortened", "squeezed"]

MOST_CHARACTERS = 4000
_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_BREAKS = re.compile("\r\n?|[\n\x0b\x0c\x85\u2028\u2029]")
# What XML and spreadsheets refuse, and no form needs; unpaired surrogates too.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[^\S\n]+")
_PUNCTUATION = re.compile(r"[\s.,;:()\[\]{}/\\_\-–—\"'“”‘’*|]+")
_COMPANIES = (
    (re.compile(r"^บริษัท(.+)จำกัดมหาชน$"), r"บมจ\1"),
    (re.compile(r"^บริษัท(.+)จำกัด$"), r"บจก\1"),
    (re.compile(r"^(?:หจก|ห้างหุ้นส่วนจำกัด)"), "หจก"),
    (re.compile(r"^(?:บจก|บจ)"), "บจก"),
)


def plain(text: str, *, digits: bool = False) -> str:
    """
    Return *text* without what cannot be seen, in composed form, its blanks made single.

    Line breaks stay. With *digits*, Thai numerals become Arabic ones.

    >>> plain(" ๑๒  บาท\\u200b", digits=True)
    '12 บาท'
    """
    # NFC and never NFKC, which takes SARA AM apart.
    text = unicodedata.normalize("NFC", _BREAKS.sub("\n", text))
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    text = "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()
    return plain_digits(text) if digits else text


def plain_digits(text: str) -> str:
    """Return *text*, as long as before, with Arabic numerals for Thai ones."""
    return text.translate(_TO_ARABIC)


def lines(text: str) -> list[str]:
    """Return the lines of *text* that say something."""
    return [line for line in plain(text).split("\n") if line]


def squeezed(text: str) -> str:
    """Return *text* for comparing headings and names: no blanks, no punctuation, small letters."""
    return _PUNCTUATION.sub("", plain(text, digits=True)).casefold()


def name_key(name: str) -> str:
    """
    Return what is the same for two names of one bidder, whatever their blanks and abbreviations.

    >>> name_key("บริษัท ตัวอย่าง จำกัด") == name_key("บจก.ตัวอย่าง")
    True
    """
    short = squeezed(name)
    for pattern, abbreviation in _COMPANIES:
        if pattern.match(short):
            return pattern.sub(abbreviation, short)
    return short


def shortened(text: str, *, most: int = 60) -> str:
    """Return *text* on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
