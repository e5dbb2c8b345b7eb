"""What the public finds: live approved items that all may read, and their documents."""

import io
import re
import threading
import zipfile
from html import unescape

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from freezegun import freeze_time
from wagtail.documents import get_document_model
from wagtail.models import Page, PageViewRestriction

from otp_policy.thai_text.queries import parse_query
from otp_policy.wagtail import screening, withdrawals
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.search import public_index, receivers
from otp_policy.wagtail.search.models import IndexName, PublicText, Word
from otp_policy.wagtail.search.public_search import search, suggestion
from otp_policy.wagtail.search.reading import Reader
from otp_policy.wagtail.search.vocabulary import Vocabulary
from tests.office import fresh

BODY = "<p>สำนักงานเผยแพร่ข้อมูลข่าวสารต่อสาธารณะ</p>"


def found(text: str, **filters: str) -> list[int]:
    return [one.page_id for one in search(text, filters=filters).found]


def document(name: str, data: bytes, title: str = "ภาคผนวก"):
    return get_document_model().objects.create(title=title, file=ContentFile(data, name=name))


def linking(file) -> str:
    return f'{BODY}<p><a linktype="document" id="{file.pk}">ภาคผนวก</a></p>'


def word_file(text: str, deleted: str = "") -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        f"<w:document {space}><w:body><w:p><w:r><w:t>{text}</w:t></w:r>"
        f"<w:del><w:r><w:delText>{deleted}</w:delText></w:r></w:del></w:p></w:body></w:document>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("word/document.xml", body)
        archive.writestr("docProps/core.xml", "<a><creator>ผู้เขียนลับ</creator></a>")
    return data.getvalue()


def test_a_published_item_is_found_by_a_word_inside_a_sentence(office):
    page = office.publish(office.draft(body=BODY))
    assert found("ข่าวสาร") == found("สาธารณะ") == [page.pk]
    assert found("ยานอวกาศ") == []


def test_where_no_word_matches_the_letters_are_looked_for(office):
    page = office.publish(office.draft(body=BODY))
    answer = search("ารต่อสาธา")
    assert [one.page_id for one in answer.found] == [page.pk]
    assert answer.by_letters
    assert not search("ข่าวสาร").by_letters


def test_a_draft_is_not_found_and_lends_no_word(office):
    office.draft(title="ร่างที่ยังไม่เห็นชอบ", body="<p>ทุเรียนหมอนทอง</p>")
    assert found("ทุเรียน") == []
    assert suggestion("ทุเรียณ") is None
    assert not Word.objects.filter(index="public", text="ทุเรียน").exists()


def test_the_draft_of_a_live_item_is_not_found(office):
    page = office.publish(office.draft(body=BODY))
    office.edit(page, body="<p>มังคุดคัดพิเศษ</p>")
    assert found("มังคุด") == []
    assert found("ข่าวสาร") == [page.pk]


def test_a_correction_replaces_what_is_found(office):
    page = office.publish(office.draft(body="<p>ราคามังคุด</p>"))
    office.publish(office.edit(page, body="<p>ราคาทุเรียน</p>"))
    assert found("ทุเรียน") == [page.pk]
    assert found("มังคุด") == []
    assert not Word.objects.filter(index="public", text="มังคุด").exists()


def test_what_is_withdrawn_is_not_found_and_leaves_no_word_behind(office):
    page = office.publish(office.draft(body="<p>มังคุดคัดพิเศษ</p>"))
    other = office.publish(office.draft(title="ราคาพิเศษ"))
    assert found("มังคุด") == [page.pk]
    withdrawals.take_down(fresh(page), office["publisher.web"], reason="มีข้อมูลส่วนบุคคลอยู่ในข้อความ")
    assert found("มังคุด") == []
    assert not PublicText.objects.filter(page_id=page.pk).exists()
    assert not Word.objects.filter(index="public", text="มังคุด").exists()
    # A word that another item has stays.
    assert found("พิเศษ") == [other.pk]
    assert Word.objects.filter(index="public", text="พิเศษ").exists()


@pytest.mark.parametrize("what", ["publication", "page"])
def test_a_row_that_was_left_behind_shows_nothing(office, what):
    page = office.publish(office.draft(body=BODY))
    if what == "publication":
        Publication.objects.filter(page_id=page.pk).update(ended_at=page.last_published_at)
    else:
        Page.objects.filter(pk=page.pk).update(live=False)
    assert PublicText.objects.filter(page_id=page.pk).exists()
    assert found("ข่าวสาร") == []


def test_what_lies_behind_a_login_is_not_found(office):
    page = office.publish(office.draft(body=BODY))
    section = page.get_parent()
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=section, restriction_type=PageViewRestriction.LOGIN)]
    )
    assert found("ข่าวสาร") == []


def test_the_text_of_a_word_file_is_found_once_it_was_read(office, client):
    file = document("annex.docx", word_file("คู่มือการปลูกทุเรียน", deleted="ข้อความที่ลบ"))
    page = office.publish(office.draft(body=linking(file)))
    assert found("ทุเรียน") == []
    public_index.keep_up()
    (one,) = search("ทุเรียน").found
    assert (one.page_id, one.file_id, one.kind) == (page.pk, file.pk, "document")
    html = client.get("/search/", {"q": "ทุเรียน"}).content.decode()
    assert file.url in html
    assert page.get_url() in html
    # What a reader of the file is not shown is not found by either.
    assert found("ข้อความที่ลบ") == found("ผู้เขียนลับ") == []


def test_a_document_of_a_draft_is_not_read(office):
    office.draft(body=linking(document("annex.docx", word_file("คู่มือการปลูกทุเรียน"))))
    public_index.keep_up()
    assert found("ทุเรียน") == []


def test_a_document_that_cannot_be_read_is_found_by_its_title_and_not_tried_again(office):
    file = document("annex.docx", b"not a word file", title="แบบฟอร์มมังคุด")
    draft = office.draft(body=linking(file))
    asked = screening.warnings_for(draft)
    reasons = {warning.fingerprint: "เป็นแบบฟอร์มเปล่า" for warning in asked}
    screening.answer_warnings(draft, office["pr.division-a"], reasons=reasons)
    page = office.publish(draft)
    assert public_index.keep_up() == 1
    assert found("มังคุด") == [page.pk]
    assert public_index.keep_up() == 0


def test_a_document_is_not_written_for_an_item_that_went_down_while_it_was_read(office):
    file = document("annex.docx", word_file("คู่มือการปลูกทุเรียน"))
    page = office.publish(office.draft(body=linking(file)))
    (use,) = public_index._unread()
    Publication.objects.filter(page_id=page.pk).update(ended_at=page.last_published_at)
    with Reader() as reader:
        assert public_index.read_document(use, reader) == 0
    assert not PublicText.objects.filter(file_id=file.pk).exists()


def test_a_long_document_is_found_once_by_any_of_its_parts(office, monkeypatch):
    monkeypatch.setattr(public_index, "PART_WORDS", 10)
    text = "\n".join(f"ทุเรียนลูกที่ {number} ราคาดี" for number in range(30))
    file = document("annex.txt", text.encode())
    office.publish(office.draft(body=linking(file)))
    public_index.keep_up()
    assert PublicText.objects.filter(file_id=file.pk).count() > 5
    assert len(search("ทุเรียน").found) == 1
    assert len(search("ลูกที่ 29").found) == 1


def test_what_was_live_before_the_index_is_put_in(office):
    page = office.publish(office.draft(body=BODY))
    PublicText.objects.all().delete()
    public_index.keep_up()
    assert found("ข่าวสาร") == [page.pk]


def test_facets_count_with_the_other_filters(office):
    news = office.publish(office.draft(title="ราคาทุเรียน"))
    other = office.publish(office.other(title="คู่มือทุเรียน"))
    answer = search("ทุเรียน", filters={"category": "news"})
    assert [one.page_id for one in answer.found] == [news.pk]
    # The facet that is chosen still shows what else there is.
    assert answer.counts["category"] == {"news": 1, "other": 1}
    assert answer.counts["kind"] == {"news.newspage": 1}
    assert found("ทุเรียน", kind="home.otherpage") == [other.pk]
    assert found("ทุเรียน", fiscal_year="2400") == []


@pytest.mark.parametrize(
    "text", ["", "  ", '"', "''", "%", "AND", "a OR b", "NEAR(", "*", "ก*", "(", "\x00", "'; --"]
)
def test_no_query_breaks_the_page(office, client, text):
    office.publish(office.draft(body=BODY))
    assert client.get("/search/", {"q": text}).status_code == 200


@pytest.mark.parametrize(
    "text", ["ก" * 2000, "นโยบาย" * 400, "คำ " * 50, "%" * 2000, '"' * 1999, "*"]
)
def test_the_worst_query_is_answered_within_bounds_and_says_so(office, client, text):
    office.publish(office.draft(body=BODY))
    response = client.get("/en/search/", {"q": text})
    html = response.content.decode()
    assert response.status_code == 200
    assert text[:201] not in html or len(text) <= 200
    is_cut = parse_query(text, index=Vocabulary(IndexName.PUBLIC)).is_cut
    assert ("longer than a search may be" in html) == is_cut
    assert is_cut == (len(text) > 1)
    if text[0] in '%"*':
        assert "nothing to look for" in html


def test_a_client_that_searches_without_end_is_asked_to_wait(office, client, settings):
    settings.OTP_POLICY_SEARCHES_A_MINUTE = 3
    cache.clear()
    page = office.publish(office.draft(body=BODY))

    def ask(address: str, **more: str) -> int:
        response = client.get("/en/search/", {"q": "ข่าวสาร"}, REMOTE_ADDR=address, **more)
        assert (page.get_url() in response.content.decode()) == (response.status_code == 200)
        return response.status_code

    # All within one minute, whatever the clock says.
    with freeze_time(timezone.now().replace(second=5)):
        assert [ask("192.0.2.1") for _time in range(5)] == [200, 200, 200, 429, 429]
        assert ask("192.0.2.2") == 200
        # A header counts only if a proxy of ours wrote it, and of several addresses the last.
        assert ask("192.0.2.1", HTTP_X_FORWARDED_FOR="192.0.2.9") == 429
        assert ask("127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9, 192.0.2.1") == 429
        assert ask("127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, 192.0.2.9") == 200
        limited = client.get("/en/search/", {"q": "ข่าวสาร"}, REMOTE_ADDR="192.0.2.1")
        assert limited["Retry-After"] == "60"
        assert "Wait a minute" in limited.content.decode()
        # The empty form is no search.
        assert client.get("/search/", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_facets_are_links_that_narrow_and_widen_again(office, client):
    office.publish(office.draft(title="ราคาทุเรียน"))
    other = office.publish(office.other(title="คู่มือทุเรียน"))
    html = client.get("/search/", {"q": "ทุเรียน"}).content.decode()
    links = [unescape(link) for link in re.findall(r'href="\?([^"]*)"', html)]
    for name in ("category=other", "unit=division-a", "fiscal_year=", "kind=home.otherpage"):
        assert any(name in link for link in links), name
    chosen = next(link for link in links if "category=other" in link)
    narrowed = client.get(f"/search/?{chosen}").content.decode()
    assert other.get_url() in narrowed
    assert narrowed.count("<mark>ทุเรียน</mark>") == 1
    assert 'aria-current="true"' in narrowed


def test_the_page_marks_what_was_found_and_escapes_the_rest(office, client):
    body = "<p>ตาราง a &lt;b&gt; งบประมาณ พ.ศ. ๒๕๖๙</p>"
    page = office.publish(office.draft(title="แผนการจัดซื้อ", body=body))
    html = client.get("/search/", {"q": "งบประมาณ 2026"}).content.decode()
    assert "<mark>งบประมาณ</mark>" in html
    assert "<mark>๒๕๖๙</mark>" in html
    assert "&lt;b&gt;" in html
    assert page.get_url() in html


def test_a_query_is_escaped_wherever_the_page_repeats_it(office, client):
    html = client.get("/search/", {"q": "<script>x</script>", "kind": '"><b>'}).content.decode()
    assert "<script>x" not in html
    assert '"><b>' not in html


def test_a_misspelt_query_leads_to_what_was_meant(office, client):
    office.publish(office.draft(title="ราคาทุเรียน"))
    html = client.get("/search/", {"q": "ทุเรียณ"}).content.decode()
    assert ">ทุเรียน</a>" in html


def test_nothing_found_offers_the_information_request(office, client, settings):
    link = '<a href="%s">Make an information request</a>'
    html = client.get("/en/search/", {"q": "ยานอวกาศ"}).content.decode()
    assert link % "/en/information-requests/" in html
    settings.OTP_POLICY_INFORMATION_REQUEST_URL = "/elsewhere/"
    html = client.get("/en/search/", {"q": "ยานอวกาศ"}).content.decode()
    assert link % "/elsewhere/" in html


def test_the_page_takes_at_most_twelve_queries_and_pages(office, client):
    for number in range(11):
        office.publish(office.draft(title=f"ราคาทุเรียนครั้งที่ {number}"))
    client.get("/search/", {"q": "ทุเรียน"})  # what a process looks up once
    with CaptureQueriesContext(
        connection,
    ) as captured:
        html = client.get("/search/", {"q": "ทุเรียน"}).content.decode()
    assert len(captured) <= 12, [query["sql"] for query in captured]
    assert html.count("<mark>ทุเรียน</mark>") == 10
    second = client.get("/search/", {"q": "ทุเรียน", "page": "2"}).content.decode()
    assert second.count("<mark>ทุเรียน</mark>") == 1
    assert client.get("/search/", {"q": "ทุเรียน", "page": "x"}).status_code == 200


def test_the_page_speaks_english(office, client):
    page = office.draft(title="ราคาทุเรียน", title_en="Durian prices")
    office.publish(page)
    html = client.get("/en/search/", {"q": "durian"}).content.decode()
    assert "<mark>Durian</mark> prices" in html
    assert "1 result for" in html


def test_a_running_dispatcher_looks_now_and_then_or_when_something_is_new(monkeypatch):
    looked = []
    monkeypatch.setattr(receivers, "keep_up", lambda stopping=None: looked.append(stopping))
    monkeypatch.setattr(receivers, "_looked_at", float("-inf"))
    receivers._something_new.clear()
    assert receivers._is_time()
    assert not receivers._is_time()
    receivers._something_new.set()
    assert receivers._is_time()
    assert not receivers._is_time()
    stopping = threading.Event()
    receivers.on_dispatch(None, stopping=stopping)
    assert looked == []
