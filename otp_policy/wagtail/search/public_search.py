"""
What the public finds: live approved items that all may read, and the documents in them.

One query finds, scores and filters; another asks the open publications and the live pages in the
same breath, so that nothing depends on whether the index was brought up to date.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from wagtail.models import Page

from otp_policy.thai_text.marking import Piece, pieces, snippet
from otp_policy.thai_text.queries import Query, parse_query
from otp_policy.thai_text.words import has_thai
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.readable import reach_of_everybody

from .fulltext import BODY_WEIGHT, TITLE_WEIGHT, FullText, contains_sql, match_of
from .models import IndexName, PublicText
from .vocabulary import Vocabulary

TEXTS = FullText(PublicText._meta.db_table)
# What nobody pages through; a query that finds more says so.
MOST_FOUND = 2_000
FACETS = ("category", "fiscal_year", "unit", "kind")
# A correction of the spelling is shown only if it finds something itself.
_MOST_LETTERS_OF_A_SUGGESTION = 120


@dataclass(frozen=True, slots=True)
class Found:
    """A live text that matches: of a page, or of a document of it."""

    key: int
    page_id: int
    file_id: int | None
    category: str
    fiscal_year: int
    unit: str
    kind: str

    def facet(self, name: str) -> str:
        """Return its value of a facet, as it stands in an address."""
        return str(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Shown:
    """A result as it is read."""

    found: Found
    title: list[Piece]
    text: list[Piece]

    @property
    def title_language(self) -> str:
        """Return the language to read the title aloud in."""
        return _language(self.title)

    @property
    def text_language(self) -> str:
        """Return the language to read the text aloud in."""
        return _language(self.text)


def _language(shown: list[Piece]) -> str:
    return "th" if has_thai("".join(piece.text for piece in shown)) else "en"


@dataclass(frozen=True, slots=True)
class Search:
    """
    The answer to a query.

    Attributes:
        found: What matches, with every filter, the best first.
        counts: For each facet, how many there are of each value with the other filters.
        by_letters: Whether no word matched, and the letters were looked for.
        is_cut: Whether more matched than are counted.
    """

    query: Query
    found: Sequence[Found] = ()
    counts: Mapping[str, Counter[str]] = field(default_factory=dict)
    by_letters: bool = False
    is_cut: bool = False


def search(text: str, *, filters: Mapping[str, str] | None = None) -> Search:
    """
    Return what the public may find by *text*.

    Args:
        filters: By facet, the one value that is wanted.
    """
    query = parse_query(text, index=Vocabulary(IndexName.PUBLIC))
    if not query:
        return Search(query)
    rows, by_letters = list(_by_words(query)), False
    if not rows and all(part.has_letters_to_look_for for part in query.parts):
        rows, by_letters = list(_by_letters(query)), True
    is_cut = len(rows) > MOST_FOUND
    everything = _once_each(_readable_by_all(rows[:MOST_FOUND]))
    wanted = {name: value for name, value in (filters or {}).items() if value}
    return Search(
        query,
        [one for one in everything if _fits(one, wanted)],
        {name: _count(everything, name, wanted) for name in FACETS},
        by_letters,
        is_cut,
    )


def _fits(one: Found, wanted: Mapping[str, str], *, but: str = "") -> bool:
    return all(one.facet(name) == value for name, value in wanted.items() if name != but)


def _count(found: Iterable[Found], name: str, wanted: Mapping[str, str]) -> Counter[str]:
    return Counter(one.facet(name) for one in found if _fits(one, wanted, but=name))


def _by_words(query: Query) -> list[tuple[Any, ...]]:
    vendor, asked = connection.vendor, match_of(query, vendor=connection.vendor)
    if vendor == "sqlite":
        weights = f"{TITLE_WEIGHT}, {BODY_WEIGHT}"
        return _rows(
            f"{TEXTS.fts} CROSS JOIN {TEXTS.table} AS t ON t.id = {TEXTS.fts}.rowid",
            f"{TEXTS.fts} MATCH %s",
            f"bm25({TEXTS.fts}, {weights})",
            [asked],
        )
    return _rows(
        f"to_tsquery('simple', %s) AS q CROSS JOIN {TEXTS.table} AS t",
        "t.vector @@ q",
        "-ts_rank(t.vector, q)",
        [asked],
    )


def _by_letters(query: Query) -> list[tuple[Any, ...]]:
    conditions = [contains_sql("t", connection.vendor, part.runs) for part in query.parts]
    return _rows(
        f"{TEXTS.table} AS t",
        " AND ".join(sql for sql, _params in conditions),
        "",
        [value for _sql, values in conditions for value in values],
    )


def _rows(source: str, condition: str, score: str, params: list[str]) -> list[tuple[Any, ...]]:
    """Return the rows of open publications of live pages, the best first, with the page's path."""
    publication, page = Publication._meta.db_table, Page._meta.db_table
    sql = f"""
        SELECT t.id, t.page_id, t.file_id, t.category, t.fiscal_year, t.unit, t.kind, page.path
        FROM {source}
        JOIN {publication} AS publication ON publication.id = t.publication_id
        JOIN {page} AS page ON page.id = publication.page_id
        WHERE {condition} AND publication.ended_at IS NULL AND page.live
        ORDER BY {score}{", " if score else ""}t.id DESC
        LIMIT {MOST_FOUND + 1}
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _readable_by_all(rows: Iterable[tuple[Any, ...]]) -> Iterable[Found]:
    """Leave out what lies behind a login, a password or a group of readers, or below no site."""
    is_reached = reach_of_everybody()
    for *values, path in rows:
        if is_reached(path):
            yield Found(*values)


def _once_each(found: Iterable[Found]) -> list[Found]:
    """Return each text once: a long document matches in several parts."""
    return list({(one.page_id, one.file_id): one for one in reversed(list(found))}.values())[::-1]


def suggestion(text: str) -> str | None:
    """Return what was meant by a query that found nothing, if that finds something, or None."""
    if len(text) > _MOST_LETTERS_OF_A_SUGGESTION:
        return None
    meant = Vocabulary(IndexName.PUBLIC).speller().suggestions(text)
    return next((words for words in meant if search(words).found), None)


def show(answer: Search, found: Sequence[Found], *, in_english: bool) -> list[Shown]:
    """Return some of the results as they are read, with the hits marked."""
    rows = PublicText.objects.in_bulk([one.key for one in found])
    shown = []
    for one in found:
        row = rows.get(one.key)
        if row is not None:
            title = (in_english and row.shown_title_en) or row.shown_title
            shown.append(
                Shown(one, pieces(title, answer.query), snippet(row.shown_text, answer.query))
            )
    return shown
