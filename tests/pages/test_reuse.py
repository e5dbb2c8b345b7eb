"""What programs read of the site: feed, sitemap, JSON-LD and the picture beside a shared link."""

import json
import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from PIL import Image

from news.models import NewsPage
from otp_policy.wagtail import withdrawals
from otp_policy.wagtail.models import Publication, Withdrawal
from otp_policy.wagtail.structured_data import as_script
from otp_policy.wagtail.thai_lines import broken_lines

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def news(office):
    return office.publish(
        office.draft(title="ข่าว <ใหม่> & ด่วน", title_en="News", summary="สรุป <b>ไม่ใช่ตัวหนา</b>")
    )


def take_down(office, page) -> None:
    withdrawals.take_down(page, office["publisher.web"], reason="ประกาศซ้ำกับข่าวเดิม")
    assert Withdrawal.objects.filter(page_id=page.pk).exists()


def entries(client, url: str) -> list[ElementTree.Element]:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    # Beside what a test publishes there may be the samples of the module.
    own = ("ข่าว <ใหม่> & ด่วน", "News", "คู่มือ", "ฉบับร่าง")
    return [entry for entry in found if entry.findtext(f"{ATOM}title") in own]


def test_the_feed_tells_what_is_live_and_nothing_else(client, office, news):
    office.draft(title="ฉบับร่าง")
    [entry] = entries(client, "/feed/")
    assert entry.findtext(f"{ATOM}title") == "ข่าว <ใหม่> & ด่วน"
    assert entry.findtext(f"{ATOM}summary") == "สรุป &lt;b&gt;ไม่ใช่ตัวหนา&lt;/b&gt;"
    assert entry.find(f"{ATOM}link").get("href").endswith(news.url)
    [english] = entries(client, "/en/feed/")
    assert english.findtext(f"{ATOM}title") == "News"
    assert "/en/news/" in english.find(f"{ATOM}link").get("href")
    take_down(office, news)
    assert entries(client, "/feed/") == []


def test_a_category_has_a_feed_of_its_own_and_only_a_category(client, office, news):
    office.publish(office.other(title="คู่มือ"))
    [entry] = entries(client, "/feed/other/")
    assert entry.findtext(f"{ATOM}title") == "คู่มือ"
    assert len(entries(client, "/feed/")) == 2
    assert entries(client, "/feed/procurement/") == []
    assert client.get("/feed/basic-information/").status_code == 200
    assert client.get("/feed/nothing/").status_code == 404


def test_a_correction_keeps_its_id_and_its_first_day(client, office, news):
    [before] = entries(client, "/feed/")
    office.publish(office.edit(news, summary="สรุปที่แก้ไขแล้ว"))
    [after] = entries(client, "/feed/")
    assert after.findtext(f"{ATOM}summary") == "สรุปที่แก้ไขแล้ว"
    for name in ("id", "published"):
        assert after.findtext(f"{ATOM}{name}") == before.findtext(f"{ATOM}{name}")
    assert after.findtext(f"{ATOM}updated") > before.findtext(f"{ATOM}updated")


def test_the_sitemap_has_the_frame_and_what_is_live_in_both_languages(client, office, news):
    draft = office.draft(title="ฉบับร่าง")
    found = ElementTree.fromstring(client.get("/sitemap.xml").content)
    paths = [place.text.partition("testserver")[2] for place in found.iter(f"{SITEMAP}loc")]
    assert {"/", "/en/", "/news/", "/en/news/", news.url, f"/en{news.url}"} <= set(paths)
    assert not [path for path in paths if draft.slug in path]
    live = Publication.objects.filter(ended_at=None).count()
    assert len(paths) == len(set(paths)) == 2 * (1 + 6 + live)
    take_down(office, news)
    assert news.url not in client.get("/sitemap.xml").content.decode()


def graph(text: str) -> list[dict]:
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    return json.loads(script)["@graph"]


def test_pages_say_to_machines_what_they_are(client, office, news, pages):
    [organisation] = graph(client.get("/").content.decode())
    assert organisation["@type"] == "GovernmentOrganization"
    [article] = graph(client.get(news.url).content.decode())
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == "ข่าว <ใหม่> & ด่วน"
    assert article["url"].endswith(news.url)
    [plan] = graph(client.get(pages["PlansPage"].url).content.decode())
    assert (plan["@type"], plan["temporalCoverage"]) == ("Dataset", "2026-10-01/2027-09-30")
    [download] = plan["distribution"]
    assert download["encodingFormat"] == "application/pdf"
    assert client.get(download["contentUrl"].partition("testserver")[2] or download["contentUrl"])


def test_nothing_in_the_data_ends_its_element():
    script = as_script({"name": "</script><script>alert(1)</script> & \u2028"})
    assert script.count("</script>") == 1
    assert graph(script) == [{"name": "</script><script>alert(1)</script> & \u2028"}]


def picture(client, page):
    cache.clear()
    return client.get(f"/share/{page.pk}.png")


def test_a_live_item_has_a_picture_with_its_title(client, office, news):
    answer = picture(client, news)
    assert answer["Content-Type"] == "image/png"
    drawn = Image.open(BytesIO(answer.content))
    assert drawn.size == (1200, 630)
    assert f"/share/{news.pk}.png" in client.get(news.url).content.decode()
    assert (
        client.get(f"/share/{news.pk}.png", headers={"If-None-Match": answer["ETag"]}).status_code
        == 304
    )
    english = client.get(f"/en/share/{news.pk}.png")
    assert english["ETag"] != answer["ETag"]
    assert english.content != answer.content


def test_no_picture_shows_what_is_not_public(client, office, news):
    old = picture(client, news)
    edited = office.edit(news, title="ข่าวที่ยังไม่ได้รับความเห็นชอบ")
    assert picture(client, news).content == old.content
    office.publish(edited)
    assert picture(client, news).content != old.content
    assert picture(client, office.draft(title="ฉบับร่าง")).status_code == 404
    assert picture(client, office.section("news")).status_code == 404
    take_down(office, news)
    assert picture(client, news).status_code == 404


def test_without_a_thai_face_there_are_no_pictures(client, settings, news):
    settings.OTP_POLICY_SHARE_IMAGE_FONTS = None
    assert picture(client, news).status_code == 404
    assert "og:image" not in client.get(news.url).content.decode()


def test_lines_break_between_words_and_lose_nothing():
    text = "มาตรการในการเผยแพร่ข้อมูลข่าวสารต่อสาธารณะผ่านสื่ออิเล็กทรอนิกส์ของสำนักงาน"
    lines = broken_lines(text, width=20, measure=len)
    assert "".join(lines) == text
    assert all(len(line) <= 20 for line in lines)
    assert lines[0] == "มาตรการในการเผยแพร่"
    assert broken_lines("x" * 25, width=10, measure=len) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_prior_version_has_no_picture_and_no_data(client, office, news):
    office.publish(office.edit(news, summary="สรุปที่แก้ไขแล้ว"))
    text = client.get(f"{news.url}versions/1/").content.decode()
    assert "noindex" in text
    assert "og:image" not in text
    assert "ld+json" not in text
    assert NewsPage.objects.get(pk=news.pk).summary == "สรุปที่แก้ไขแล้ว"
