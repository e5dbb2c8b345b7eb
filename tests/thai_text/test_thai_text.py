"""Thai text for search: one spelling, words, years, queries, marks and spelling; no framework."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otp_policy.thai_text.folding import edges_of, fold, fold_with_places, may_cut
from otp_policy.thai_text.indexing import index_text
from otp_policy.thai_text.marking import SNIPPET_LETTERS, pieces, snippet
from otp_policy.thai_text.queries import (
    LONGEST_QUERY,
    MOST_PARTS,
    MOST_PHRASES,
    Known,
    parse_query,
)
from otp_policy.thai_text.spelling import Speller
from otp_policy.thai_text.words import parts_of, tokens_of

LETTERS = st.text(alphabet="กขคงจนมรลวสอเแโใไะาำิีึืุู่้๊๋์ํ็ๆฯ๐๕๙09aBé -/.,\u200b\u0301\n", max_size=40)


class Words:
    """An index of the words of some texts."""

    def __init__(self, *texts: str) -> None:
        self.words = {word for text in texts for word in index_text(text).split()}

    def look_up(self, stretches, *, parts) -> Known:
        compounds = {
            part: [word for word in sorted(self.words) if part in parts_of(word)] for part in parts
        }
        return Known(self.words & set(stretches), compounds)


def phrases(query: str, *texts: str) -> list[set[tuple[str, ...]]]:
    return [set(part.phrases) for part in parse_query(query, index=Words(*texts)).parts]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("น้ำ", "น\u0e49\u0e4d\u0e32"),  # the circle and า, after the tone mark
        ("น้ำ", "น\u0e4d\u0e49\u0e32"),  # before it
        ("น้ำ", "น\u0e33\u0e49"),  # the tone mark last
        ("ที่", "ท\u0e48\u0e35"),  # the tone mark before the vowel
        ("แผน", "เเผน"),  # two เ for แ
        ("ที่", "ที่\u0e48"),  # a tone mark typed twice
        ("ปี 2569", "ปี ๒๕๖๙"),
        ("ข้อมูลข่าวสาร", "ข้อมูล\u200bข่าว\u200bสาร\ufeff"),
        ("otp policy", "OTP Policy"),
        ("café", "cafe\u0301"),
    ],
)
def test_what_reads_the_same_is_spelt_the_same(one, other):
    assert one != other
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("ป่า", "ป้า"), ("ปี่", "ปี"), ("ปู", "ปุ"), ("นำ", "นา")])
def test_what_reads_differently_stays_different(one, other):
    assert fold(one) != fold(other)


def test_sara_am_is_never_taken_apart():
    assert fold("ทำ") == "ทำ" != unicodedata.normalize("NFKC", "ทำ")
    # Nor is anything else that NFKC would change: a square metre is no m2.
    assert fold("m²") != fold("m2")


@given(LETTERS)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(LETTERS)
def test_each_folded_letter_knows_where_it_stands(text):
    folded = fold_with_places(text)
    assert folded.text == fold(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert all(0 <= a < b <= len(text) for a, b in zip(folded.starts, folded.ends, strict=True))


@given(LETTERS)
def test_marking_changes_no_letter(text):
    query = parse_query("กา น้ำ 2569", index=Words(text))
    assert "".join(piece.text for piece in pieces(text, query)) == text


def test_words_by_icu_and_by_script():
    words = [token.text for token in tokens_of("ข้อมูลข่าวสารotp-policy 3.5 ล้าน")]
    assert words == ["ข้อมูล", "ข่าวสาร", "otp", "policy", "3", "5", "ล้าน"]


@given(LETTERS)
def test_words_stand_where_they_say(text):
    folded = fold(text)
    for token in tokens_of(folded):
        assert folded[token.start : token.end].replace(",", "") == token.text


def test_places_hold_beyond_the_first_plane():
    (token,) = tokens_of("😀😀 ข้อมูล")
    assert (token.start, token.end) == (3, 9)


@pytest.mark.parametrize(
    "text",
    [
        "ปี 2569",
        "ปีงบประมาณ ๒๕๖๙",
        "พ.ศ. ๒๕๖๙",
        "พ.ศ.2569",
        "ค.ศ. 2026",
        "28 พฤศจิกายน 2569",
        "November 2026",
        "คำสั่งที่ 12/2569",
        "28-11-2569",
        "2026-11-28",
        "แผน 2566-2569",
        "แผน 2566–2569",
        "B.E. 2569",
        "OIT 2569",
        "(2026)",
        "จำนวนประชากรปี 2569 คน",
    ],
)
def test_a_year_is_a_year_in_either_era(text):
    assert "year2026" in index_text(text).split()


@pytest.mark.parametrize(
    "text",
    [
        "2,569 บาท",
        "2569 บาท",
        "จำนวน 2569 คน",
        "2569 ราย",
        "ราคา 2569",
        "2569.50",
        "2569%",
        "โทร. 2569",
        "โทร. 02-507-2569",
        "0 2507 2569",
        "12569",
        "รหัสไปรษณีย์ 2026",
        "2026 people",
        "THB 2026",
    ],
)
def test_an_amount_or_a_telephone_number_is_no_year(text):
    assert "year2026" not in index_text(text).split()


def test_the_same_digits_in_the_other_era_are_another_number():
    assert "2026" not in index_text("2569 บาท").split()
    assert index_text("2,569 บาท").split()[0] == "2569"


def test_a_query_for_a_year_asks_for_both_eras_and_the_number():
    assert phrases("2569") == [{("year2026",), ("2569",)}]
    assert phrases("ปี 2569") == phrases("พ.ศ.2569") == [{("year2026",)}]
    assert phrases("2,569") == [{("2569",)}]
    assert phrases("แผนปี๒๕๖๙") == [{("แผน",)}, {("year2026",)}]


def test_a_query_is_broken_by_the_words_of_the_index_too():
    # ICU breaks these letters one way by themselves; the index holds them otherwise.
    (ways,) = phrases("ตากลม", "ตา กลม", "ตาก ลม")
    assert {("ตา", "กลม"), ("ตาก", "ลม")} <= ways


def test_what_stands_inside_a_longer_word_is_asked_for():
    (ways,) = phrases("งบประมาณ", "ปีงบประมาณ")
    assert ("ปีงบประมาณ",) in ways


def test_letters_alone_are_no_part_of_a_word():
    (ways,) = phrases("ตรา", "มาตรา", "อัตรา")
    assert ways == {("ตรา",)}


def test_quotation_marks_keep_words_together():
    assert phrases('"no gift" policy') == [{("no", "gift")}, {("policy",)}]


def test_the_last_word_may_be_its_beginning():
    query = parse_query("คู่มือเพ", index=Words("คู่มือเพาะเลี้ยง"), is_prefix=True)
    assert ("คู่มือ", "เพ") in query.parts[0].phrases


@given(LETTERS)
def test_a_query_is_bounded_and_asks_for_words_alone(text):
    query = parse_query(text * 5, index=Words(text))
    assert len(query.parts) <= MOST_PARTS
    for part in query.parts:
        assert 0 < len(part.phrases) <= MOST_PHRASES
        for phrase in part.phrases:
            assert phrase
            assert not set("".join(phrase)) & set("\"'*()-.,/ \n")


def test_a_long_query_is_cut():
    query = parse_query("ก " * 1000, index=Words())
    assert sum(len(part.text) for part in query.parts) <= LONGEST_QUERY


def test_no_run_is_cut_inside_a_syllables_letters():
    assert edges_of("เก้าอี้") == [0, 4, 7]


def test_hits_are_marked_in_the_spelling_of_the_text():
    query = parse_query("งบประมาณ 2026", index=Words("งบประมาณ พ.ศ. 2569"))
    marked = [piece.text for piece in pieces("ใช้งบประมาณ พ.ศ. ๒๕๖๙", query) if piece.is_hit]
    assert marked == ["งบประมาณ", "๒๕๖๙"]


def test_a_snippet_shows_the_first_hit_of_a_long_text():
    text = "คำนำ " * 200 + "ทุเรียน" + " คำตาม" * 200
    shown = snippet(text, parse_query("ทุเรียน", index=Words(text)))
    assert [piece.text for piece in shown if piece.is_hit] == ["ทุเรียน"]
    assert shown[0].text == shown[-1].text == "…"
    assert sum(len(piece.text) for piece in shown) <= SNIPPET_LETTERS + 20


def test_a_snippet_without_a_hit_is_the_beginning():
    (shown,) = snippet("คำนำ", parse_query("ทุเรียน", index=Words()))
    assert (shown.text, shown.is_hit) == ("คำนำ", False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ประกาส", "ประกาศ"),  # a letter that sounds the same
        ("จัดซื้อจัดจาง", "จัดซื้อจัดจ้าง"),  # a mark left out, inside a compound
        ("ขอมูลขาวสาร", "ข้อมูลข่าวสาร"),
        ("นโยบาบ", "นโยบาย"),  # a letter beside the right one
        ("โครงส้ราง", "โครงสร้าง"),  # a mark in the wrong place
        ("polciy", "policy"),  # two letters swapped
        ("ประกาส นโยบาย", "ประกาศ นโยบาย"),  # the right word stays
    ],
)
def test_a_misspelt_word_is_mended(typed, meant):
    words = frozenset(index_text(meant).split())
    assert meant in Speller(words).suggestions(typed)


@pytest.mark.parametrize("typed", ["ประกาศ", "ยานอวกาศ", "2569", "", "xyz"])
def test_what_is_right_or_far_from_any_word_is_left_alone(typed):
    assert Speller(frozenset({"ประกาศ", "นโยบาย", "policy"})).suggestions(typed) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ก.พ.ร. ประเมิน", ["กพร", "ประเมิน"]),
        ("สำนักงาน ก.พ.", ["สำนักงาน", "กพ"]),
        ("รพ.สต. ดอนแก้ว", ["รพสต", "ดอน", "แก้ว"]),
        ("พ.ร.บ ใหม่", ["พรบ", "ใหม่"]),
        ("พ.ศ. ๒๕๖๙", ["พ", "ศ", "2569"]),
        ("อ.เมือง จ.ตาก", ["อ", "เมือง", "จ", "ตาก"]),
    ],
)
def test_an_abbreviation_with_dots_is_one_word(text, words):
    assert [token.text for token in tokens_of(fold(text))] == words


@pytest.mark.parametrize(
    ("query", "text"),
    [("QR code", "QRcode"), ("wifi", "Wi-Fi"), ("wi-fi", "WiFi"), ("pm 2.5", "ฝุ่น PM2.5")],
)
def test_latin_words_are_found_written_as_one_or_as_two(query, text):
    held = index_text(text).split()
    for part in phrases(query, text):
        assert any(" ".join(phrase) in " ".join(held) for phrase in part)


def test_two_words_are_no_other_where_the_index_has_no_such_word():
    assert phrases("QR code", "code QR") == [{("qr",)}, {("code",)}]


def test_a_short_word_is_found_where_it_heads_a_compound_only():
    assert ("ยางพารา",) in phrases("ยาง", "ยางพารา")[0]
    assert phrases("ข่า", "ข่าวดี") == [{("ข่า",)}]
    assert phrases("ตรา", "มาตรา") == [{("ตรา",)}]


@pytest.mark.parametrize("text", ["ปลูก 2570 ต้น", "2570 คำขอ", "พิมพ์ 2570 ฉบับ"])
def test_what_is_counted_is_no_year(text):
    assert "year2027" not in index_text(text)


def test_an_edition_is_no_count():
    assert "year2028" in index_text("report 2028 ฉบับภาษาอังกฤษ").split()


def test_halves_of_letters_are_left_out():
    assert index_text("ข่าว\ud83d") == "ข่าว"


@given(LETTERS, st.integers(0, 40), st.integers(0, 60))
def test_no_snippet_begins_or_ends_inside_a_syllables_letters(text, before, after):
    long = "ก" * before * 8 + text + " ทุเรียน " + text * 3 + "ก" * after * 8
    shown = snippet(long, parse_query("ทุเรียน", index=Words(long)))
    inner = "".join(piece.text for piece in shown).strip("…")
    start = long.find(inner)
    assert start >= 0
    assert may_cut(long, start)
    assert may_cut(long, start + len(inner))
    place = start
    for piece in shown:
        if piece.text != "…":
            assert may_cut(long, place)
            place += len(piece.text)


def test_one_mended_word_may_stand_for_what_looks_like_several():
    assert "ไข้เลือดออก" in Speller({"ไข้เลือดออก", "ไข้", "เลือก", "ออก"}).suggestions("ไข้เลือกออก")
    assert Speller({"โรงแรม", "ม"}).suggestions("โรงแรมม") == ["โรงแรม"]
    assert Speller({"พยากรณ์", "อากาศ"}).suggestions("พยากรอากาศ") == ["พยากรณ์อากาศ"]
