"""The law and the assessments as data: each fact with its source, and none surer than it is."""

from datetime import date
from pathlib import Path

import pytest

from otp_policy.instruments import (
    DATA,
    load_assessment,
    load_law,
    shipped_assessments,
    shipped_laws,
)

# How sure the headings of the form of 2569 are: put together from the source, not read there.
INFERRED = {"O2", "O6", "O7"}


def test_the_form_of_2569_is_whole_and_rests_on_one_secondary_source():
    form = load_assessment("oit_2569")
    assert form.assessment.is_complete
    assert [item.code for item in form.item] == [f"O{number}" for number in range(1, 27)]
    assert {item.code for item in form.item if item.heading == "inferred"} == INFERRED
    assert {item.heading.value for item in form.item} == {"inferred", "secondary"}


def test_one_item_of_2566_asks_for_the_first_six_months():
    form = load_assessment("oit_2566")
    assert not form.assessment.is_complete
    assert [item.code for item in form.item if item.period == "first_six_months"] == ["O12"]


@pytest.mark.parametrize("name", shipped_assessments())
def test_no_item_is_shown_as_verified_as_a_whole(name):
    form = load_assessment(name)
    assert form.item
    assert all(item.source and item.confidence != "verified" for item in form.item)


def test_only_what_was_read_in_a_source_counts_as_verified_law():
    clocks = {clock.code: clock for name in shipped_laws() for clock in load_law(name).clock}
    verified = {code for code, clock in clocks.items() if clock.confidence == "verified"}
    assert verified == {"appeal", "appeal_of_correction", "tribunal"}
    assert [clocks[code].days for code in sorted(verified)] == [15, 30, 60]
    # The wording of the Cabinet resolution of 2547 was not found.
    assert clocks["information_request"].confidence == "general_knowledge"
    assert clocks["ready_information"].confidence == "general_knowledge"


def test_the_grounds_of_the_information_act_say_how_sure_they_are():
    sections = {each.code: each for each in load_law("official_information_act").section}
    assert [code for code, each in sections.items() if each.use == "publish"] == ["7"]
    assert [code for code, each in sections.items() if each.use == "inspect"] == [
        f"9({number})" for number in range(1, 9)
    ]
    assert [code for code, each in sections.items() if each.use == "refuse"] == [
        "14",
        *(f"15({number})" for number in range(1, 8)),
    ]
    verified = {code for code, each in sections.items() if each.confidence == "verified"}
    assert verified == {"7", *(f"9({number})" for number in range(1, 6))}


@pytest.mark.parametrize("name", shipped_laws())
def test_every_statement_about_a_law_names_its_clause_and_source(name):
    law = load_law(name)
    assert law.clock or law.statement
    assert all(each.clause and each.source and each.label.th for each in law.statement)
    # Neither Act was read.
    assert all(each.confidence != "verified" for each in law.statement)


def test_a_section_is_listed_once(tmp_path):
    section = """
[[section]]
code = "7"
use = "publish"
label = { th = "ก", en = "a" }
source = "s"
confidence = "verified"
"""
    path = tmp_path / "act.toml"
    head = """
[law]
id = "act"
version = "1"
label = { th = "ก", en = "a" }
source = "s"
confidence = "verified"
"""
    path.write_text(head + section, encoding="utf-8")
    assert [each.code for each in load_law(path).section] == ["7"]
    path.write_text(head + section + section, encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        load_law(path)
    assert [(one.code, one.at) for one in caught.value.exceptions] == [("overlap", (17, 1))]


def _with_retention(tmp_path, *entries):
    text = Path(DATA, "law", "personal_data_protection_act.toml").read_text(encoding="utf-8")
    head = text.partition("[[retention]]")[0]
    rows = [
        f"""
[[retention]]
code = "case"
keep_months = {months}
effective_from = {since}
clause = "x"
label = {{ th = "ก", en = "a" }}
source = "a test"
confidence = "inferred"
"""
        for months, since in entries
    ]
    path = tmp_path / "law.toml"
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("ended_on", "erase_on"),
    [
        # Three months from the end, that day included: the last day of November has no 31st.
        (date(2026, 8, 31), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 4, 1)),
        # From the new entry on one month; what ended the day before keeps the old one.
        (date(2027, 1, 1), date(2027, 2, 2)),
        # What ended before any entry follows the first.
        (date(2000, 1, 15), date(2000, 4, 16)),
    ],
)
def test_what_ended_is_kept_by_the_entry_of_that_day(tmp_path, ended_on, erase_on):
    law = load_law(_with_retention(tmp_path, (3, "2026-01-01"), (1, "2027-01-01")))
    assert law.erase_on("case", ended_on=ended_on) == erase_on


def test_a_retention_that_nobody_set_is_an_error(tmp_path):
    law = load_law(_with_retention(tmp_path, (3, "2026-01-01")))
    with pytest.raises(LookupError, match="says not how long `other` is kept"):
        law.erase_on("other", ended_on=date(2026, 1, 1))


def test_two_retentions_do_not_begin_on_one_day(tmp_path):
    with pytest.raises(ExceptionGroup) as caught:
        load_law(_with_retention(tmp_path, (3, "2026-01-01"), (4, "2026-01-01")))
    assert "begins twice on 2026-01-01" in str(caught.value.exceptions[0])
