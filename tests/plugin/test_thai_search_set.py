"""The labelled set: what people find by words in Thai, decided by hand (`thai_search_set.toml`)."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from otp_policy.thai_text.indexing import index_text
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.search.models import IndexName, PublicText
from otp_policy.wagtail.search.public_search import search, suggestion
from otp_policy.wagtail.search.vocabulary import Vocabulary

SET = tomllib.loads(Path(__file__).with_name("thai_search_set.toml").read_text(encoding="utf-8"))
LEAST_RECALL, LEAST_PRECISION, LEAST_MENDED = 0.98, 0.95, 0.8


def put_in(office: Any) -> dict[int, str]:
    """Put the texts into the index as documents of one live item; return their names by key."""
    office.publish(office.draft(title="x", summary="x"))
    publication = Publication.objects.get(ended_at=None)
    item = PublicText.objects.get(publication=publication)
    rows = [
        PublicText(
            publication=publication,
            page_id=publication.page_id,
            file_id=number,
            recipe=item.recipe,
            category=item.category,
            kind="document",
            unit=item.unit,
            fiscal_year=item.fiscal_year,
            shown_title=text["title"],
            shown_text=text["body"],
            title=index_text(text["title"]),
            body=index_text(text["body"]),
        )
        for number, text in enumerate(SET["document"], start=1)
    ]
    PublicText.objects.bulk_create(rows)
    Vocabulary(IndexName.PUBLIC).learn(text for row in rows for text in (row.title, row.body))
    return {number: text["id"] for number, text in enumerate(SET["document"], start=1)}


def found(text: str, names: dict[int, str]) -> set[str]:
    return {names[one.file_id] for one in search(text).found if one.file_id in names}


def test_the_set_is_large_enough_and_its_names_exist():
    names = {text["id"] for text in SET["document"]}
    assert len(names) == len(SET["document"]) >= 60
    assert len({query["text"] for query in SET["query"]}) >= 80
    assert {name for query in SET["query"] for name in query["finds"]} <= names
    assert {query["finds"] for query in SET["misspelt"]} <= names


def test_recall_and_precision(office):
    names = put_in(office)
    right = wrong = missed = 0
    told = []
    for query in SET["query"]:
        wanted, got = set(query["finds"]), found(query["text"], names)
        right += len(wanted & got)
        wrong += len(got - wanted)
        missed += len(wanted - got)
        if got != wanted:
            told.append((query["text"], sorted(wanted - got), sorted(got - wanted)))
    assert right / (right + missed) >= LEAST_RECALL, told
    assert right / (right + wrong) >= LEAST_PRECISION, told


def test_misspelt_queries_are_answered_or_suggested(office):
    names = put_in(office)
    helped = [
        query
        for query in SET["misspelt"]
        if query["finds"] in found(query["text"], names)
        or query["finds"] in found(suggestion(query["text"]) or "", names)
    ]
    assert len(helped) / len(SET["misspelt"]) >= LEAST_MENDED, helped


@pytest.mark.parametrize(
    ("asked", "other"),
    [("ปี 2569", "ปี ๒๕๖๙"), ("พ.ศ. 2569", "ค.ศ. 2026"), ("ลำไย", "ล\u0e4d\u0e32ไย")],
)
def test_two_ways_to_write_find_the_same(office, asked, other):
    names = put_in(office)
    assert found(asked, names) == found(other, names) != set()


def test_an_amount_is_no_year(office):
    names = put_in(office)
    # 2,569 baht, 2569 copies and a telephone number are not the year 2026.
    assert found("ค.ศ. 2026", names).isdisjoint({"b05", "b06", "c07", "d03"})
    assert {"b05", "b06", "c07"} <= found("2569", names)
