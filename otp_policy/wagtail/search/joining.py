"""Joins a queryset with what matched in the full-text index, in one query that starts there."""

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import AutoField, FloatField, IntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields.related import RelatedField

from .compiling import Asked
from .fulltext import BODY_WEIGHT, TITLE_WEIGHT, FullText, contains_sql
from .models import SearchEntry

ENTRIES = FullText(SearchEntry._meta.db_table, with_autocomplete=True)


def ranked(
    queryset: QuerySet, asked: Asked, content_types: Sequence[int], *, score: str | None
) -> QuerySet:
    """Return the objects of *queryset* that match, with how well as *score*; less is better."""
    if connections[queryset.db].vendor == "sqlite":
        return _ranked_on_sqlite(queryset, asked, content_types, score)
    return _ranked_on_postgresql(queryset, asked, content_types, score)


def _ranked_on_sqlite(
    queryset: QuerySet, asked: Asked, content_types: Sequence[int], score: str | None
) -> QuerySet:
    fts, entry = ENTRIES.fts, ENTRIES.table
    # The plus signs keep the planner from starting anywhere but at what matched.
    found = queryset.extra(
        tables=[fts, entry],
        where=[
            f"{fts} MATCH %s",
            f"{entry}.id = +{fts}.rowid",
            f"+{entry}.content_type_id IN ({_places(content_types)})",
            _same_object(queryset, entry, plus="+"),
        ],
        params=[f"{{{asked.columns}}} : {asked.expression}", *content_types],
    )
    if score is None:
        return found
    weights = f"{TITLE_WEIGHT}, {BODY_WEIGHT}, {BODY_WEIGHT}"
    rank = RawSQL(f"bm25({fts}, {weights})", [], output_field=FloatField())
    return found.annotate(**{score: rank})


def _ranked_on_postgresql(
    queryset: QuerySet, asked: Asked, content_types: Sequence[int], score: str | None
) -> QuerySet:
    entry = ENTRIES.table
    found = queryset.extra(
        tables=[entry],
        where=[
            f"{entry}.{asked.vector} @@ to_tsquery('simple', %s)",
            f"{entry}.content_type_id IN ({_places(content_types)})",
            _same_object(queryset, entry),
        ],
        params=[asked.expression, *content_types],
    )
    if score is None:
        return found
    rank = RawSQL(
        f"-ts_rank({entry}.{asked.vector}, to_tsquery('simple', %s))",
        [asked.expression],
        output_field=FloatField(),
    )
    return found.annotate(**{score: rank})


def restricted(
    queryset: QuerySet, asked: Asked, content_types: Sequence[int], *, by_letters: bool
) -> QuerySet:
    """Return the objects of *queryset* that do not match, or that hold the letters of the query."""
    vendor, entry = connections[queryset.db].vendor, ENTRIES.table
    if by_letters:
        conditions = [contains_sql(entry, vendor, runs) for runs in asked.letters]
        condition = " AND ".join(sql for sql, _params in conditions)
        params = [value for _sql, values in conditions for value in values]
    elif vendor == "sqlite":
        fts = ENTRIES.fts
        condition = f"{entry}.id IN (SELECT rowid FROM {fts} WHERE {fts} MATCH %s)"
        params = [f"{{{asked.columns}}} : {asked.expression}"]
    else:
        condition = f"{entry}.{asked.vector} @@ to_tsquery('simple', %s)"
        params = [asked.expression]
    exists = "NOT EXISTS" if asked.is_negated else "EXISTS"
    where = (
        f"{exists} (SELECT 1 FROM {entry} WHERE {condition} AND "
        f"{entry}.content_type_id IN ({_places(content_types)}) AND "
        f"{_same_object(queryset, entry)})"
    )
    return queryset.extra(where=[where], params=[*params, *content_types])


def _same_object(queryset: QuerySet, entry: str, *, plus: str = "") -> str:
    table, key = queryset.query.get_initial_alias(), queryset.model._meta.pk
    if isinstance(_target(key), AutoField | IntegerField):
        return f'"{table}"."{key.column}" = {plus}{entry}.number'
    return f'CAST("{table}"."{key.column}" AS text) = {entry}.object_id'


def _target(field: Any) -> Any:
    while isinstance(field, RelatedField):
        field = field.target_field
    return field


def _places(values: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(values))
