"""What the law files say, and how sure of it they are, for screens and public pages."""

import os
from dataclasses import dataclass
from functools import lru_cache

from django.utils.functional import lazy
from django.utils.translation import gettext

from otp_policy.instruments import LawFile, LawSection, find_law
from otp_policy.vocabulary import Confidence, SectionUse

from .conf import policy_source
from .labels import in_language

__all__ = [
    "INFORMATION_ACT",
    "LegalSentence",
    "law_in_force",
    "legal_sentence",
    "section_choices",
    "section_name",
]

INFORMATION_ACT = "official_information_act"


@dataclass(frozen=True, slots=True)
class LegalSentence:
    """A sentence about the law in the reader's language, and whether it was held against it."""

    text: str
    is_verified: bool


def law_in_force(code: str) -> LawFile:
    """
    Return the law of *code*: the office's own file beside its policy, or else the shipped one.

    Raises:
        LookupError: If there is neither.
    """
    return _law(code, policy_source())


@lru_cache(maxsize=16)
def _law(code: str, source: str) -> LawFile:
    found = find_law(code, beside=os.path.dirname(source))
    if found is None:
        raise LookupError(f"no law file `{code}`")
    return found


def legal_sentence(law: str, code: str) -> LegalSentence:
    """
    Return what the file of *law* lets a page tell the public, in the reader's language.

    Raises:
        LookupError: If there is no such file, or no such statement in it.
    """
    for each in law_in_force(law).statement:
        if each.code == code:
            return LegalSentence(
                text=in_language(each.label),
                is_verified=each.confidence == Confidence.VERIFIED,
            )
    raise LookupError(f"no statement `{code}` in the law file `{law}`")


def section_name(code: str) -> str:
    """Return the name of a section by its number alone, which says nothing of what it says."""
    return gettext("section %(number)s") % {"number": code}


def section_choices(*uses: SectionUse) -> list[tuple[str, str]]:
    """Return the sections of the Official Information Act that are named for *uses*."""
    sections = law_in_force(INFORMATION_ACT).section
    return [(each.code, _label(each)) for each in sections if each.use in uses]


def _in_words(section: LawSection) -> str:
    told = {"number": section.code, "label": in_language(section.label)}
    if section.confidence == Confidence.VERIFIED:
        return gettext("section %(number)s: %(label)s") % told
    return gettext("section %(number)s: %(label)s (not checked against the Act)") % told


_label = lazy(_in_words, str)
