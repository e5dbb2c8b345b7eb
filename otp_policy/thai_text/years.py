"""
Years in the Buddhist and in the common era, told apart from other numbers.

2569 and 2026 are one year, but 2569 baht are not 2026 baht. A number of four digits that may be a
year is taken for one unless what stands beside it says that it counts, prices or dials something.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .words import Token

__all__ = ["may_be_year", "with_years", "year_word"]

_BUDDHIST_ERA = 543
_COMMON_YEARS = range(1900, 2101)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS = _words(
    """
    มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม
    january february march april may june july august september october november december
    """
)
_BEFORE_A_YEAR = _MONTHS | _words("ปี ในปี year fy พุทธศักราช คริสต์ศักราช")
# พ.ศ. and ค.ศ., B.E. and C.E., in pieces.
_ERAS = frozenset([("พ", "ศ"), ("ค", "ศ"), ("b", "e"), ("c", "e"), ("a", "d")])
_BEFORE_A_NUMBER = _words(
    """
    จำนวน ราคา วงเงิน เงิน มูลค่า เลขที่ เลข หมายเลข โทร โทรศัพท์ โทรสาร รหัส ไปรษณีย์ ห้อง กว่า เกือบ
    no number tel phone fax room code baht thb
    """
)
_AFTER_A_NUMBER = _words(
    """
    บาท สตางค์ คน ราย รายการ แห่ง ครั้ง ฉบับ เล่ม หน่วย ชุด เครื่อง หน้า แผ่น คัน ดอลลาร์ ล้าน พัน แสน
    หมื่น ร้อย ไร่ ตัน กิโลเมตร กิโลกรัม เมตร กม กก ชั่วโมง นาที หมู่บ้าน ครัวเรือน ตำบล ท่าน ชิ้น อัน
    ต้น ลูก ตัว ใบ ขวด กล่อง ถัง รูป หลัง งาน วา กระสอบ คู่ ดวง เส้น เรื่อง กรณี โครงการ สิทธิ คดี สัญญา
    ดอก ผืน คำขอ ราย ล้านบาท แปลง บ่อ โรง
    เปอร์เซ็นต์ baht thb people persons person units items pages copies shops km kg metres meters hours
    days percent
    """
)
_OF_AN_EDITION = _words("ภาษา ภาษาไทย ภาษาอังกฤษ แก้ไข ปรับปรุง ที่ เต็ม ย่อ สมบูรณ์ ร่าง ทบทวน")


def may_be_year(text: str) -> int | None:
    """
    Return the common year of four digits that may be a year in either era, or None.

    >>> may_be_year("2569"), may_be_year("2026"), may_be_year("2300")
    (2026, 2026, None)
    """
    if len(text) != 4 or not text.isdecimal() or not text.isascii():
        return None
    number = int(text)
    year = number - _BUDDHIST_ERA if number > _COMMON_YEARS[-1] else number
    return year if year in _COMMON_YEARS else None


def year_word(year: int) -> str:
    """Return the word that stands for a common year in the index."""
    return f"year{year}"


def with_years(tokens: Sequence[Token], folded: str) -> Iterator[Token]:
    """Yield *tokens* of the text *folded*, with one word for a year in either era."""
    for place, token in enumerate(tokens):
        year = None if token.is_grouped else may_be_year(token.text)
        if year is not None and _Neighbours(tokens, place, folded).say_year():
            yield token._replace(text=year_word(year))
        else:
            yield token


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """What stands beside a number."""

    tokens: Sequence[Token]
    place: int
    folded: str

    def say_year(self) -> bool:
        if self._follows_a_year_word():
            return True
        return not (self._is_part_of_a_number() or self._counts())

    def _before(self, steps: int = 1) -> str:
        place = self.place - steps
        return self.tokens[place].text if place >= 0 else ""

    def _after(self) -> str:
        return self.tokens[self.place + 1].text if self.place + 1 < len(self.tokens) else ""

    def _gap_before(self) -> str:
        start = self.tokens[self.place].start
        return self.folded[self.tokens[self.place - 1].end : start] if self.place else ""

    def _gap_after(self) -> str:
        if self.place + 1 == len(self.tokens):
            return ""
        return self.folded[self.tokens[self.place].end : self.tokens[self.place + 1].start]

    def _follows_a_year_word(self) -> bool:
        before = self._before()
        if before in _BEFORE_A_YEAR or (self._before(2), before) in _ERAS:
            return True
        if before.isdigit() and self._gap_before() == "/":  # an order: 12/2569
            return True
        return self._ends_a_range()

    def _ends_a_range(self) -> bool:
        from_year = may_be_year(self._before()) is not None
        return from_year and self._gap_before() in ("-", "–") and not self._before(2).isdigit()

    def _is_part_of_a_number(self) -> bool:
        before, after = self._before(), self._after()
        gap = self._gap_before()
        if before.isdigit() and gap in (" ", "."):  # 0 2507 2569
            return True
        if after.isdigit() and self._gap_after() in (".", " "):
            return True
        if before.isdigit() and gap == "-":  # 02-507-2569; but 2566-2569, and 28-11-2569
            return len(before) > 2 and (may_be_year(before) is None or self._before(2).isdigit())
        following = self.folded[self.tokens[self.place].end :][:2]
        return following.startswith("%") or following == " %"

    def _counts(self) -> bool:
        if self._before() in _BEFORE_A_NUMBER:
            return True
        return self._after() in _AFTER_A_NUMBER and not self._is_an_edition()

    def _is_an_edition(self) -> bool:
        """Tell whether it is, say, the edition in English that follows, and not as many copies."""
        then = self.tokens[self.place + 2 : self.place + 3]
        return self._after() == "ฉบับ" and bool(then) and then[0].text in _OF_AN_EDITION
