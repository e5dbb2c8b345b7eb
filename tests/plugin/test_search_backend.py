"""Wagtail's own search, by words of Thai: in the admin, and in whatever a site makes of it."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.search.backends import get_search_backend
from wagtail.search.query import MATCH_ALL, Phrase, PlainText

from news.models import NewsPage
from otp_policy.wagtail.search.backend import ThaiSearchBackend
from otp_policy.wagtail.search.models import SearchEntry

BODY = "<p>สำนักงานเผยแพร่ข้อมูลข่าวสารต่อสาธารณะ ปีงบประมาณ ๒๕๖๙</p>"


def titles(results) -> list[str]:
    return [found.title for found in results]


@pytest.fixture
def page(office):
    return office.draft(title="คู่มือเพาะเลี้ยงกุ้งก้ามกราม", body=BODY)


def test_the_site_uses_it():
    assert isinstance(get_search_backend(), ThaiSearchBackend)


@pytest.mark.parametrize(
    "text", ["เพาะเลี้ยง", "ข่าวสาร", "สาธารณะ", "งบประมาณ", "2026", "เพาะเลี้ยง ข่าวสาร", "ารต่อสาธา"]
)
def test_words_inside_sentences_are_found(page, text):
    results = NewsPage.objects.search(text)
    assert titles(results) == [page.title]
    assert results.count() == 1


@pytest.mark.parametrize("text", ["ยานอวกาศ", "เพาะเลี้ยง ยานอวกาศ", "ฐการ", ""])
def test_what_is_not_there_is_not_found(page, text):
    assert titles(Page.objects.search(text)) == []
    assert Page.objects.search(text).count() == 0


def test_every_page_type_searches_its_own(page, office):
    office.other(title="คู่มือเพาะเลี้ยง")
    assert titles(NewsPage.objects.search("เพาะเลี้ยง")) == [page.title]
    assert Page.objects.search("เพาะเลี้ยง").count() == 2
    assert Page.objects.filter(pk=page.pk).search("เพาะเลี้ยง").count() == 1
    assert titles(Page.objects.live().search("เพาะเลี้ยง")) == []


def test_a_title_counts_for_more_than_a_text(office):
    office.draft(title="ก", body="<p>ทุเรียน</p>")
    office.draft(title="ทุเรียน", body="<p>ก</p>")
    assert titles(Page.objects.search("ทุเรียน")) == ["ทุเรียน", "ก"]
    assert titles(Page.objects.search("ทุเรียน", fields=["title"])) == ["ทุเรียน"]


def test_results_can_be_sliced_ordered_and_made_specific(office):
    for number in range(5):
        office.draft(title=f"ทุเรียน {number}")
    results = Page.objects.search("ทุเรียน", order_by="title")
    assert titles(results[1:3]) == ["ทุเรียน 1", "ทุเรียน 2"]
    assert results[1:3].count() == 2
    found = list(Page.objects.specific().search("ทุเรียน"))
    assert {type(one) for one in found} == {NewsPage}
    scored = list(Page.objects.search("ทุเรียน").annotate_score("score"))
    assert all(one.score < 0 for one in scored)


def test_facets_count(office):
    office.draft(title="ทุเรียน")
    office.other(title="ทุเรียน")
    counted = Page.objects.search("ทุเรียน").facet("content_type_id")
    assert sorted(counted.values()) == [1, 1]


def test_operators(office):
    office.draft(title="ทุเรียน มังคุด")
    office.draft(title="ทุเรียน ลำไย")
    search = Page.objects.search
    assert search("มังคุด ลำไย", operator="or").count() == 2
    assert search("มังคุด ลำไย").count() == 0
    assert titles(search(PlainText("ทุเรียน") & ~PlainText("ลำไย"))) == ["ทุเรียน มังคุด"]
    assert search(PlainText("มังคุด") | PlainText("ลำไย")).count() == 2
    assert titles(NewsPage.objects.search(~PlainText("ลำไย"))) == ["ทุเรียน มังคุด"]
    assert search(Phrase("มังคุด ทุเรียน")).count() == 0
    assert search(MATCH_ALL).count() == Page.objects.count()
    assert search(~MATCH_ALL).count() == 0


@pytest.mark.parametrize("typed", ["คู่", "คู่มื", "คู่มือ", "คู่มือเพ", "คู่มือเพาะเลี้", "กุ้งก้า"])
def test_autocomplete_finds_while_a_word_is_typed(page, typed):
    assert titles(Page.objects.autocomplete(typed)) == [page.title]


def test_a_save_keeps_the_entry_in_step(page, office):
    entry = SearchEntry.objects.get(object_id=str(page.pk))
    page.title = "ประกาศใหม่"
    page.save()
    entry.refresh_from_db()
    assert "ประกาศ" in entry.title
    assert titles(Page.objects.search("เพาะเลี้ยง")) == []
    key = str(page.pk)
    page.delete()
    assert not SearchEntry.objects.filter(object_id=key).exists()
    assert titles(Page.objects.search("ประกาศใหม่")) == []


def test_a_save_that_changes_no_text_writes_nothing(page):
    with CaptureQueriesContext(connection) as captured:
        page.save()
    written = [
        query["sql"]
        for query in captured
        if "otp_policy_search" in query["sql"] and not query["sql"].startswith("SELECT")
    ]
    assert written == []


def test_documents_are_found_too(office):
    file = get_document_model().objects.create(title="คู่มือการเพาะเลี้ยง", file="x.pdf")
    assert titles(get_document_model().objects.search("เพาะเลี้ยง")) == [file.title]


def test_the_index_can_be_made_again(page):
    SearchEntry.objects.all().delete()
    assert titles(Page.objects.search("เพาะเลี้ยง")) == []
    call_command("update_index", verbosity=0)
    assert titles(Page.objects.search("เพาะเลี้ยง")) == [page.title]


def test_a_search_is_one_query_that_starts_from_what_matched(page):
    list(Page.objects.search("เพาะเลี้ยง"))
    with CaptureQueriesContext(connection) as captured:
        list(Page.objects.search("เพาะเลี้ยง"))
    asked = [query["sql"] for query in captured]
    assert len(asked) == 3  # the words, the compounds, the pages
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")
            plan = [row[3] for row in cursor.fetchall()]
        assert "VIRTUAL TABLE INDEX" in plan[0]
        assert [step.split()[0] for step in plan[1:3]] == ["SEARCH", "SEARCH"]


def test_the_admin_searches_with_it(page, office, client):
    client.force_login(office["admin"])
    answer = client.get("/admin/pages/search/", {"q": "เพาะเลี้ยง"})
    assert page.title in answer.content.decode()
