"""The difference that a decision is on: complete, readable, and in pieces that can be read."""

import unicodedata
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db.models import QuerySet
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.comparison import compare_item
from otp_policy.wagtail.comparison.clusters import clusters
from otp_policy.wagtail.comparison.lines import compare_lines
from otp_policy.wagtail.comparison.rich_text import lines_of_html
from otp_policy.wagtail.comparison.words import Mark, compare_words
from otp_policy.wagtail.models import Publication
from tests.office import fresh

LETTERS = st.text(alphabet="กขคเแโใไำาะิีุ่้์ัab1๒ \n.e\u0301", max_size=40)


def told(runs) -> list[tuple[str, str]]:
    return [(str(run.mark), run.text) for run in runs]


@given(LETTERS, LETTERS)
def test_a_difference_loses_and_invents_nothing(before, after):
    runs = compare_words(before, after)
    assert "".join(run.text for run in runs if run.mark is not Mark.ADDED) == before
    assert "".join(run.text for run in runs if run.mark is not Mark.REMOVED) == after


@given(LETTERS, LETTERS)
def test_no_run_begins_with_a_mark_torn_from_its_letter(before, after):
    for one, other in ((before, Mark.ADDED), (after, Mark.REMOVED)):
        kept = [run.text for run in compare_words(before, after) if run.mark is not other]
        borders, at = set(), 0
        for text in kept:
            borders.add(at)
            at += len(text)
        for border in borders - {0}:
            assert unicodedata.category(one[border]) != "Mn"
            assert one[border] not in "ะาำ" or not "ก" <= one[border - 1] <= "ฮ"
            assert one[border - 1] not in "เแโใไ" or not "ก" <= one[border] <= "ฮ"


def test_thai_is_compared_in_pieces_that_can_be_read():
    assert clusters("เผยแพร่ที่นี่") == ["เผ", "ย", "แพ", "ร่", "ที่", "นี่"]
    before = "กระทรวงพาณิชย์แถลงตัวเลขการส่งออกเดือนตุลาคม"
    after = "กระทรวงพาณิชย์แถลงตัวเลขการนำเข้าเดือนตุลาคม"
    assert told(compare_words(before, after)) == [
        ("same", "กระทรวงพาณิชย์แถลงตัวเลขการ"),
        ("removed", "ส่งออก"),
        ("added", "นำเข้า"),
        ("same", "เดือนตุลาคม"),
    ]


def test_a_number_is_compared_as_a_whole_and_a_new_text_is_not_shredded():
    assert ("removed", "200") in told(compare_words("1,200 บาท", "1,350 บาท"))
    assert told(compare_words("สรุปข่าว", "เรื่องอื่น")) == [("removed", "สรุปข่าว"), ("added", "เรื่องอื่น")]


def test_two_long_texts_with_nothing_in_common_are_not_searched_for_minutes():
    before, after = ("".join(f"{word}{n} " for n in range(4_000)) for word in ("ก", "ข"))
    runs = compare_words(f"ต้น {before}", f"ต้น {after}")
    assert [str(run.mark) for run in runs] == ["same", "removed", "added", "same"]
    assert len(runs[1].text) > len(before) - 10


def test_rich_text_is_read_with_its_structure_and_its_links():
    lines = lines_of_html(
        '<h2>หัวข้อ</h2><p>อ่าน <a linktype="document" id="3">แผน</a> <b>ด่วน</b></p>'
        '<ol><li>หนึ่ง</li></ol><embed embedtype="image" id="5" alt="ภาพ" format="left"/>',
        named=lambda kind, key: f"{kind}#{key}",
    )
    assert [(line.role, line.text) for line in lines] == [
        ("heading 2", "หัวข้อ"),
        ("paragraph", "อ่าน แผน [→ document#3] **ด่วน**"),
        ("numbered item", "หนึ่ง"),
        ("image", "image#5 · ภาพ · left"),
    ]


def test_a_line_that_became_a_heading_says_what_it_was():
    change = compare_lines(lines_of_html("<p>แผนงาน</p>"), lines_of_html("<h2>แผนงาน</h2>"))
    assert [(str(line.mark), line.role, line.was) for line in change] == [
        ("changed", "heading 2", "paragraph")
    ]


def difference(page):
    page = fresh(page)
    revision, digest = latest_text(page)
    return compare_item(page, revision.as_object(), digest=digest)


def field(comparison, label: str):
    return next(change for change in comparison.changed if change.label == label)


@pytest.mark.django_db
def test_a_new_item_shows_its_whole_text(office):
    found = difference(office.draft(title="ข่าวใหม่", body="<p>เนื้อหา</p>"))
    assert found.is_new
    shown = " ".join(
        run.text
        for change in found.changed
        for part in change.parts
        for line in part.lines
        for run in line.runs
    )
    for text in ("ข่าวใหม่", "สรุปข่าว", "เนื้อหา"):
        assert text in shown


@pytest.mark.django_db
def test_a_correction_shows_what_changes_and_only_that(office):
    page = office.publish(office.draft(body="<p>ยอด ๑๐๐ บาท</p><p>คงเดิม</p>"))
    found = difference(office.edit(page, body="<p>ยอด ๒๐๐ บาท</p><p>คงเดิม</p>", correction_note=""))
    assert len(found.changed) == 1
    marks = [str(line.mark) for line in found.changed[0].parts[0].lines]
    assert marks == ["changed", "same"]


@pytest.mark.django_db
def test_the_same_text_has_no_difference(office):
    assert difference(office.publish(office.draft())).is_empty


@pytest.mark.django_db
def test_what_has_no_words_is_shown_as_data(office):
    page = office.publish(office.draft(body="<p>ข้อความ</p>"))
    found = difference(
        office.edit(page, body='<p data-block-key="ab1">ข้อความ</p>', correction_note="")
    )
    assert [change.raw for change in found.changed] == [
        ("<p>ข้อความ</p>", '<p data-block-key="ab1">ข้อความ</p>')
    ]


@pytest.mark.django_db
def test_a_difference_that_nothing_shows_is_told(office):
    page = office.publish(office.draft())
    assert not difference(page).is_unexplained
    QuerySet(Publication).update(digest="sha256:" + "0" * 64)
    assert difference(page).is_unexplained


@pytest.mark.django_db
def test_the_text_for_the_channels_is_compared_too(office):
    page = office.publish(office.draft(social_text="ข้อความเดิม"))
    found = difference(office.edit(page, social_text="ข้อความใหม่"))
    assert any(change.is_changed for change in found.channels)


@pytest.mark.django_db
def test_stream_blocks_are_compared_one_by_one(office):
    def block(key, text):
        return {"type": "text", "id": key, "value": f"<p>{text}</p>"}

    was = [block("a", "หนึ่ง"), block("f", "คงที่"), block("b", "สอง"), block("c", "สาม")]
    now = [block("c", "สาม"), block("a", "หนึ่งแก้"), block("f", "คงที่"), block("d", "สี่")]
    page = office.publish(office.other(annexes=was))
    found = difference(office.edit(page, annexes=now, correction_note=""))
    (change,) = found.changed
    told = {part.lines[0].runs[-1].text: (str(part.mark), part.has_moved) for part in change.parts}
    assert told["สาม"] == ("changed", True)
    assert told["สี่"] == ("added", False)
    assert told["สอง"] == ("removed", False)
    assert ("changed", False) in told.values()


def document(title: str, text: str, name: str = "plan.txt"):
    file = ContentFile(text.encode(), name=name)
    return get_document_model().objects.create(title=title, file=file)


def link(row) -> str:
    return f'<p><a linktype="document" id="{row.pk}">แผน</a></p>'


@pytest.mark.django_db
def test_a_replaced_document_shows_what_changed_in_its_text(office):
    old, new = document("แผน", "ก่อน\nวงเงิน 100"), document("แผน", "ก่อน\nวงเงิน 200")
    page = office.publish(office.draft(body=link(old)))
    (file,) = difference(office.edit(page, body=link(new))).files
    assert (file.mark, file.before, file.after, file.same_bytes) == ("changed", old, new, False)
    assert [str(line.mark) for line in file.text[0].lines] == ["same", "changed"]


@pytest.mark.django_db
def test_another_entry_with_the_same_bytes_says_so(office):
    old, new = document("แผน", "เหมือนเดิม"), document("แผน", "เหมือนเดิม")
    page = office.publish(office.draft(body=link(old)))
    (file,) = difference(office.edit(page, body=link(new))).files
    assert file.is_changed
    assert file.same_bytes


@pytest.mark.django_db
def test_a_document_that_cannot_be_read_says_so(office):
    new = document("ภาพสแกน", "ไม่ใช่ PDF", name="scan.pdf")
    (file,) = difference(office.draft(body=link(new))).files
    assert file.unread
    assert file.text == ()


def image(title: str, colour: str):
    data = BytesIO()
    Picture.new("RGB", (30, 20), colour).save(data, "PNG")
    data.seek(0)
    model = get_image_model()
    return model.objects.create(
        title=title, description=f"รูป{title}", file=ImageFile(data, name="a.png")
    )


@pytest.mark.django_db
def test_images_stand_side_by_side_with_their_alternative_text(client, office):
    old, new = image("แดง", "red"), image("น้ำเงิน", "blue")

    def embed(row):
        return f'<embed embedtype="image" id="{row.pk}" alt="ภาพ" format="left"/>'

    page = office.publish(office.draft(body=embed(old)))
    page = office.submit(office.edit(page, body=embed(new)))
    client.force_login(office["director.division-a"])
    text = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    assert 'alt="รูปแดง"' in text
    assert 'alt="รูปน้ำเงิน"' in text
    assert all(difference(page).files[0].thumbnails)


@pytest.mark.django_db
def test_the_difference_and_the_buttons_are_on_one_screen(client, office):
    page = office.publish(office.draft(summary="ราคา 100 บาท"))
    page = office.submit(office.edit(page, summary="ราคา 250 บาท <b>"))
    client.force_login(office["director.division-a"])
    text = client.get(reverse("otp_policy:item", args=(page.pk,))).content.decode()
    decision = text.split('id="otp-decision-heading"')[1].split("</form>")[0]
    put_in = [piece.split("</ins>")[0] for piece in decision.split("<ins>")[1:]]
    assert any("250" in piece for piece in put_in)
    assert any("100" in piece.split("</del>")[0] for piece in decision.split("<del>")[1:])
    assert "&lt;b&gt;" in decision
    assert 'value="approve"' in decision


@pytest.mark.django_db
def test_whoever_has_no_part_sees_no_difference(client, office):
    page = office.submit(office.draft(title="ร่างที่ยังไม่เผยแพร่"))
    client.force_login(office["pr.division-b"])
    url = reverse("otp_policy:difference", args=(page.pk,))
    assert "ร่างที่ยังไม่เผยแพร่" not in client.get(url, follow=True).content.decode()
    client.force_login(office["pr.division-a"])
    assert "ร่างที่ยังไม่เผยแพร่" in client.get(url).content.decode()
