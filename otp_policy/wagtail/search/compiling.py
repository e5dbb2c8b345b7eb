"""Wagtail's queries in the language of the database's full-text index."""

from dataclasses import dataclass, replace
from functools import partial

from wagtail.search.query import (
    And,
    Boost,
    Fuzzy,
    MatchAll,
    Not,
    Or,
    Phrase,
    PlainText,
    SearchQuery,
)

from otp_policy.thai_text.queries import Query, parse_query

from .fulltext import joined, part_of
from .models import IndexName
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A query as the database understands it.

    Attributes:
        expression: What has to match; empty where everything does, or nothing.
        letters: For each Thai part its letters, any of which would do, where words find nothing.
    """

    expression: str = ""
    is_everything: bool = False
    is_negated: bool = False
    is_prefix: bool = False
    only_title: bool = False
    letters: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> str:
        """Return which of SQLite's columns are asked."""
        if self.is_prefix:
            return "autocomplete"
        return "title" if self.only_title else "title body"

    @property
    def vector(self) -> str:
        """Return which of PostgreSQL's columns is asked."""
        return "autocomplete_vector" if self.is_prefix else "vector"


NOTHING = Asked(is_everything=True, is_negated=True)
EVERYTHING = Asked(is_everything=True)


def compile_query(
    query: SearchQuery, *, vendor: str, only_title: bool = False, is_prefix: bool = False
) -> Asked:
    """
    Return *query* for the database of *vendor*.

    Raises:
        NotImplementedError: If it is of a kind that no database search of Wagtail's knows, or an
            alternative of which one is a negation.
    """
    text = partial(_text, vendor=vendor, weight="A" if only_title else "", is_prefix=is_prefix)
    found = _compiled(query, text, vendor)
    return replace(found, only_title=only_title, is_prefix=is_prefix)


def _compiled(query: SearchQuery, text: partial, vendor: str) -> Asked:
    if isinstance(query, MatchAll):
        return EVERYTHING
    if isinstance(query, Boost):
        return _compiled(query.subquery, text, vendor)
    if isinstance(query, PlainText | Fuzzy):
        return text(query.query_string, how=query.operator)
    if isinstance(query, Phrase):
        return text(f'"{query.query_string}"', how="and")
    if isinstance(query, Not):
        inner = _compiled(query.subquery, text, vendor)
        return replace(inner, is_negated=not inner.is_negated, letters=())
    if isinstance(query, And | Or):
        how = "and" if isinstance(query, And) else "or"
        return _combined(
            [_compiled(inner, text, vendor) for inner in query.subqueries], how, vendor
        )
    raise NotImplementedError(f"`{type(query).__name__}` is not supported")


def _combined(asked: list[Asked], how: str, vendor: str) -> Asked:
    settles = NOTHING if how == "and" else EVERYTHING
    if settles in asked:
        return settles
    asked = [one for one in asked if not one.is_everything]
    wanted = [one for one in asked if not one.is_negated]
    unwanted = [one.expression for one in asked if one.is_negated]
    if not asked:
        return EVERYTHING if how == "and" else NOTHING
    if not unwanted:
        expression = joined([one.expression for one in wanted], vendor, how)
        letters = tuple(runs for one in wanted for runs in one.letters)
        both = how == "and" and all(one.letters for one in wanted)
        return Asked(expression, letters=letters if both else ())
    if how == "or" and (wanted or len(unwanted) > 1):
        raise NotImplementedError("a negation as an alternative is not supported")
    if not wanted:
        return Asked(joined(unwanted, vendor, "or"), is_negated=True)
    sign = "NOT" if vendor == "sqlite" else "& !"
    expression = joined([one.expression for one in wanted], vendor, "and")
    return Asked(f"({expression} {sign} {joined(unwanted, vendor, 'or')})")


def _text(string: str, *, how: str, vendor: str, weight: str, is_prefix: bool) -> Asked:
    query = parse_query(string, index=Vocabulary(IndexName.ENTRIES), is_prefix=is_prefix)
    if not query:
        return NOTHING
    parts = list(query.parts)
    expressions = [part_of(part, vendor, weight) for part in parts]
    if is_prefix:
        expressions[-1] = part_of(parts[-1], vendor, weight, is_prefix=True)
    return Asked(
        joined(expressions, vendor, how),
        letters=_letters(query) if how == "and" and not is_prefix else (),
    )


def _letters(query: Query) -> tuple[tuple[str, ...], ...]:
    """Return the letters to look for; none unless every part is Thai and long enough to tell."""
    if not all(part.has_letters_to_look_for for part in query.parts):
        return ()
    return tuple(part.runs for part in query.parts)
