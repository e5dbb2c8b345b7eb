"""
What may not be torn apart when two texts are compared: clusters of characters, and phrases.

Thai writes without spaces. A vowel before its consonant, and every mark above or below it, stay
with that consonant, so that each piece of a difference can be read. No dictionary is needed.
"""

import re
import unicodedata

__all__ = ["clusters", "phrases"]

_LEADING_VOWELS = frozenset("เแโใไ")
# What follows its consonant and is no mark to Unicode, but cannot be read alone.
_FOLLOWING_VOWELS = frozenset("ะาำๅ")
_ZERO_WIDTH_JOINER = "\u200d"
_PHRASE = re.compile(r"\s+|[^\W_\u0e00-\u0e7f]+|[\u0e00-\u0e7f]+|.", re.DOTALL)


def clusters(text: str) -> list[str]:
    """
    Return *text* in clusters that may be shown alone: joined together they are the text again.

    >>> clusters("เผยแพร่ที่นี่")
    ['เผ', 'ย', 'แพ', 'ร่', 'ที่', 'นี่']
    """
    found: list[str] = []
    for letter in text:
        if found and _joins(found[-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def phrases(text: str) -> list[str]:
    """
    Return *text* in runs: white space, a word, Thai without a space in it, or one sign.

    A mark that opens a run goes to the run before it, so that no cluster is torn.
    """
    found: list[str] = []
    for match in _PHRASE.finditer(text):
        run = match.group()
        if found and _joins(found[-1], run[0]):
            found[-1] += run
        else:
            found.append(run)
    return found


def _joins(before: str, letter: str) -> bool:
    last = before[-1]
    if _extends(letter) or last == _ZERO_WIDTH_JOINER:
        return True
    if last in _LEADING_VOWELS:
        return "ก" <= letter <= "ฮ"
    if letter in _FOLLOWING_VOWELS:
        return "ก" <= before.lstrip("".join(_LEADING_VOWELS))[:1] <= "ฮ"
    if (last, letter) == ("\r", "\n"):
        return True
    # A flag is two letters; four of them are two flags.
    return _is_regional(letter) and _is_regional(last) and len(before) % 2 == 1


def _extends(letter: str) -> bool:
    return (
        unicodedata.category(letter) in ("Mn", "Me", "Mc")
        or letter == _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= letter <= "\U0001f3ff"  # the colour of a skin
        or "\u1160" <= letter <= "\u11ff"  # a vowel or end of a Korean syllable
    )


def _is_regional(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"
