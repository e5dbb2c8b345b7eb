"""What is kept costs nothing and is whole; what is somebody's own is never kept nor served."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils import timezone
from wagtail.models import PageViewRestriction

from otp_policy.wagtail.page_cache.answers import may_keep
from otp_policy.wagtail.page_cache.marks import same_for_everybody
from otp_policy.wagtail.page_cache.requests import key_of, may_share
from otp_site import urls as site_urls
from tests.office import PASSWORD
from tests.page_cache.conftest import kept, made_anew
from tests.page_cache.test_changes import leaflet

Count = Callable[..., int]
SHARED = (
    *("/", "/en/", "/news/", "/en/other/", "/news/?page=2", "/disclosure/", "/en/disclosure/"),
    *("/corrections/", "/feed/", "/en/feed/news/", "/sitemap.xml", "/disclosure/items.json"),
    *("/disclosure/items.csv", "/accessibility/", "/en/privacy/"),
)
SOMEBODY = (
    {"headers": {"cookie": "sessionid=1"}},
    {"headers": {"cookie": "whatever=1"}},
    {"headers": {"authorization": "Basic eDp5"}},
    {"REMOTE_USER": "x"},
)


@pytest.fixture(scope="module")
def news(committed: Any) -> Any:
    """Return a live item."""
    return committed.publish(committed.draft(title="ข่าวที่เก็บไว้", title_en="Kept news"))


@pytest.mark.parametrize("url", SHARED)
def test_the_second_reader_costs_no_query(queries: Count, news: Any, url: str) -> None:
    first = kept(url)
    assert queries(url) == 0
    second = kept(url)
    assert second.content == first.content == made_anew(url).content
    assert dict(second.items()) == dict(first.items())
    assert second["Cache-Control"] == "public, no-cache"


def test_an_item_keeps_its_digest_its_tag_and_its_language(queries: Count, news: Any) -> None:
    thai, english = f"/news/{news.slug}/", f"/en/news/{news.slug}/"
    for url, words, language in ((thai, "ข่าวที่เก็บไว้", "th"), (english, "Kept news", "en")):
        kept(url)
        answer = kept(url)
        assert queries(url) == 0
        assert words in answer.content.decode()
        assert answer["Content-Language"] == language
        assert "Accept-Language" in answer["Vary"] or language == "en"
        assert answer["X-Disclosure-Digest"] == made_anew(url)["X-Disclosure-Digest"]
        held = {"headers": {"if-none-match": answer["ETag"]}}
        unchanged = Client().get(url, **held)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged["X-Disclosure-Digest"] == answer["X-Disclosure-Digest"]
        assert unchanged["ETag"] == answer["ETag"]
        assert queries(url, **held) == 0
    assert Client().head(thai).status_code == 200
    assert queries(f"{thai}?fbclid=abc&utm_source=x") == 0


def test_each_host_and_scheme_has_its_own(queries: Count) -> None:
    kept("/")
    assert queries("/", headers={"host": "other.example"}) > 0
    assert queries("/", secure=True) > 0
    assert "https://testserver/en/" in Client().get("/", secure=True).content.decode()


@pytest.mark.parametrize("more", SOMEBODY, ids=str)
def test_somebody_is_given_nothing_kept_and_leaves_nothing(queries: Count, more: Any) -> None:
    assert queries("/news/", **more) > 0
    assert queries("/news/", **more) > 0
    assert queries("/news/") > 0
    assert queries("/news/", **more) > 0


def test_who_is_signed_in_is_given_nothing_kept(office: Any) -> None:
    kept("/news/")
    client = Client()
    assert client.login(username="admin", password=PASSWORD)
    assert "wagtail-userbar" in client.get("/news/").content.decode()
    assert "wagtail-userbar" not in kept("/news/").content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/search/?q=ข่าว",
        "/search/",
        "/news/?page=2&page=3",
        "/news/?page=100",
        "/news/?unit=division-a",
        "/news/?x=" + "1" * 3000,
        "/contact/",
        "/nothing-here/",
    ],
)
def test_what_is_not_bounded_is_made_anew_each_time(queries: Count, url: str) -> None:
    assert queries(url) > 0
    assert queries(url) > 0


def test_a_post_is_never_answered_from_what_is_kept(office: Any) -> None:
    kept("/accessibility/")
    assert Client().post("/accessibility/").status_code == 405


def test_a_preview_neither_takes_nor_leaves_a_page(office: Any, news: Any) -> None:
    live = kept(news.url).content
    draft = news.get_latest_revision_as_object()
    draft.title = "ร่างที่ยังไม่มีใครอนุมัติ"
    shown = draft.make_preview_request()
    assert "ร่างที่ยังไม่มีใครอนุมัติ" in shown.content.decode()
    assert kept(news.url).content == live


def test_a_restricted_page_is_kept_for_nobody(office: Any, queries: Count) -> None:
    page = leaflet(office)
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="let-me-in")
    for _time in range(2):
        answer = kept(page.url)
        assert "let-me-in" not in answer.content.decode()
        assert answer.cookies["csrftoken"]
        assert queries(page.url) > 0
    page.delete()


def test_inside_a_transaction_nothing_is_served_and_nothing_left(
    office: Any, queries: Count
) -> None:
    kept("/news/")
    with transaction.atomic():
        assert queries("/news/") > 0
    assert queries("/news/") == 0


def test_a_page_is_made_anew_when_the_offices_day_begins(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = RequestFactory().get("/")
    today = key_of(request, "token", "looks")
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert key_of(request, "token", "looks") != today


def visited(request: Any) -> HttpResponse:
    response = HttpResponse("seen")
    how = request.path.strip("/")
    if how == "cookie":
        response.set_cookie("seen", "1")
    elif how in ("private", "no-store"):
        response["Cache-Control"] = how
    elif how.startswith("vary-"):
        response["Vary"] = how.removeprefix("vary-")
    elif how == "large":
        response.content = b"x" * (1024 * 1024 + 1)
    elif how == "missing":
        response.status_code = 404
    elif how == "packed":
        response["Content-Encoding"] = "gzip"
    return response


NEVER = ("cookie", "private", "no-store", "vary-user-agent", "vary-*", "large", "missing", "packed")


@pytest.mark.parametrize("how", NEVER)
def test_an_answer_that_says_whose_it_is_is_not_kept(how: str) -> None:
    request = RequestFactory().get(f"/{how}/")
    assert may_share(request)
    assert not may_keep(request, visited(request))
    assert may_keep(request, visited(RequestFactory().get("/plain/")))
    assert not may_keep(RequestFactory().head("/"), visited(request))


counted: list[str] = []


def unmarked(request: Any) -> HttpResponse:
    counted.append(request.path)
    return HttpResponse("once")


urlpatterns = [
    path("unmarked/", unmarked),
    path("marked/", same_for_everybody(lambda request: unmarked(request))),
    *site_urls.urlpatterns,
]


@pytest.mark.usefixtures("office")
def test_only_a_view_that_says_so_is_kept(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    counted.clear()
    for url in ("/unmarked/", "/unmarked/", "/marked/", "/marked/"):
        assert kept(url).content == b"once"
    assert counted == ["/unmarked/", "/unmarked/", "/marked/"]
