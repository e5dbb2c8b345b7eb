"""
A backend for Wagtail's search (`WAGTAILSEARCH_BACKENDS`) that breaks Thai words.

The index is a table of our own. One query joins the full-text index, the entry and the object's
own table, so that the database starts from what matched; nothing is averaged when a page is saved.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Count, Field, QuerySet
from wagtail.search.backends.base import (
    BaseIndex,
    BaseSearchBackend,
    BaseSearchQueryCompiler,
    BaseSearchResults,
    FilterFieldError,
)
from wagtail.search.utils import get_content_type_pk, get_descendants_content_types_pks

from otp_policy.thai_text.indexing import index_text

from .compiling import Asked, compile_query
from .extracting import extract
from .joining import ranked, restricted
from .models import IndexName, SearchEntry, Word
from .vocabulary import Vocabulary

# PostgreSQL counts words up to here; what stands behind is found, but not as a phrase.
MOST_WORDS = 12_000


def number_of(field: Field, value: Any) -> int | None:
    """Return the key *value* where keys of its kind are numbers."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class ThaiIndex(BaseIndex):
    """Keeps an entry for each object."""

    def __init__(self, backend: "ThaiSearchBackend") -> None:
        super().__init__(backend)
        self.using = router.db_for_write(SearchEntry)

    def add_items(self, model: type, items: Iterable[Any]) -> None:
        """Write the entries of *items*; what did not change is left alone."""
        wanted = {str(item.pk): self._entry(item) for item in items}
        if not wanted or not model.get_search_fields():
            return
        known = SearchEntry.objects.filter(content_type=get_content_type_pk(model))
        stored = {entry.object_id: entry for entry in known.filter(object_id__in=wanted)}
        changed = []
        for key, entry in wanted.items():
            if key not in stored:
                changed.append(entry)
            elif _texts(stored[key]) != _texts(entry):
                entry.pk = stored[key].pk
                entry.save(force_update=True)
                Vocabulary(IndexName.ENTRIES).learn(_texts(entry))
        new = [entry for entry in changed if entry.pk is None]
        SearchEntry.objects.bulk_create(new)
        if new:
            Vocabulary(IndexName.ENTRIES).learn(text for entry in new for text in _texts(entry))

    def _entry(self, item: Any) -> SearchEntry:
        said = extract(item)
        return SearchEntry(
            content_type_id=get_content_type_pk(type(item)),
            object_id=str(item.pk),
            number=number_of(item._meta.pk, item.pk),
            title=_words(said.title),
            body=_words(said.body),
            autocomplete=_words(said.autocomplete),
        )

    def delete_item(self, item: Any) -> None:
        """Take out the entry of *item*."""
        key = get_content_type_pk(type(item))
        SearchEntry.objects.filter(content_type=key, object_id=str(item.pk)).delete()

    def reset(self) -> None:
        """Empty the index."""
        SearchEntry.objects.all().delete()
        Word.objects.filter(index=IndexName.ENTRIES).delete()


def _words(texts: Sequence[str]) -> str:
    words = "\n".join(index_text(line) for text in texts for line in text.splitlines())
    return words if words.count(" ") + words.count("\n") < MOST_WORDS else _first_words(words)


def _first_words(words: str) -> str:
    place = -1
    for _word in range(MOST_WORDS):
        place = min(
            (found for mark in " \n" if (found := words.find(mark, place + 1)) >= 0),
            default=len(words),
        )
    return words[:place]


def _texts(entry: SearchEntry) -> tuple[str, str, str]:
    return entry.title, entry.body, entry.autocomplete


class ThaiRebuilder:
    """Empties the index and fills it again, all or nothing."""

    def __init__(self, index: ThaiIndex) -> None:
        self.index = index
        self._transaction = transaction.atomic(using=index.using)

    def start(self) -> ThaiIndex:
        """Begin."""
        self._transaction.__enter__()
        self.index.reset()
        return self.index

    def finish(self) -> None:
        """Commit."""
        self._transaction.__exit__(None, None, None)


class ThaiQueryCompiler(BaseSearchQueryCompiler):
    """Turns a query of Wagtail's into one of the database."""

    DEFAULT_OPERATOR = "and"
    HANDLES_ORDER_BY_EXPRESSIONS = True
    last_word_is_prefix = False

    def asked(self) -> Asked:
        """Return the query as the database understands it, put together once."""
        if not hasattr(self, "_asked"):
            self._asked = compile_query(
                self.query,
                vendor=connections[self.queryset.db].vendor,
                only_title=bool(self.fields) and set(self.fields) == {"title"},
                is_prefix=self.last_word_is_prefix,
            )
        return self._asked

    def matching(self, score_field: str | None, *, by_letters: bool = False) -> QuerySet | None:
        """Return the objects that match, in order; None where letters cannot be asked for."""
        asked = self.asked()
        if asked.is_everything:
            return self.queryset if not asked.is_negated else self.queryset.none()
        if by_letters and not asked.letters:
            return None
        types = get_descendants_content_types_pks(self.queryset.model)
        if asked.is_negated or by_letters:
            found = restricted(self.queryset, asked, types, by_letters=by_letters)
        else:
            score = score_field or ("_score" if self.order_by_relevance else None)
            found = ranked(self.queryset, asked, types, score=score)
            if self.order_by_relevance:
                return found.order_by(score, "-pk")
        return found if found.query.order_by else found.order_by("-pk")


class ThaiAutocompleteCompiler(ThaiQueryCompiler):
    """The same for words that are still being typed."""

    last_word_is_prefix = True


class ThaiSearchResults(BaseSearchResults):
    """Results by words; where there is none, by letters."""

    supports_facet = True

    def _do_search(self) -> list[Any]:
        found = self.query_compiler.matching(self._score_field)
        rows = list(found[self.start : self.stop])
        if rows or (self.start and found.exists()):
            return rows
        by_letters = self.query_compiler.matching(None, by_letters=True)
        return list(by_letters[self.start : self.stop]) if by_letters is not None else []

    def _do_count(self) -> int:
        whole = self.query_compiler.matching(None).order_by().count()
        if not whole:
            by_letters = self.query_compiler.matching(None, by_letters=True)
            whole = by_letters.order_by().count() if by_letters is not None else 0
        after = whole if self.stop is None else min(whole, self.stop)
        return max(0, after - (self.start or 0))

    def _whole(self) -> QuerySet:
        found = self.query_compiler.matching(None)
        if found.exists():
            return found
        by_letters = self.query_compiler.matching(None, by_letters=True)
        return found if by_letters is None else by_letters

    def facet(self, field_name: str) -> dict[Any, int]:
        """Return how many results have each value of a field, the commonest first."""
        if self.query_compiler._get_filterable_field(field_name) is None:
            raise FilterFieldError(
                f'Cannot facet search results with field "{field_name}". Add '
                f"index.FilterField('{field_name}') to "
                f"{self.query_compiler.queryset.model.__name__}.search_fields.",
                field_name=field_name,
            )
        counted = self._whole().order_by().values(field_name).annotate(count=Count("pk"))
        return {row[field_name]: row["count"] for row in counted.order_by("-count")}


class ThaiSearchBackend(BaseSearchBackend):
    """Search by Thai words on SQLite and PostgreSQL."""

    index_class = ThaiIndex
    query_compiler_class = ThaiQueryCompiler
    autocomplete_query_compiler_class = ThaiAutocompleteCompiler
    results_class = ThaiSearchResults
    rebuilder_class = ThaiRebuilder
    atomic_rebuilder_class = ThaiRebuilder


SearchBackend = ThaiSearchBackend
