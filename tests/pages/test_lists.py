"""Lists hold what is live by a publication and open to everybody, and nothing else."""

import pytest
from django.db.models import QuerySet
from wagtail.models import Page, PageViewRestriction

from home.models import CategoryPage, HomePage
from news.models import NewsPage
from otp_policy.wagtail.listing import latest_and_due, list_page, units_of
from otp_policy.wagtail.models import Publication, Unit
from tests.office import Office, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def keys_of_news(founded, django_db_blocker) -> list[int]:
    """Publish five pieces of news, once for this module."""
    with django_db_blocker.unblock():
        office = Office.as_founded()
        drafts = [office.draft(title=f"ข่าว {number}") for number in range(5)]
        return [office.publish(draft).pk for draft in drafts]


@pytest.fixture
def news(keys_of_news, db):
    found = NewsPage.objects.in_bulk(keys_of_news)
    return [found[key] for key in keys_of_news]


def titles(page) -> list[str]:
    return [item.local_title["text"] for item in page.items]


def test_the_latest_comes_first_page_by_page(news):
    first, second = list_page("news", per_page=3), list_page("news", per_page=3, number=2)
    assert titles(first) == ["ข่าว 4", "ข่าว 3", "ข่าว 2"]
    assert titles(second) == ["ข่าว 1", "ข่าว 0"]
    assert (first.newer, first.older, second.newer, second.older) == (None, 2, 1, None)
    assert (first.last, first.total) == (2, 5)
    assert titles(list_page("news", per_page=3, number=99)) == titles(second)


def test_a_draft_and_a_withdrawn_item_are_in_no_list(office, news):
    draft = office.draft(title="ฉบับร่าง")
    office.agree(draft)
    Publication.objects.filter(page_id=news[0].pk).update(ended_at="2026-01-01T00:00Z")
    assert titles(list_page("news")) == ["ข่าว 4", "ข่าว 3", "ข่าว 2", "ข่าว 1"]
    latest, _due = latest_and_due(each=9, limit=9)
    assert [item.local_title["text"] for item in latest["news"]] == titles(list_page("news"))


def test_what_is_restricted_is_in_no_list(news):
    section = CategoryPage.objects.get(category="news")
    restriction = PageViewRestriction(page=section, restriction_type="login")
    PageViewRestriction.objects.bulk_create([restriction])  # behind the gate's back
    assert titles(list_page("news")) == []
    assert latest_and_due(each=9, limit=9)[0] == {}


def test_a_closed_section_leaves_the_sitemap(client, office):
    assert "/news/</loc>" in client.get("/sitemap.xml").content.decode()
    section = CategoryPage.objects.get(category="news")
    restriction = PageViewRestriction(page=section, restriction_type="login")
    PageViewRestriction.objects.bulk_create([restriction])  # behind the gate's back
    text = client.get("/sitemap.xml").content.decode()
    assert "/news/</loc>" not in text
    assert "/other/</loc>" in text


LISTS = (
    "/", "/news/", "/feed/", "/sitemap.xml", "/disclosure/", "/disclosure/items.json",
    "/corrections/", "/api/disclosure/", "/search/?q=เฉพาะกิจ",
)  # fmt: skip


def test_what_is_live_below_no_site_has_no_address_and_is_in_no_list(client, office):
    elsewhere = Page.get_first_root_node().add_child(
        instance=HomePage(title="ต้นไม้อื่น", slug="elsewhere")
    )
    shown = office.publish(office.draft(title="ข่าวเฉพาะกิจในเว็บไซต์"))
    draft = office.draft(title="ข่าวเฉพาะกิจนอกเว็บไซต์")
    draft.move(elsewhere, pos="last-child")
    outside = office.publish(fresh(draft))
    assert outside.live
    assert outside.get_url() is None
    for url in LISTS:
        answer = client.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode()
        assert url == "/corrections/" or "ในเว็บไซต์" in text or shown.url in text, url
        assert "นอกเว็บไซต์" not in text, url
    latest, _due = latest_and_due(each=9, limit=9)
    keys = [item.page.pk for item in latest["news"]]
    assert shown.pk in keys
    assert outside.pk not in keys


def test_a_list_is_narrowed_by_year_and_by_division(client, office, news):
    theirs = office.publish(office.draft(title="ข่าวอีกกอง"))
    type(theirs).objects.filter(pk=theirs.pk).update(
        owning_unit=Unit.objects.get(code="division-b")
    )
    QuerySet(Publication).filter(page_id=news[0].pk).update(at="2024-12-31T18:00Z")
    assert titles(list_page("news", unit="division-b")) == ["ข่าวอีกกอง"]
    # Half past midnight in Bangkok is the next year already.
    assert list_page("news").years[-1] == 2025
    assert titles(list_page("news", year=2025)) == ["ข่าว 0"]
    assert units_of("news") == [("division-a", "กอง ก"), ("division-b", "กอง ข")]
    text = client.get("/news/?year=2025").content.decode()
    assert "ข่าว 0" in text
    assert "ข่าว 4" not in text
    assert '<option value="2025" selected>2568</option>' in text


@pytest.mark.parametrize(
    "query", ["year=0", "year=9999", "year=x", "page=0", "page=x", "unit=nobody"]
)
def test_a_broken_address_shows_the_whole_list(client, news, query):
    answer = client.get(f"/news/?{query}")
    assert answer.status_code == 200
    assert "ข่าว 4" in answer.content.decode()


def test_what_is_overdue_leads_the_home_page(client, office, news):
    QuerySet(Publication).filter(page_id=news[0].pk).update(at="2020-01-01T00:00Z")
    QuerySet(Publication).filter(page_id=news[1].pk).update(at="2019-07-01T00:00Z")
    _latest, due = latest_and_due(each=3, limit=9)
    assert [item.local_title["text"] for item in due] == ["ข่าว 1", "ข่าว 0"]
    assert str(due[0].review.due_on) == "2020-07-01"
    assert due[0].review.state == "overdue"
    assert "เกินกำหนดทบทวน" in client.get("/").content.decode()


def test_an_item_speaks_the_readers_language_in_lists(client, office):
    office.publish(office.draft(title="ข่าวสองภาษา", title_en="In two languages"))
    assert "ข่าวสองภาษา" in client.get("/news/").content.decode()
    english = client.get("/en/news/").content.decode()
    assert '<a class="card__link" href="/en/news/' in english
    assert "In two languages" in english
