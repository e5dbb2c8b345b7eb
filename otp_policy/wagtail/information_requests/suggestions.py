"""What is published already on what somebody is about to ask, found by the words of the request."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from django.apps import apps
from wagtail.models import Page

__all__ = ["Suggestion", "suggestions_for"]

_MOST_WORDS = 8
_MOST_SHOWN = 5
# A word that is in more texts than this tells nothing about what is meant.
_COMMON = 200


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A live item that everybody may read."""

    title: str
    url: str


def suggestions_for(text: str) -> list[Suggestion]:
    """
    Return live items on the subject of *text*, the best first; none where there is no search.

    A request is a sentence, and no text holds all of its words: each word is looked for, rare ones
    weigh more. The words are looked for here and kept nowhere.
    """
    if not apps.is_installed("otp_policy.wagtail.search"):
        return []
    from otp_policy.wagtail.search.public_search import search

    scores: dict[int, float] = defaultdict(float)
    words = _words(text)
    hits = {word: search(word).found for word in words}
    for found in hits.values():
        if 0 < len(found) <= _COMMON:
            for page_id in {one.page_id for one in found}:
                scores[page_id] += 1 / len(found)
    for one, other in combinations(words, 2):
        for page_id in {hit.page_id for hit in hits[one]} & {hit.page_id for hit in hits[other]}:
            scores[page_id] += 1 / (len(hits[one]) * len(hits[other]))
    best = sorted(scores, key=lambda page_id: (-scores[page_id], -page_id))[:_MOST_SHOWN]
    pages = Page.objects.live().in_bulk(best)
    return [_suggestion(pages[key]) for key in best if key in pages]


def _suggestion(page: Page) -> Suggestion:
    specific = page.specific
    return Suggestion(getattr(specific, "local_title", page.title), page.get_url() or "/")


def _words(text: str) -> list[str]:
    """Return the longest words of *text*, each once: short ones hold the sentence together."""
    from otp_policy.thai_text.folding import fold
    from otp_policy.thai_text.words import SHORTEST_PART, tokens_of

    words = dict.fromkeys(token.text for token in tokens_of(fold(text)))
    telling = [word for word in words if len(word) >= SHORTEST_PART]
    return sorted(telling, key=len, reverse=True)[:_MOST_WORDS]
