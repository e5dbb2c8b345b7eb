"""
A query as an index can answer it: parts that all have to be found, each a phrase or one of several.

ICU breaks a word by what stands around it, so that the same letters may be broken otherwise in a
document than in a query. Each way to break them into words of the index is asked for.
"""

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from .folding import edges_of, fold
from .words import SHORTEST_PART, Token, has_thai, is_head, tokens_of
from .years import may_be_year, year_word

__all__ = [
    "LONGEST_QUERY",
    "MOST_PARTS",
    "Index",
    "Known",
    "Part",
    "Phrase",
    "Query",
    "parse_query",
    "possible_words",
]

Phrase = tuple[str, ...]

LONGEST_QUERY = 200
MOST_PARTS = 12
MOST_PHRASES = 32
MOST_BREAKS = 24
MOST_BEGINNINGS = 4
LONGEST_WORD = 30
SHORTEST_HALF = 2
_SAID_TO_BE_A_YEAR = re.compile(
    r"(?:ปี|พ\.ศ\.|ค\.ศ\.|ปี พ\.ศ\.|ปี ค\.ศ\.|\byear|\bb\.e\.)\s*([0-9]{4})(?![0-9])"
)
_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two spaces of a query, or in quotation marks."""

    text: str
    phrases: tuple[Phrase, ...]

    @property
    def is_thai(self) -> bool:
        """Tell whether it holds Thai letters, of which ICU may not know every word."""
        return has_thai(self.text)

    @property
    def has_letters_to_look_for(self) -> bool:
        """Tell whether its letters say something by themselves: a short word is part of others."""
        return self.is_thai and len(self.text) >= SHORTEST_PART

    @property
    def runs(self) -> tuple[str, ...]:
        """Return the letters of each phrase without the spaces between words, once each."""
        return tuple(dict.fromkeys("".join(phrase) for phrase in self.phrases))


@dataclass(frozen=True, slots=True)
class Query:
    """
    Parts that all have to be found; without any, nothing is.

    Attributes:
        is_cut: Whether more was typed than is asked for.
    """

    parts: tuple[Part, ...]
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)


@dataclass(frozen=True, slots=True)
class Known:
    """
    What an index knows of some letters.

    Attributes:
        words: Those that are words of the index.
        compounds: For those that are part of a longer word of the index, the longer words.
    """

    words: Collection[str] = frozenset()
    compounds: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Index(Protocol):
    """What a query asks of the index before it is put."""

    def look_up(self, stretches: Collection[str], *, parts: Collection[str]) -> Known:
        """Return which *stretches* of letters are words, and what words *parts* are part of."""


def parse_query(text: str, *, index: Index, is_prefix: bool = False) -> Query:
    """
    Return what *text*, as a reader typed it, asks of *index*.

    Args:
        is_prefix: Whether the last word is still being typed.
    """
    everything = [
        (part, tokens)
        for whole in _split(fold(text[:LONGEST_QUERY]))
        for part in _years_apart(whole)
        if (tokens := tokens_of(part))
    ]
    wanted = everything[:MOST_PARTS]
    stretches = {word for part, _tokens in wanted for word in possible_words(part)}
    stretches |= _latin_spellings([token for _part, tokens in wanted for token in tokens])
    inside = {word for _part, tokens in wanted for word in _may_be_inside(tokens)}
    known = index.look_up(stretches, parts=inside) if stretches else Known()
    parts = _joined_or_apart(
        [Part(part, _phrases(tokens, known)) for part, tokens in wanted], wanted, known.words
    )
    if is_prefix and parts:
        parts[-1] = _still_typed(parts[-1], known)
    is_cut = len(text) > LONGEST_QUERY or len(everything) > MOST_PARTS
    return Query(tuple(parts), is_cut=is_cut)


def _latin_spellings(tokens: Sequence[Token]) -> set[str]:
    """Return how else words without Thai may be written: two as one, and one as two."""
    texts = [token.text for token in tokens if not has_thai(token.text)]
    halves = {half for text in texts for pair in _halves(text) for half in pair}
    return halves | {one + other for one, other in itertools.pairwise(texts)}


def _halves(text: str) -> list[Phrase]:
    return [(text[:place], text[place:]) for place in range(SHORTEST_HALF, len(text) - 1)]


def _joined_or_apart(
    parts: list[Part], wanted: Sequence[tuple[str, list[Token]]], words: Collection[str]
) -> list[Part]:
    """Return *parts*, those without Thai also as one word for two (QR code), or two for one."""
    texts = [tuple(token.text for token in tokens) for _part, tokens in wanted]
    found = list(parts)
    for place, phrase in enumerate(texts):
        if has_thai("".join(phrase)):
            continue
        found[place] = _also(found[place], _other_spellings(phrase, words))
        following = texts[place + 1] if place + 1 < len(texts) else ()
        if following and not has_thai("".join(following)) and phrase[-1] + following[0] in words:
            # Either way both parts are found: by themselves, or both by the one word.
            one = [(*phrase[:-1], phrase[-1] + following[0], *following[1:])]
            found[place], found[place + 1] = _also(found[place], one), _also(found[place + 1], one)
    return found


def _other_spellings(phrase: Phrase, words: Collection[str]) -> Iterator[Phrase]:
    for place, word in enumerate(phrase):
        head, tail = phrase[:place], phrase[place + 1 :]
        if tail and word + tail[0] in words:
            yield (*head, word + tail[0], *tail[1:])
        for halves in _halves(word):
            if set(halves) <= set(words):
                yield (*head, *halves, *tail)


def _also(part: Part, phrases: Iterable[Phrase]) -> Part:
    return replace(part, phrases=tuple(dict.fromkeys([*part.phrases, *phrases]))[:MOST_PHRASES])


def _still_typed(part: Part, known: Known) -> Part:
    letters = "".join(part.phrases[0])
    beginnings = _beginnings(letters, known.words) if has_thai(letters) else []
    phrases = dict.fromkeys([*part.phrases, *beginnings])
    return Part(part.text, tuple(phrases)[:MOST_PHRASES])


def _may_be_inside(tokens: list[Token]) -> set[str]:
    """Return what of a part may stand inside a longer word: all of it, its first, its last word."""
    texts = [token.text for token in tokens]
    return {word for word in ("".join(texts), texts[0], texts[-1]) if has_thai(word)}


def _split(folded: str) -> Iterator[str]:
    folded = _SAID_TO_BE_A_YEAR.sub(_without_space, folded)
    for found in _QUOTED.finditer(folded):
        part = next(group for group in found.groups() if group is not None).strip()
        if part:
            yield part


def _without_space(year: re.Match[str]) -> str:
    return "".join(year[0].split())


def possible_words(part: str) -> set[str]:
    """Return every stretch of Thai letters in *part* that could be a word."""
    found: set[str] = set()
    for run in re.findall(r"[\u0e01-\u0e3a\u0e40-\u0e4e]+", part):
        edges = edges_of(run)
        for start in edges:
            found |= {run[start:end] for end in edges if start < end <= start + LONGEST_WORD}
    return found


def _phrases(tokens: list[Token], known: Known) -> tuple[Phrase, ...]:
    """Return every phrase that the words of a part may stand for, ICU's own first."""
    stretches: list[list[Phrase]] = []
    for number, run in itertools.groupby(_touching(tokens), key=lambda entry: entry[0]):
        group = [token for _number, token in run]
        if number:
            own = tuple(token.text for token in group)
            ways = _breaks("".join(own), known.words)
            stretches.append([own, *(way for way in ways if way != own)])
        else:
            stretches += [_alternatives(token) for token in group]
    found = [
        tuple(itertools.chain(*way))
        for way in itertools.islice(itertools.product(*stretches), MOST_PHRASES)
    ]
    within = [longer for phrase in found for longer in _in_compounds(phrase, known.compounds)]
    return tuple(dict.fromkeys([*found, *within]))[:MOST_PHRASES]


def _in_compounds(phrase: Phrase, compounds: Mapping[str, Sequence[str]]) -> Iterator[Phrase]:
    """Yield *phrase* inside a word that ICU keeps whole, or with its ends inside such words."""
    letters = "".join(phrase)
    for word in compounds.get(letters, ()):
        # ตรา stands in มาตรา by its letters alone.
        if len(letters) >= SHORTEST_PART or is_head(letters, word):
            yield (word,)
    if len(phrase) == 1:
        return
    first, last = phrase[0], phrase[-1]
    heads = [word for word in compounds.get(first, ()) if word.endswith(first)]
    tails = [word for word in compounds.get(last, ()) if word.startswith(last)]
    for head, tail in itertools.product([first, *heads], [last, *tails]):
        if (head, tail) != (first, last):
            yield (head, *phrase[1:-1], tail)


def _touching(tokens: list[Token]) -> Iterator[tuple[int, Token]]:
    """Yield each word with the number of the stretch of Thai that it stands in, or with 0."""
    number, before = 1, -1
    for token in tokens:
        number += token.start != before
        before = token.end
        yield (number if has_thai(token.text) else 0), token


def _years_apart(part: str) -> list[str]:
    """
    Return *part* with each year that is said to be one in a part of its own: ปี2569, พ.ศ. 2569.

    The word before it is left out; the index knows years by themselves.
    """
    found = []
    place = 0
    for match in _SAID_TO_BE_A_YEAR.finditer(part):
        if (year := may_be_year(match[1])) is not None:
            found += [part[place : match.start()], year_word(year)]
            place = match.end()
    return [*found, part[place:]]


def _alternatives(token: Token) -> list[Phrase]:
    year = None if token.is_grouped else may_be_year(token.text)
    literal: Phrase = (token.text,)
    return [literal] if year is None else [(year_word(year),), literal]


def _breaks(run: str, words: Collection[str]) -> list[Phrase]:
    """Return the ways to break *run* into *words*, those with the fewest words first."""
    return _ways(run, words)[-1]


def _beginnings(run: str, words: Collection[str]) -> list[Phrase]:
    """Return the ways to break *run* into *words* and, at last, the beginning of one."""
    ways = _ways(run, words)
    found = [
        (*way, run[edge:]) for edge in edges_of(run)[:-1] for way in ways[edge][:MOST_BEGINNINGS]
    ]
    return sorted(found, key=len)


def _ways(run: str, words: Collection[str]) -> list[list[Phrase]]:
    """Return for each place in *run* the ways to break what stands before it into *words*."""
    reached: list[list[Phrase]] = [[] for _place in range(len(run) + 1)]
    reached[0] = [()]
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - LONGEST_WORD), end):
            if reached[start] and run[start:end] in words:
                reached[end] += [(*way, run[start:end]) for way in reached[start]]
        reached[end] = sorted(reached[end], key=len)[:MOST_BREAKS]
    return reached
