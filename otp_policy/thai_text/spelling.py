"""What a reader may have meant: a mark left out or swapped, a letter that sounds the same."""

import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from .folding import edges_of, fold, without_marks
from .words import has_thai, tokens_of

__all__ = ["Speller"]

# Letters that sound alike, each class by its commonest.
_SOUNDS = str.maketrans("ศษณฎฏฑธฒฐภฆญฬฌใคข", "สสนดตททททพกยลชไกก")
_LONGEST_RUN = 60
_MOST_PARTS = 12
_MOST_CLUSTERS = 14
# A letter alone is a word of abbreviations only.
_SHORTEST_WORD = 2
# What each word costs beside its mistakes: more, where one word stands for what looks like several.
_PER_WORD, _PER_WORD_AT_LAST = 0.3, 1.0
# A consonant that is written and not spoken, with its mark.
_SILENT = re.compile("[\u0e01-\u0e2e][\u0e34-\u0e39]?\u0e4c")
_ATTEMPTS = ((False, _PER_WORD), (True, _PER_WORD), (True, _PER_WORD_AT_LAST))


@dataclass(frozen=True)
class Speller:
    """
    Suggests words of an index.

    Attributes:
        words: Every word of the index.
    """

    words: Collection[str]
    _by_sound: dict[str, list[str]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for word in sorted(self.words):
            self._by_sound.setdefault(_sound(word), []).append(word)

    def suggestions(self, query: str) -> list[str]:
        """Return *query* with its unknown words replaced, the likeliest first; not as it is."""
        parts = fold(query).split()[:_MOST_PARTS]
        mended = [
            " ".join(self._mended(part, fuzzy=fuzzy, per_word=per_word) for part in parts)
            for fuzzy, per_word in _ATTEMPTS
        ]
        return [found for found in dict.fromkeys(mended) if found != " ".join(parts)]

    def _mended(self, part: str, *, fuzzy: bool, per_word: float) -> str:
        if not has_thai(part):
            return " ".join(self._nearest_latin(token.text) for token in tokens_of(part)) or part
        if len(part) > _LONGEST_RUN:
            return part
        return self._path(part, fuzzy=fuzzy, per_word=per_word) or part

    def _nearest_latin(self, word: str) -> str:
        if word in self.words or word.isdigit() or len(word) < 4:
            return word
        return next((found for found, _distance in self._near(word)), word)

    def _path(self, run: str, *, fuzzy: bool, per_word: float) -> str | None:
        """Return the words of the index that come nearest to the letters of *run*, or None."""
        edges = edges_of(run)
        best: dict[int, tuple[float, str]] = {0: (0.0, "")}
        for start, end in _stretches(edges):
            if start not in best:
                continue
            for word, distance in self._candidates(run[start:end], fuzzy=fuzzy):
                cost = best[start][0] + distance + per_word
                if cost < best.get(end, (float("inf"), ""))[0]:
                    best[end] = (cost, best[start][1] + word)
        return best[len(run)][1] if len(run) in best else None

    def _candidates(self, letters: str, *, fuzzy: bool) -> Iterator[tuple[str, float]]:
        if len(letters) < _SHORTEST_WORD:
            return
        if letters in self.words:
            yield letters, 0.0
            return
        for word in self._by_sound.get(_sound(letters), ()):
            yield word, min(_distance(letters, word) * 0.5, 1.5)
        if fuzzy and len(letters) >= 3:
            yield from self._near(letters)

    def _near(self, letters: str) -> Iterator[tuple[str, float]]:
        most = 1 if len(letters) < 6 else 2
        found = process.extract(
            letters,
            self._of_length(len(letters)),
            scorer=DamerauLevenshtein.distance,
            score_cutoff=most,
            limit=3,
        )
        for word, distance, _place in found:
            yield word, float(distance)

    def _of_length(self, length: int) -> list[str]:
        return _of_length(self, length)

    def __hash__(self) -> int:
        return id(self)


@functools.lru_cache(maxsize=512)
def _of_length(speller: Speller, length: int) -> list[str]:
    # In order, so that of two as near the same comes first on every database.
    near = (word for word in speller.words if abs(len(word) - length) <= 2 and len(word) > 2)
    return sorted(near)


def _stretches(edges: list[int]) -> Iterator[tuple[int, int]]:
    """Yield every stretch between two edges, by where it ends."""
    for place in range(1, len(edges)):
        for before in range(max(0, place - _MOST_CLUSTERS), place):
            yield edges[before], edges[place]


def _sound(word: str) -> str:
    return without_marks(_SILENT.sub("", word)).translate(_SOUNDS)


def _distance(one: str, other: str) -> int:
    return int(DamerauLevenshtein.distance(one, other))
