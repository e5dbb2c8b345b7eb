"""Where a query stands in a text, and the piece of the text that shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .folding import Folded, fold_with_places, may_cut
from .queries import Phrase, Query
from .words import tokens_of
from .years import with_years

__all__ = ["Piece", "pieces", "snippet"]

SNIPPET_LETTERS = 220
_LETTERS_BEFORE = 60
_MOST_LETTERS = 100_000
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, marked or not."""

    text: str
    is_hit: bool


def pieces(text: str, query: Query) -> list[Piece]:
    """Return *text* in pieces, of which those are marked that *query* asks for."""
    return _cut(text, _hits(text, query))


def snippet(text: str, query: Query) -> list[Piece]:
    """Return the part of *text* around the first hit, in pieces; its beginning if there is none."""
    text = text[:_MOST_LETTERS]
    hits = _hits(text, query)
    begin, end = _window(text, hits[0] if hits else (0, 0))
    inside = [
        (max(start, begin) - begin, min(stop, end) - begin)
        for start, stop in hits
        if start < end and stop > begin
    ]
    shown = _cut(text[begin:end], inside)
    head = [Piece(_ELLIPSIS, False)] if begin else []
    tail = [Piece(_ELLIPSIS, False)] if end < len(text) else []
    return [*head, *shown, *tail]


def _window(text: str, hit: tuple[int, int]) -> tuple[int, int]:
    """Return a stretch around *hit* that begins and ends at a space where one is near."""
    begin = max(0, hit[0] - _LETTERS_BEFORE)
    if begin:
        space = text.find(" ", begin, hit[0])
        begin = space + 1 if space >= 0 else begin
    end = min(len(text), max(begin + SNIPPET_LETTERS, hit[1]))
    if end < len(text):
        space = text.rfind(" ", hit[1], end)
        end = space if space > begin + SNIPPET_LETTERS // 2 else end
    return _whole(text, begin, end)


def _whole(text: str, begin: int, end: int) -> tuple[int, int]:
    """Return the stretch, made longer where it would take a syllable's letters apart."""
    while not may_cut(text, begin):
        begin -= 1
    while not may_cut(text, end):
        end += 1
    return begin, end


def _hits(text: str, query: Query) -> list[tuple[int, int]]:
    """Return where the parts of *query* stand in *text*, in order and without overlaps."""
    folded = fold_with_places(text)
    found = [folded.place(*hit) for hit in _word_hits(folded, query)]
    if not found:
        found = [folded.place(*hit) for hit in _letter_hits(folded, query)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(_whole(text, *hit) for hit in found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _word_hits(folded: Folded, query: Query) -> Iterator[tuple[int, int]]:
    tokens = list(with_years(tokens_of(folded.text), folded.text))
    words = [token.text for token in tokens]
    phrases = {phrase for part in query.parts for phrase in part.phrases}
    by_first: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        by_first.setdefault(phrase[0], []).append(phrase)
    for place, word in enumerate(words):
        for phrase in by_first.get(word, ()):
            if words[place : place + len(phrase)] == list(phrase):
                yield tokens[place].start, tokens[place + len(phrase) - 1].end


def _letter_hits(folded: Folded, query: Query) -> Iterator[tuple[int, int]]:
    for run in {run for part in query.parts if part.is_thai for run in part.runs}:
        start = folded.text.find(run)
        while start >= 0:
            yield start, start + len(run)
            start = folded.text.find(run, start + len(run))


def _cut(text: str, hits: Sequence[tuple[int, int]]) -> list[Piece]:
    cut: list[Piece] = []
    place = 0
    for start, end in hits:
        cut += [Piece(text[place:start], False), Piece(text[start:end], True)]
        place = end
    cut.append(Piece(text[place:], False))
    return [piece for piece in cut if piece.text]
