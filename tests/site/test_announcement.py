"""The demo publishes the announcement's own words."""

import json
import re

import pytest

from otp_site.demo import story
from tests.conftest import SHARED


def letters(text: str) -> str:
    """Return the text without markup, white space and what only lays out a table."""
    return re.sub(r"[\s●·—\-\t]", "", re.sub(r"<[^>]+>", "", text))


def words(language: str) -> str:
    """Return the body of the announcement and its annex, with markup."""
    body = (story.HERE / f"announcement.{language}.html").read_text(encoding="utf-8")
    annex = json.loads((story.HERE / f"annex.{language}.json").read_text(encoding="utf-8"))
    for block in annex:
        value = block["value"]
        if block["type"] == "table":
            heads = [column["heading"] for column in value["columns"]]
            value = "".join([*heads, *("".join(row["values"]) for row in value["rows"])])
        body += value
    return body


@pytest.mark.shared
def test_every_line_of_the_announcement_is_in_the_demo():
    source = (SHARED / "seed" / "announcement.th.txt").read_text(encoding="utf-8")
    shown = letters(story.TITLE + words("th"))
    cells = [cell for line in source.splitlines() for cell in line.split("\t")]
    wanted = [cell for cell in map(letters, cells) if cell]
    assert len(wanted) > 30
    for cell in wanted:
        assert cell in shown


def test_the_annex_is_a_table_of_six_steps_in_both_languages():
    for language, last in (("th", "อย่างน้อยปีละ"), ("en", "at least once a year")):
        annex = json.loads((story.HERE / f"annex.{language}.json").read_text(encoding="utf-8"))
        [table] = [block["value"] for block in annex if block["type"] == "table"]
        assert len(table["columns"]) == 3
        assert [len(row["values"]) for row in table["rows"]] == [3] * 6
        assert last in words(language)
