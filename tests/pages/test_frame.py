"""What stands around every page: the ways through the site, its statements and its errors."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import path
from fontTools.ttLib import TTFont

from otp_policy import instruments
from otp_site import urls as site_urls
from otp_site.fonts import FACES

pytestmark = pytest.mark.django_db


def broken(request):
    raise RuntimeError("broken on purpose")


def forbidden(request):
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


urlpatterns = [path("broken/", broken), path("forbidden/", forbidden), *site_urls.urlpatterns]


def read(client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_the_site_states_how_it_treats_its_readers(client, office, prefix, name):
    text = read(client, f"{prefix}/{name}/")
    assert text.count("<h1") == 1
    assert f'href="{prefix}/contact/"' in text


UNCHECKED = {"": "ยังไม่ได้ตรวจกับตัวบทกฎหมาย", "/en": "was not checked against the Act"}


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_sentence_about_a_law_that_nobody_checked_says_so(client, office, prefix):
    assert read(client, f"{prefix}/privacy/").count(UNCHECKED[prefix]) == 3


def test_an_office_that_checked_a_law_puts_its_own_file_beside_its_policy(client, office, tmp_path):
    shipped = Path(instruments.DATA)
    (tmp_path / "law").mkdir()
    policy = tmp_path / "ours.toml"
    policy.write_bytes((shipped / "policies" / "tpso.toml").read_bytes())
    law = (shipped / "law" / "computer_crime_act.toml").read_text("utf-8")
    checked = law.replace('confidence = "general_knowledge"', 'confidence = "verified"')
    own = checked.replace("Whoever runs the server", "The Office")
    (tmp_path / "law" / "computer_crime_act.toml").write_text(own, encoding="utf-8")
    with override_settings(OTP_POLICY_FILE=str(policy)):
        text = read(client, "/en/privacy/")
    assert "The Office keeps a record of connections" in text
    assert text.count(UNCHECKED["/en"]) == 2


def test_the_way_to_the_contact_leads_to_what_is_live(client, office, pages):
    url = pages["ContactPage"].url
    assert client.get("/contact/")["Location"] == url
    assert client.get("/en/contact/")["Location"] == f"/en{url}"


def test_the_way_to_the_contact_does_not_lead_to_a_draft(client, office):
    from home.models import ContactPage

    ContactPage.objects.update(live=False)
    assert client.get("/contact/")["Location"] == "/basic-information/"


@pytest.mark.parametrize(("prefix", "lang"), [("", "th"), ("/en", "en")])
def test_every_page_has_its_ways(client, office, pages, prefix, lang):
    for url in ("/", "/news/", pages["NewsPage"].url, "/accessibility/"):
        text = read(client, f"{prefix}{url}")
        assert f'<html lang="{lang}">' in text
        assert '<a class="skip" href="#main">' in text
        assert f'<form class="search" role="search" action="{prefix}/search/" method="get">' in text
        assert text.count("<h1") == 1
        assert 'hreflang="en"' in text
        sections = text[text.index('class="sections"') :]
        assert sections.count("<li>") >= 6
        if url != "/":
            assert '<nav class="crumbs"' in text


def test_nothing_is_loaded_from_other_peoples_servers(client, office, pages):
    for url in ("/", "/news/", *(page.url for page in pages.values())):
        text = read(client, url)
        loaded = re.findall(r'<(?:script|img|iframe|source)[^>]+src="([^"]+)"', text)
        loaded += re.findall(r'<link rel="(?:stylesheet|preload|icon)" href="([^"]+)"', text)
        assert loaded
        assert [address for address in loaded if not address.startswith("/")] == []


def test_the_faces_are_small_and_hold_thai_and_latin(client, office):
    for face in FACES:
        answer = client.get(f"/static/sarabun/Sarabun-{face}.woff2")
        assert answer["Content-Type"] == "font/woff2"
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"wOF2")
        assert len(content) < 30_000
        font = TTFont(BytesIO(content))
        # Every letter of the two scripts, and what sets the Thai marks above one another.
        letters = {*range(0x20, 0x7F), *range(0x0E01, 0x0E3B), *range(0x0E3F, 0x0E5C)}
        assert letters <= set(font.getBestCmap())
        assert {"mark", "mkmk"} <= {
            record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord
        }


def test_the_face_and_the_styles_are_served_here(client, office):
    home = read(client, "/")
    for address in re.findall(r'"(/static/[^"]+)"', home):
        assert Client().get(address).status_code == 200, address
    tokens = b"".join(client.get("/static/otp_site/tokens.css").streaming_content).decode()
    faces = re.findall(r'url\("\.\./(sarabun/[^"]+)"\)', tokens)
    assert len(faces) == 3
    for face in faces:
        assert client.get(f"/static/{face}").status_code == 200, face
    assert "http" not in tokens


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/nothing/", 404, "ไม่พบหน้านี้"),
        ("/en/nothing/", 404, "This page is not here"),
        ("/forbidden/", 403, "ท่านเปิดหน้านี้ไม่ได้"),
    ],
)
def test_errors_say_what_to_do_in_the_readers_language(client, office, url, status, words):
    text = read(client, url, status)
    assert words in text
    assert "noindex" in text
    assert 'role="search"' in text


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_says_so_in_both_languages_and_asks_the_database_nothing(
    office, django_assert_num_queries
):
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        text = read(client, "/broken/", 500)
    assert "ระบบขัดข้อง" in text
    assert "Something went wrong here" in text
