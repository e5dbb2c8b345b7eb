"""
Tells whether a correction is material: from the difference, and never from what its author says.

A correction is not material only if nothing but spacing, punctuation and spelling differs. Every
doubt makes it material (annex 1 step 5: whoever read the earlier text must be able to learn what
changed). Material are, each by a kind of its own:

- `file`: a file added, taken away, or with other bytes; `value`: a date, choice, unit or other
  field that is no text; `number`, `date`, `amount`, `name`, `link`: other figures, months, units
  of money or measure, names of people and places, or addresses inside a text;
- `wording`: words that bind, permit, forbid or deny (`must`, `not`, `ห้าม`, `ไม่`), words added,
  taken away or replaced, and more misspellings in one field than a proof-reader would find.

A misspelling is, in Thai, a tone or silencing mark too many or too few, a letter doubled, a rare
letter left out, or a letter taken for one that sounds alike; in Latin letters, a word of five
letters or more that keeps its first letter and differs by two at most. No dictionary is asked.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum

__all__ = ["Change", "ChangeKind", "Content", "Difference", "compare"]


class ChangeKind(StrEnum):
    """What sort of thing differs; the first two are not material."""

    SPACING = "spacing"
    SPELLING = "spelling"
    FILE = "file"
    VALUE = "value"
    NUMBER = "number"
    DATE = "date"
    AMOUNT = "amount"
    NAME = "name"
    LINK = "link"
    WORDING = "wording"


NOT_MATERIAL = frozenset({ChangeKind.SPACING, ChangeKind.SPELLING})
MOST_MISSPELLINGS = 5
_LONGEST_COMPARED = 2000
_EXCERPT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the public gets of one text: plain texts and other values by field, files by digest."""

    texts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs, with what stood there and what stands there now, shortened."""

    kind: ChangeKind
    field: str
    before: str = ""
    after: str = ""

    @property
    def is_material(self) -> bool:
        """Tell whether this change alone makes the correction material."""
        return self.kind not in NOT_MATERIAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything that differs between two texts of one item."""

    changes: tuple[Change, ...] = ()

    @property
    def is_material(self) -> bool:
        """Tell whether the correction is material."""
        return any(change.is_material for change in self.changes)


def compare(before: Content, after: Content) -> Difference:
    """
    Return what differs between *before* and *after*, field by field (annex 1 step 5).

    >>> old = Content(texts={"summary": "เริ่ม 1 มีนาคม"})
    >>> compare(old, Content(texts={"summary": "เริ่ม 2 มีนาคม"})).is_material
    True
    >>> compare(old, Content(texts={"summary": "เริ่ม  1 มีนาคม "})).is_material
    False
    """
    return Difference(
        changes=(
            *_in_texts(before.texts, after.texts),
            *_in_others(ChangeKind.VALUE, before.values, after.values),
            *_in_others(ChangeKind.FILE, before.files, after.files),
        )
    )


def _in_others(
    kind: ChangeKind, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new or (name in before) != (name in after):
            yield Change(kind=kind, field=name, before=old[:_EXCERPT], after=new[:_EXCERPT])


def _in_texts(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old == new:
            continue
        seen = _excerpts(old, new)
        for kind in _kinds(_normal(old), _normal(new)):
            yield Change(kind=kind, field=name, before=seen[0], after=seen[1])


# Vowels and marks that stand on, or need, the letter before them.
_ABOVE = "ะัาำิีึืฺุู็่้๊๋์ํ๎"


def _excerpts(old: str, new: str) -> tuple[str, str]:
    """Return the words around the first place where two texts part."""
    limit = min(len(old), len(new))
    start = next((at for at in range(limit) if old[at] != new[at]), limit)
    near = max(0, start - _EXCERPT // 4)
    # From the beginning of a word, or at least of a letter: Thai vowels stand on the one before.
    space = old.rfind(" ", near, start)
    start = space + 1 if space >= 0 else near
    while 0 < start < len(old) and unicodedata.combining(old[start]) + (old[start] in _ABOVE):
        start -= 1
    end = start + _EXCERPT
    return old[start:end].strip(), new[start:end].strip()


_ASCII_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_THAI = "\u0e00-\u0e7f"
_SPACE_IN_THAI = re.compile(rf"(?<=[{_THAI}])\s+(?=[{_THAI}])")
# A comma or point between digits is part of the number, and `%` is a measure.
_PUNCTUATION = re.compile(r"(?<!\d)[.,]|[.,](?!\d)|[;:!?\"'“”‘’()\[\]…–—ฯๆ-]")


def _normal(text: str) -> str:
    """Return *text* with its digits in ASCII, and each run of spaces as one."""
    text = unicodedata.normalize("NFC", text).translate(_UNSEEN).translate(_ASCII_DIGITS)
    return " ".join(text.replace("ํา", "ำ").replace("เเ", "แ").split())


def _kinds(old: str, new: str) -> list[ChangeKind]:
    facts = [kind for kind, read in _FACTS if read(old) != read(new)]
    if facts:
        return facts
    if _SPACE_IN_THAI.sub("", old) == _SPACE_IN_THAI.sub("", new):
        return [ChangeKind.SPACING]
    return [ChangeKind.SPELLING if _is_spelling(old, new) else ChangeKind.WORDING]


# The figures, in their order: the same figures in another order say something else.
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_MONTH = re.compile(
    r"มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|"
    r"ธันวาคม|[มกพสตธ]\.[คพยีม]\.|มี\.ค\.|เม\.ย\.|มิ\.ย\.|วัน(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์)|"
    r"พ\.ศ\.|ค\.ศ\.|วันนี้|พรุ่งนี้|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|"
    r"mon|tues|wednes|thurs|fri|satur|sun)[a-z]*\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"บาท|สตางค์|ล้าน|แสน|หมื่น|พัน|ร้อย|สิบ|เปอร์เซ็นต์|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|ครึ่ง|%|฿|\$|"
    r"\b(?:baht|thousand|million|billion|percent|hundred|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|half|days?|weeks?|months?|years?|hours?)\b|วัน|เดือน|ปี|ชั่วโมง|นาฬิกา|นาที|กิโลเมตร|เมตร|ไร่",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:นางสาว|นาง|นาย|น\.ส\.|ดร\.|คุณ|หม่อม|พล\.\S{1,3}|บริษัท|ห้าง|มูลนิธิ|จังหวัด|อำเภอ|ตำบล|เขต|ถนน)"
    r"\s?\S{1,20}(?:\s\S{1,20})?|\b[A-Z]\w*"
)
_LINK = re.compile(
    r"(?:[a-z]{2,8}://|www\.)\S+|[\w.+-]{1,64}@[\w.-]+|[A-Za-z0-9.-]{1,80}\.(?:th|com|org|net)\b\S*"
)
_BINDING = re.compile(
    r"ไม่|มิ|ห้าม|ต้อง|ควร|อาจ|งด|เว้น|ยกเลิก|เลื่อน|และ|หรือ|ก่อน|หลัง|ภายใน|เฉพาะ|ทุก|เท่านั้น|อนุมัติ|"
    r"\b(?:not|no|never|none|must|shall|may|might|can|cannot|could|should|will|would|without|except|"
    r"unless|only|all|any|and|or|before|after|within|until|from|to|up|down|in|out|over|under)\b|n't",
    re.IGNORECASE,
)


def _all(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    return lambda text: [found.casefold() for found in pattern.findall(text)]


def _names(text: str) -> list[str]:
    return [_PUNCTUATION.sub("", found).strip() for found in _NAME.findall(text)]


_FACTS: tuple[tuple[ChangeKind, Callable[[str], list[str]]], ...] = (
    (ChangeKind.NUMBER, _all(_NUMBER)),
    (ChangeKind.DATE, _all(_MONTH)),
    (ChangeKind.AMOUNT, _all(_AMOUNT)),
    (ChangeKind.NAME, _names),
    (ChangeKind.LINK, _all(_LINK)),
    (ChangeKind.WORDING, _all(_BINDING)),
)


def _is_spelling(old: str, new: str) -> bool:
    """Tell whether nothing but punctuation and a few misspelt words differ."""
    words = [_PUNCTUATION.sub("", text).split() for text in (old, new)]
    if words[0] == words[1]:
        return True
    if not words[0] or not words[1]:
        return False
    misspelt = 0
    for tag, start, end, new_start, new_end in _opcodes(*words):
        here, there = " ".join(words[0][start:end]), " ".join(words[1][new_start:new_end])
        if tag != "replace" or not _is_misspelt(here, there):
            return False
        misspelt += sum(1 for _ in _opcodes(here, there))
    return misspelt <= MOST_MISSPELLINGS


def _opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return (code for code in matcher.get_opcodes() if code[0] != "equal")


def _is_misspelt(here: str, there: str) -> bool:
    if max(len(here), len(there)) > _LONGEST_COMPARED:
        return False
    if not re.search(f"[{_THAI}]", here + there):
        pairs = list(zip(here.split(), there.split(), strict=False))
        same_number = len(here.split()) == len(there.split())
        return same_number and all(old == new or _is_latin_slip(old, new) for old, new in pairs)
    return all(
        _is_thai_slip(here, there, code) for code in _opcodes(here, there)
    ) and not _has_other_letters(here, there)


def _has_other_letters(here: str, there: str) -> bool:
    """Tell whether anything but Thai differs inside words that are Thai in part."""
    latin = [Counter(re.sub(f"[{_THAI}\\s]", "", text)) for text in (here, there)]
    return latin[0] != latin[1]


_SHORTEST_WORD = 5
_MOST_LETTERS = 2


def _is_latin_slip(old: str, new: str) -> bool:
    if not (old.isalpha() and new.isalpha() and old[0] == new[0]):
        return False
    if min(len(old), len(new)) < _SHORTEST_WORD:
        return False
    return sum(max(b - a, d - c) for _, a, b, c, d in _opcodes(old, new)) <= _MOST_LETTERS


# Marks that say how a syllable sounds, or that its letter is silent.
_MARKS = frozenset("่้๊๋์็ะ")
_RARE = frozenset("ฆฌญฎฏฐฑฒณศษฬฤ")
_ALIKE = (
    frozenset("สศษซ"),
    frozenset("นณ"),
    frozenset("ยญ"),
    frozenset("ทธฑฒ"),
    frozenset("ดฎ"),
    frozenset("ตฏ"),
    frozenset("ถฐ"),
    frozenset("ลฬ"),
    frozenset("ไใ"),
    frozenset("คฆ"),
    frozenset("พภ"),
    frozenset("ชฌ"),
    frozenset("่้๊๋"),
)


def _is_thai_slip(here: str, there: str, code: tuple[str, int, int, int, int]) -> bool:
    tag, start, end, new_start, new_end = code
    old, new = here[start:end], there[new_start:new_end]
    if tag == "replace":
        return len(old) == len(new) == 1 and any({old, new} <= group for group in _ALIKE)
    text, at, added = (there, new_start, new) if new else (here, start, old)
    return added.isspace() or _is_small(added, text, at)


def _is_small(added: str, text: str, at: int) -> bool:
    """Tell whether *added*, at *at* in *text*, is marks, rare letters, or a letter twice."""
    if len(added) > _MOST_LETTERS:
        return False
    if set(added) <= _MARKS | _RARE or (len(added) == _MOST_LETTERS and added[1] == "์"):
        return True
    beside = {text[at - 1 : at], text[at + len(added) : at + len(added) + 1]}
    return len(added) == 1 and added in beside
