"""A text as the index keeps it."""

import functools

from .folding import fold
from .words import tokens_of
from .years import with_years

__all__ = ["index_text"]


# A page that is published is read for Wagtail's index and for the public's.
@functools.lru_cache(maxsize=64)
def index_text(text: str) -> str:
    """
    Return the words of *text* as an index keeps them.

    Words that touch have a space between them, others the end of a line; a year in either era is
    one word for both.

    >>> index_text("ข้อมูลข่าวสาร พ.ศ. ๒๕๖๙")
    'ข้อมูล ข่าวสาร\\nพ\\nศ\\nyear2026'
    """
    folded = fold(text)
    parts: list[str] = []
    before = 0
    for token in with_years(tokens_of(folded), folded):
        parts += [" " if token.start == before else "\n", token.text]
        before = token.end
    return "".join(parts[1:])
