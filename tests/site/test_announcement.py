"""The demo publishes the announcement's own words."""

import re

import pytest

from otp_site.demo import story
from tests.conftest import SHARED


def letters(text: str) -> str:
    """Return the text without markup, white space and what only lays out a table."""
    return re.sub(r"[\s●·—\-\t]", "", re.sub(r"<[^>]+>", "", text))


@pytest.mark.shared
def test_every_line_of_the_announcement_is_in_the_demo():
    source = (SHARED / "seed" / "announcement.th.txt").read_text(encoding="utf-8")
    shown = letters(story.TITLE + (story.HERE / "announcement.th.html").read_text(encoding="utf-8"))
    cells = [cell for line in source.splitlines() for cell in line.split("\t")]
    heads = {"ขั้นตอน", "ผู้รับผิดชอบ", "หมายเหตุ", "●ศศ.●ยป."}
    wanted = [cell for cell in map(letters, cells) if cell and cell not in heads]
    assert len(wanted) > 30
    for cell in wanted:
        assert cell in shown


def test_the_announcement_is_complete_in_both_languages():
    for language, words in (("th", "อย่างน้อยปีละ"), ("en", "at least once a year")):
        text = (story.HERE / f"announcement.{language}.html").read_text(encoding="utf-8")
        assert words in text
        assert len(re.findall("<h3>", text)) == 6
