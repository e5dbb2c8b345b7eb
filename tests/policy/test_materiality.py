"""Materiality (annex 1 step 5): computed from the difference, and material whenever in doubt."""

import pytest

from otp_policy.materiality import ChangeKind, Content, compare


def kinds(old: str, new: str) -> set[str]:
    found = compare(Content(texts={"body": old}), Content(texts={"body": new}))
    return {str(change.kind) for change in found.changes}


def is_material(old: str, new: str) -> bool:
    return compare(Content(texts={"body": old}), Content(texts={"body": new})).is_material


def test_the_same_text_differs_in_nothing():
    assert compare(Content(texts={"body": "ก"}), Content(texts={"body": "ก"})).changes == ()


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("ยื่นภายใน 15 วัน", "ยื่นภายใน 30 วัน", "number"),
        ("ยื่นภายใน ๑๕ วัน", "ยื่นภายใน ๓๐ วัน", "number"),
        ("งบ 1,000 บาท", "งบ 10,00 บาท", "number"),
        ("ห้อง 3 ชั้น 2", "ห้อง 2 ชั้น 3", "number"),
        ("วันที่ 1 มีนาคม 2569", "วันที่ 1 เมษายน 2569", "date"),
        ("on 1 March", "on 1 May", "date"),
        ("ประชุมวันจันทร์", "ประชุมวันศุกร์", "date"),
        ("งบ 5 ล้านบาท", "งบ 5 แสนบาท", "amount"),
        ("เพิ่มร้อยละ 5", "เพิ่ม 5 บาท", "amount"),
        ("a fee of 5 million", "a fee of 5 billion", "amount"),
        ("นายสมมุติ ตัวอย่าง", "นายสมมต ตัวอย่าง", "name"),
        ("จังหวัดน่าน", "จังหวัดนาน", "name"),
        ("signed by Alpha", "signed by Alpho", "name"),
        ("ดู https://a.example/x", "ดู https://a.example/y", "link"),
        ("ต้องยื่นเอกสาร", "ควรยื่นเอกสาร", "wording"),
        ("อนุญาต", "ไม่อนุญาต", "wording"),
        ("you may apply here", "you must apply here", "wording"),
        ("it is now allowed", "it is not allowed", "wording"),
        ("รับสมัครแล้ว", "ปรับสมัครแล้ว", "wording"),
        ("", "ข้อความใหม่", "wording"),
        ("ข้อความเดิม", "", "wording"),
        ("เปิดรับฟังความเห็น", "เปิดรับฟังความเห็นของประชาชน", "wording"),
        ("a short sentence", "a short added sentence", "wording"),
        ("a cat sat", "a car sat", "wording"),
    ],
)
def test_step_5_what_a_reader_relies_on_is_material(old, new, kind):
    assert kind in kinds(old, new)
    assert is_material(old, new)
    assert is_material(new, old)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("ข่าว  วันนี้ ", "ข่าว วันนี้", "spacing"),
        ("ข่าวประชาสัมพันธ์ของกอง", "ข่าว ประชาสัมพันธ์ ของกอง", "spacing"),
        ("ข่าว\u200bประชา", "ข่าวประชา", "spacing"),
        ("ยื่นภายใน ๑๕ วัน", "ยื่นภายใน 15 วัน", "spacing"),
        ("ประกาสให้ทราบ", "ประกาศให้ทราบ", "spelling"),
        ("เศรษกิจการค้า", "เศรษฐกิจการค้า", "spelling"),
        ("ประชาสัมพันธของกอง", "ประชาสัมพันธ์ของกอง", "spelling"),
        ("เผยแพรขอมูล", "เผยแพร่ข้อมูล", "spelling"),
        ("เรืื่องราว", "เรื่องราว", "spelling"),
        ("the anouncement of prices", "the announcement of prices", "spelling"),
        ("the price, as agreed", "the price as agreed.", "spelling"),
        ("(ฉบับร่าง)", "ฉบับร่าง", "spelling"),
    ],
)
def test_step_5_spacing_and_spelling_are_not_material(old, new, kind):
    assert kinds(old, new) == {kind}
    assert not is_material(new, old)


def test_step_5_many_misspellings_at_once_are_another_wording():
    words = ["ประกาส", "เศรษกิจ", "สัมพันธ", "เผยแพร", "ขอมูล", "พานิชย์"]
    mended = ["ประกาศ", "เศรษฐกิจ", "สัมพันธ์", "เผยแพร่", "ข้อมูล", "พาณิชย์"]
    assert kinds(" ".join(words[:5]), " ".join(mended[:5])) == {"spelling"}
    assert kinds(" ".join(words), " ".join(mended)) == {"wording"}


def test_step_5_files_and_values_are_material_whatever_their_difference():
    old = Content(values={"event_on": "2026-11-23"}, files={"documents.document:1": "aa"})
    for new in (
        Content(values={"event_on": "2026-11-24"}, files=old.files),
        Content(values=old.values, files={"documents.document:1": "ab"}),
        Content(values=old.values),
        Content(values=old.values, files={**old.files, "images.image:2": ""}),
    ):
        assert compare(old, new).is_material
    changes = compare(old, Content()).changes
    assert {change.kind for change in changes} == {ChangeKind.VALUE, ChangeKind.FILE}


def test_step_5_one_material_change_outweighs_any_number_of_others():
    old = Content(texts={"title": "ประกาส", "body": "15 วัน"})
    found = compare(old, Content(texts={"title": "ประกาศ", "body": "30 วัน"}))
    assert [change.is_material for change in found.changes] == [True, False]
    assert found.is_material


def test_a_change_shows_the_words_around_it():
    long = "ก" * 300
    (change,) = compare(
        Content(texts={"body": f"{long} 15"}), Content(texts={"body": f"{long} 30"})
    ).changes
    assert change.before.endswith("15")
    assert change.after.endswith("30")


def test_long_texts_are_compared_in_good_time():
    old = "ข้อความยาวมาก" * 20_000
    assert is_material(old, old.replace("ยาว", "สั้น"))
    words = " ".join(f"w{number}" for number in range(5_000))
    assert is_material(words, words.replace("w77 ", "w78 "))
