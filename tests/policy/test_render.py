"""The document given back from the data: held against the announcement itself, row by row."""

import doctest
import re
from dataclasses import fields, replace
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

import otp_policy
from otp_policy import Action, PolicyError, load_policy
from otp_policy.entries import Label, Pause
from otp_policy.loader import parse_policy, shipped_policies
from otp_policy.render import last_state, render
from otp_policy.vocabulary import Capacity, Confidence, Counts, EventKind, UrgentMode, Weekday
from otp_policy.wording import phrases, thai
from otp_policy.wording.contrasts import BASE, SETTINGS
from otp_policy.wording.descriptions import Speaker

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed"
TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")
POLICY = load_policy("tpso")
MUNICIPALITY = load_policy("example_municipality")
READINGS = {"th": "การตีความและการนำไปปฏิบัติ", "en": "Readings and application"}
VOID = {"meta"}


class Page(HTMLParser):
    """The blocks of a page in their order, and every tag with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.blocks, self.row = [], [], [], None
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.row = []
        if tag in {"td", "th"}:
            self.row.append([])
        self.text = ""

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in {"li", "td", "th"} and self.row is not None:
            if self.text:
                self.row[-1].append(self.text)
        elif tag == "tr":
            self.blocks.append(tuple(tuple(cell) for cell in self.row))
            self.row = None
        elif tag in {"h1", "h2", "h3", "p", "li", "caption"}:
            self.blocks.append((tag, self.text))
        self.text = ""


def document(policy, lang):
    """Return what is given as the document: no title, no captions, no readings."""
    found = []
    for block in Page(render(policy, lang=lang, form="html")).blocks[2:]:
        if block[0] == "h2" and block[1].startswith(READINGS[lang]):
            return found
        if block[0] != "caption":
            found.append(block if isinstance(block[0], tuple) else block[1])
    raise AssertionError("no readings")


def squeezed(value):
    """Return the words without the spaces at which the announcement breaks its lines."""
    if isinstance(value, tuple):
        return tuple(squeezed(one) for one in value)
    return re.sub(r"\s", "", value)


def cell_of(text):
    points = re.split("[●•]", re.sub("<[^>]+>", "", text))
    return tuple(point.strip() for point in points if point.strip())


def announcement():
    lines = (SEED / "announcement.th.txt").read_text(encoding="utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("๑. ลักษณะ"))
    for line in lines[start:]:
        if "\t" in line:
            yield tuple(cell_of(cell) for cell in line.split("\t"))
        elif (text := line.strip().removeprefix("-").strip()) and not text.startswith(
            ("(นางสาว", "ผู้อำนวยการ")
        ):
            yield text


@pytest.mark.shared
def test_the_announcement_comes_back_word_for_word_in_its_order():
    expected = [squeezed(one) for one in announcement()]
    assert len(expected) == 24
    assert [squeezed(one) for one in document(POLICY, "th")] == expected


@pytest.mark.shared
def test_the_english_table_comes_back_row_by_row():
    text = (SEED / "announcement.en.md").read_text(encoding="utf-8").split("## Translator")[0]
    rows = [
        tuple(cell_of(cell) for cell in line.strip("|").split("|"))
        for line in text.splitlines()
        if line.startswith("|") and not line.startswith("|---")
    ]
    found = [block for block in document(POLICY, "en") if isinstance(block, tuple)]
    assert len(rows) == 7
    assert found == rows


@pytest.mark.shared
def test_the_english_clauses_come_back():
    text = (SEED / "announcement.en.md").read_text(encoding="utf-8").split("## Translator")[0]
    ends = ";.:"
    wanted = re.findall(r"(?m)^(?: {3}|- |\*\*)?((?:2\.)?[1-6][.)]? .+?)(?:\*\*)?$", text)
    found = {one.rstrip(ends) for one in document(POLICY, "en") if isinstance(one, str)}
    assert len(wanted) == 14
    assert {one.rstrip(ends) for one in wanted} <= found


def test_thai_numerals_and_buddhist_years():
    said = document(POLICY, "th")
    assert "ประกาศ ณ วันที่ ๒๕ พฤษภาคม พ.ศ. ๒๕๖๒" in said
    assert "Announced on 25 May 2019" in document(POLICY, "en")
    assert thai.long_date(date(2026, 1, 31), "th") == "๓๑ มกราคม พ.ศ. ๒๕๖๙"
    assert doctest.testmod(thai).attempted >= 3
    assert doctest.testmod(thai).failed == doctest.testmod(phrases).failed == 0


def test_another_structure_comes_back_too():
    said = document(MUNICIPALITY, "th")
    rows = [one for one in said if isinstance(one, tuple)]
    assert len(rows) == 8
    assert rows[4] == (
        ("๔. ปลัดเทศบาลหรือนายกเทศมนตรีอนุมัติ",),
        ("ปลัดเทศบาลหรือนายกเทศมนตรี",),
        ("นายกเทศมนตรีอนุมัติเรื่องของสภา แผน งบประมาณ และการจัดซื้อจัดจ้าง",),
    )
    assert "๖) ข่าวและกิจกรรมของเทศบาล" in said
    assert "๒) เฟซบุ๊กของเทศบาล" in said


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_reading_is_told_apart_from_the_text(lang):
    start = 'effective_from = 2019-05-25\nlabel = { th = "ทั้งนี้'
    read = start.replace("\n", '\ninterpretation = "From which hour is a reading."\n')
    policy = parse_policy(TPSO.replace(start, read, 1), source="read")
    html = render(policy, lang=lang, form="html")
    assert html.count("<h2>" + READINGS[lang]) == 1
    text, _, _ = html.partition("<h2>" + READINGS[lang])
    rows = [block for block in Page(html).blocks if isinstance(block[0], tuple)]
    mark = {"th": "การตีความ", "en": "Reading"}[lang]
    told = {row[4][0] for row in rows if len(row) == 5 and row[3] == (mark,)}
    today = policy.document.on(last_state(policy))
    expected = {entry.interpretation for entry in today.entries() if entry.interpretation}
    assert "From which hour is a reading." in expected
    assert expected <= told
    assert not any(one in text for one in expected)


def test_actions_are_told_in_words_of_the_language_and_not_by_their_codes():
    for lang, words in (("th", "ยืนยันเวลาเผยแพร่ และเผยแพร่"), ("en", "confirm the time and publish")):
        said = render(load_policy("example_municipality"), lang=lang, form="md")
        assert words in said
        assert "confirm" not in said or lang == "en"


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("name", shipped_policies())
def test_the_page_is_whole_and_accessible(name, lang):
    html = render(load_policy(name), lang=lang, form="html")
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert page.open == []
    assert page.tags[0] == ("html", {"lang": lang})
    names = [tag for tag, _ in page.tags]
    assert [names.count(tag) for tag in ("h1", "title", "main")] == [1, 1, 1]
    assert names.count("table") == names.count("caption") == names.count("thead")
    assert all(
        attributes.get("scope") in {"col", "row"} for tag, attributes in page.tags if tag == "th"
    )
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


HOSTILE = "<script>alert(1)</script> | *a* _b_ [c](d) `e` &amp; # \\"


def hostile():
    quoted = HOSTILE.replace("\\", "\\\\")
    old = 'label = { th = "อื่นๆ", en = "Others" }\nwording = { th = "อื่นๆ", en = "others" }'
    assert old in TPSO
    new = f"label = {{ th = '''{HOSTILE}''', en = \"{quoted}\" }}"
    return parse_policy(TPSO.replace(old, new), source="hostile")


def test_what_a_label_holds_is_text_in_html():
    html = render(hostile(), lang="en", form="html")
    assert "<script" not in html
    assert ("li", f"6) {HOSTILE}") in Page(html).blocks


def test_what_a_label_holds_is_text_in_markdown():
    said = render(hostile(), lang="en", form="md")
    line = next(line for line in said.splitlines() if "script" in line)
    assert line == (
        r"- 6\) \<script\>alert(1)\</script\> \| \*a\* \_b\_ \[c\](d) \`e\` \&amp; # \\"
    )


def test_markdown_says_what_the_page_says():
    said = render(POLICY, lang="th", form="md")
    rows = [line for line in said.splitlines() if line.startswith("| ๔. ")]
    assert rows == [
        "| ๔. นำข่าวสารเผยแพร่ในช่องทางที่กำหนด | ● ศศ.<br>● ยป. | ● ศศ. รับผิดชอบเว็บไซต์ของสำนักงาน"
        "<br>● ยป. รับผิดชอบช่องทาง Line และ Facebook |"
    ]


def test_the_entries_of_another_day():
    until = 'numeral = "4"\neffective_until = 2026-12-31\n'
    changed = TPSO.replace('numeral = "4"\n', until) + (
        '\n[[provision]]\nnumeral = "4"\nclause = "announcement 4"\ncarried_out_by = []\n'
        'effective_from = 2027-01-01\nlabel = { th = "ใหม่", en = "A new clause" }\n'
    )
    policy = parse_policy(changed, source="changed")
    old, new = (
        render(policy, lang="en", form="md", on=on) for on in (date(2026, 12, 31), date(2027, 1, 1))
    )
    assert "A new clause" not in old
    assert "A new clause" in new
    assert render(policy, lang="en", form="md") == new
    assert "as in force on 1 January 2027" in new


def test_a_day_without_a_policy_has_no_document():
    with pytest.raises(PolicyError):
        render(POLICY, lang="th", form="md", on=date(2019, 5, 24))
    with pytest.raises(ValueError, match="unknown form"):
        render(POLICY, lang="th", form="pdf")


def test_a_policy_without_the_words_of_its_clauses_still_has_its_tables():
    bare = re.sub(r"(?ms)^\[\[provision\]\].*?\n\n", "", MUNICIPALITY_TEXT)
    for clause in ('    "3",\n', '    "6",\n'):
        bare = bare.replace(clause, "")
    said = document(parse_policy(bare, source="bare"), "en")
    assert "What is published" in said
    assert len([one for one in said if isinstance(one, tuple)]) == 8


MUNICIPALITY_TEXT = (
    files(otp_policy).joinpath("data/policies/example_municipality.toml").read_text("utf-8")
)

OTHERWISE = {
    ("unit", "abbreviation"): "ก.",
    ("role", "binding"): "item_unit",
    ("role", "units"): ("elsewhere",),
    ("role", "capacities"): (Capacity.ACTING,),
    ("kind", "category"): "elsewhere",
    ("channel", "owner"): "elsewhere",
    ("channel", "publisher_role"): "somebody",
    ("channel", "requires_live"): "elsewhere",
    ("step", "actions"): (Action.ATTEST,),
    ("step", "roles"): ("somebody",),
    ("duty", "due_soon_days"): 77,
    ("duty", "review_every_months"): 77,
    ("duty", "working_days_after_month_end"): 77,
    ("duty", "days_after_fiscal_year_end"): 77,
    ("duty", "covers_current_year"): True,
    ("calendar", "fiscal_year_starts_month"): 7,
    ("calendar", "weekend"): (Weekday.FRIDAY,),
    ("clock", "days"): 77,
    ("clock", "counts"): Counts.CALENDAR_DAYS,
    ("clock", "due_soon_days"): 77,
    ("clock", "closed_by"): (EventKind.FORWARDED,),
    ("clock", "moves_to_working_day"): True,
    ("clock", "extendable"): True,
    ("clock", "pauses"): (Pause(begins=EventKind.EXTENDED, ends=EventKind.CLARIFIED),),
    ("clock", "source"): "somewhere",
    ("clock", "confidence"): Confidence.INFERRED,
    ("urgent", "mode"): UrgentMode.APPROVE_FIRST,
    ("urgent", "reasons"): ("otherwise",),
    ("urgent", "ratify_clock"): "elsewhere",
    ("urgent", "public_mark"): Label(th="อื่น", en="another"),
    ("wait", "actions"): (Action.ATTEST,),
    ("wait", "remind_after_working_days"): 77,
    ("wait", "escalate_after_working_days"): 77,
    ("wait", "urgent_remind_after_hours"): 77,
    ("wait", "urgent_escalate_after_hours"): 77,
    ("wait", "escalate_to"): ("elsewhere",),
    ("review_reminder", "to"): ("elsewhere",),
    ("review_reminder", "days_before_due"): 77,
    ("review_reminder", "days_after_due"): 77,
    ("report", "unit"): "elsewhere",
    ("report", "every_months"): 77,
    ("report", "days_after_fiscal_year_end"): 77,
    ("law", "actions"): (Action.ATTEST,),
}
NAMED_BY = {"code", "number", ("duty", "category"), ("duty", "kind")}
"""What an entry is found by: another value makes it another entry."""
PERIODS = ("review_every_months", "working_days_after_month_end", "days_after_fiscal_year_end")


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize(("table", "key"), OTHERWISE)
def test_what_an_entry_sets_can_be_read_in_its_description(table, key, lang):
    entry = max(getattr(MUNICIPALITY.document, table), key=lambda one: len(repr(one)))
    if table == "role":
        entry = MUNICIPALITY.roles["web_editor"]
    others = dict.fromkeys(PERIODS) if table == "duty" and key != "due_soon_days" else {}
    if key == "covers_current_year":
        entry = replace(entry, review_every_months=3)
    other = replace(entry, **{**others, key: OTHERWISE[table, key]})
    say = Speaker(MUNICIPALITY.document, lang=lang)
    assert getattr(other, key) != getattr(entry, key)
    assert say.describe(other) != say.describe(entry)


def test_nothing_that_an_entry_sets_is_left_out_of_the_table_above():
    for table in SETTINGS:
        kind = type(getattr(MUNICIPALITY.document, table)[0])
        for field in fields(kind):
            key = field.name
            if key not in BASE and key not in NAMED_BY and (table, key) not in NAMED_BY:
                assert (table, key) in OTHERWISE
