"""Whether a reason, a comment or a note says anything at all to whoever reads it."""

import unicodedata

__all__ = ["gist", "says_something"]

# Letters by their class, and nothing on paper: what fills the place of a Hangul letter.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")


def gist(text: str) -> str:
    """
    Return the letters, marks and digits of *text*: what is left out changes no statement.

    >>> gist("แก้ไข ข้อ ๑.")
    'แก้ไขข้อ๑'
    """
    kept = (sign for sign in text if unicodedata.category(sign)[0] in "LMN")
    return "".join(sign for sign in kept if sign not in _FILLERS)


def says_something(text: str) -> bool:
    """
    Tell whether *text* holds a letter or a digit: neither blanks nor signs are a reason.

    >>> says_something("ผิด"), says_something("\u200b"), says_something(" - ")
    (True, False, False)
    """
    return any(unicodedata.category(sign)[0] in "LN" for sign in gist(text))
