"""What changes for whom, in sentences that the people concerned can read."""

import json
from datetime import date
from importlib.resources import files
from itertools import product

import pytest

import otp_policy
from otp_policy import Action, Actor, Item, Post, Question, load_policy
from otp_policy.diff import difference_to_json, differences
from otp_policy.loader import parse_policy, shipped_policies

TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")
EXAMPLE = files(otp_policy).joinpath("data/policies/example_municipality.toml").read_text("utf-8")
POLICY = load_policy("tpso")
MUNICIPALITY = load_policy("example_municipality")
START = date(2019, 5, 25)
LAST_DAY = "effective_until = 2026-12-31\n"
OF_NEWS = """action = "approve"
categories = ["news"]
roles = ["division_director"]
clause = "annex 1 step 3, remark"
effective_from = 2019-05-25
"""
BY_THE_OFFICE = """action = "approve"
categories = ["news"]
roles = ["office_director"]
clause = "annex 1 step 3"
effective_from = 2019-05-25
"""
FROM_2027 = 'clause = "annex 1 step 3, remark"\neffective_from = 2027-01-01\n'
LABEL = 'label = { th = "ตัวอย่าง", en = "An example" }\n'


def changed(*changes, text=TPSO):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1) if old else text + new
    return parse_policy(text, source="changed")


def rights(old, new):
    """Return what is more than wording."""
    return [one for one in differences(old, new) if not one.minor]


@pytest.mark.parametrize("name", shipped_policies())
def test_a_policy_does_not_differ_from_itself(name):
    assert differences(load_policy(name), load_policy(name)) == ()


def test_another_order_of_the_entries_is_no_difference():
    head, *entries = TPSO.split("\n[[report]]")
    law = "\n[[law]]" + entries[0].partition("\n[[law]]")[2]
    report = "\n[[report]]" + entries[0].partition("\n[[law]]")[0]
    assert differences(POLICY, parse_policy(f"{head}{law}{report}", source="moved")) == ()


def test_an_office_director_takes_over_from_a_division_director():
    alone = changed((BY_THE_OFFICE, BY_THE_OFFICE.replace("2019-05-25", "2027-01-01")))
    new = changed(
        (BY_THE_OFFICE, BY_THE_OFFICE.replace("2019-05-25", "2027-01-01")),
        (OF_NEWS, OF_NEWS + LAST_DAY),
    )
    without = changed(("[[rule]]\n" + BY_THE_OFFICE, "[[rule]]\n" + BY_THE_OFFICE + LAST_DAY))
    assert [one.from_on for one in rights(without, alone)] == [START, date(2027, 1, 1)]
    first, then = rights(without, new)
    assert first.sentence.en == (
        "From 25 May 2019 until 31 December 2026 the director of the Trade Policy and Strategy "
        "Office no longer approves information of the category “Public-relations news of the "
        "agency”; the division director still may."
    )
    assert then.sentence.en == (
        "From 1 January 2027 the division director no longer approves information of the "
        "category “Public-relations news of the agency”; the director of the Trade Policy and "
        "Strategy Office does so instead."
    )
    assert then.sentence.th == (
        "ตั้งแต่วันที่ ๑ มกราคม พ.ศ. ๒๕๗๐ “ผู้อำนวยการกอง” ไม่มีอำนาจให้ความเห็นชอบข้อมูลประเภท "
        "“ข่าวประชาสัมพันธ์ของหน่วยงาน” อีกต่อไป โดยให้ "
        "“ผู้อำนวยการสำนักงานนโยบายและยุทธศาสตร์การค้า” ดำเนินการแทน"
    )
    assert difference_to_json(then) == {
        "kind": "authority",
        "subject": "approve/news/*/*",
        "before": ["division_director"],
        "after": ["office_director"],
        "from": "2027-01-01",
        "minor": False,
        "sentence": {"th": then.sentence.th, "en": then.sentence.en},
    }
    assert difference_to_json(first)["until"] == "2026-12-31"


def test_the_other_way_round_before_and_after_change_places():
    new = changed((OF_NEWS, OF_NEWS + LAST_DAY))
    there, back = rights(POLICY, new), rights(new, POLICY)
    assert [(one.before, one.after) for one in there] == [(one.after, one.before) for one in back]
    assert "may approve information of the category" in back[0].sentence.en
    assert "no longer approves" in there[0].sentence.en


OFFICE_APPROVES = '"procurement", "other"]\nroles = ["office_director"]'
CENTRE_CORRECTS = 'urgent_only = true\nroles = ["web_publisher"]'
OFFICE_IS_ASSIGNED = 'binding = "office"\ncapacities = ["holder", "acting", "assigned"]'
LINE = 'code = "line"\nowner = "yp"\npublisher_role = "social_publisher"'
CONTACT = """[[kind]]
code = "contact"
category = "basic_information"
clause = "announcement 1(1)"
effective_from = 2019-05-25
label = { th = "ข้อมูลการติดต่อหน่วยงาน", en = "The agency's contact information" }
"""
PROCUREMENT_BY_DIVISIONS = """
[[rule]]
action = "approve"
categories = ["procurement"]
roles = ["division_director"]
clause = "annex 1 step 3"
effective_from = 2019-05-25
"""
TWO_PEOPLE = """
[[requirement]]
code = "same_person"
actions = ["approve"]
clause = "annex 1 step 3"
effective_from = 2019-05-25
"""

ALREADY_LIVE = "[[requirement]]" + next(
    block for block in TPSO.split("[[requirement]]") if 'code = "already_live"' in block
)

CHANGES = {
    "who approves, in one category": (
        [
            (OFFICE_APPROVES, OFFICE_APPROVES.replace('"procurement", ', "")),
            ("", PROCUREMENT_BY_DIVISIONS + LABEL),
        ],
        ["authority approve/procurement/*/*"],
        "the director of the Trade Policy and Strategy Office no longer approves information of "
        "the category “Annual procurement plan and information”; the division director does so "
        "instead.",
    ),
    "who corrects what is urgent": (
        [(CENTRE_CORRECTS, CENTRE_CORRECTS.replace("web", "social"))],
        ["authority correct/*/*/urgent"],
        "the publisher of the Office's website no longer corrects information of every category "
        "that is urgent; the publisher of the Line and Facebook channels does so instead; the "
        "representative of the public-relations team of the division still may.",
    ),
    "whether an official may be assigned": (
        [(OFFICE_IS_ASSIGNED, 'binding = "office"')],
        ["role office_director"],
        "the role “Director of the Trade Policy and Strategy Office” changes from “in the whole "
        "office; exercised by whoever holds the post, whoever acts in it and an official assigned "
        "by a dated order” to “in the whole office; exercised by whoever holds the post and "
        "whoever acts in it”.",
    ),
    "a condition more": (
        [("", TWO_PEOPLE + LABEL)],
        [
            "condition same_person/approve/basic_information,integrity_declaration,"
            "plans_and_performance,procurement,other/*/*"
        ],
        "a further condition must be met to approve information of the categories “Basic "
        "information about the agency”, “Declaration of honest intent of the agency's highest "
        "executive”, “Work plans, projects, progress, budget expenditure and performance "
        "reports”, “Annual procurement plan and information” and “Others”: “An example”.",
    ),
    "a condition less": (
        [(ALREADY_LIVE, "")],
        ["condition already_live/publish/*/website/*"],
        "this condition need no longer be met to publish information of every category on “The "
        "Office's website”: “This very text is already on the website”.",
    ),
    "an interval": (
        [("review_every_months = 1\n", "review_every_months = 2\n")],
        ["duty procurement"],
        "the duty to review “Annual procurement plan and information” changes from “within a "
        "month of the last review; reminder 7 days before” to “within 2 months of the last "
        "review; reminder 7 days before”.",
    ),
    "who keeps a channel": (
        [(LINE, LINE.replace("yp", "data_centre").replace("social", "web"))],
        ["authority confirm_slot/*/line/*", "authority publish/*/line/*", "channel line"],
        "the publisher of the Line and Facebook channels no longer publishes information of "
        "every category on “LINE”; the publisher of the Office's website does so instead.",
    ),
    "the beginning of the fiscal year": (
        [("fiscal_year_starts_month = 10", "fiscal_year_starts_month = 1")],
        ["calendar "],
        "the calendar changes from “the fiscal year begins on the first of month 10; weekly days "
        "off: Saturday and Sunday” to “the fiscal year begins on the first of month 1; weekly "
        "days off: Saturday and Sunday”.",
    ),
    "a report": (
        [('unit = "data_centre"\nevery_months = 12', 'unit = "yp"\nevery_months = 12')],
        ["report website_use_and_updates"],
        "changes from ““Trade and Economic Data Centre”; at least every 12 months” to ““ยป.”; at "
        "least every 12 months”.",
    ),
    "a kind that is gone": (
        [(CONTACT, "")],
        ["kind contact"],
        "the kind “The agency's contact information” is no longer there; it was “within the "
        "category “Basic information about the agency””.",
    ),
    "a unit under another name": (
        [('abbreviation = "ศศ."', 'abbreviation = "ศขศ."')],
        ["unit data_centre"],
        "the unit “Trade and Economic Data Centre” changes from “abbreviated ศศ.” to "
        "“abbreviated ศขศ.”.",
    ),
}


@pytest.mark.parametrize(("changes", "expected", "sentence"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_told_once_and_nothing_else_is(changes, expected, sentence):
    found = rights(POLICY, changed(*changes))
    assert [f"{one.kind} {one.subject}" for one in found] == expected
    assert all(one.from_on == START and one.until_on is None for one in found)
    assert any(one.sentence.en.endswith(sentence) for one in found)
    assert all(one.sentence.th.startswith("ตั้งแต่วันที่ ๒๕ พฤษภาคม พ.ศ. ๒๕๖๒ ") for one in found)


def test_urgency_that_may_go_first_is_told_with_what_it_opens():
    strict = EXAMPLE
    for line in EXAMPLE.splitlines():
        if line.startswith(("ratify_clock", "public_mark")):
            strict = strict.replace(f"{line}\n", "")
    strict = strict.replace('"ratify_within"', '"approve_first"')
    found = rights(parse_policy(strict, source="strict"), MUNICIPALITY)
    assert {one.subject for one in found if one.after is None} == {
        "approval_missing/publish/*/*/urgent",
        "approval_stale/publish/*/*/urgent",
    }
    assert {one.subject for one in found if one.before is None} == {
        "urgent_reason_missing/publish/*/*/urgent",
        "second_person_missing/publish/*/*/urgent",
    }
    urgent = next(one for one in found if one.kind == "urgent")
    assert "marked “Published urgently; its approval follows”" in urgent.sentence.en
    assert urgent.after["public_mark"]["th"] == "เผยแพร่เร่งด่วน อยู่ระหว่างรออนุมัติ"


def test_a_difference_that_stays_is_told_once_from_its_first_day():
    # The rule that ends makes another day on which both policies are looked at.
    ends = (OF_NEWS, OF_NEWS + LAST_DAY)
    interval = ("review_every_months = 1\n", "review_every_months = 2\n")
    (only,) = differences(changed(ends), changed(ends, interval))
    assert (only.kind, only.from_on, only.until_on) == ("duty", START, None)


def test_the_units_in_which_a_role_counts():
    unit = EXAMPLE[EXAMPLE.index("[[unit]]") :].partition("\n\n")[0]
    both = EXAMPLE.replace(unit, f"{unit}\n\n{unit.replace('public_relations', 'library')}")
    both = both.replace('units = ["public_relations"]', 'units = ["public_relations", "library"]')
    rule = 'action = "publish"\nauthority = "channel_owner"'
    assert rule in both
    old, new = (
        parse_policy(text, source="both")
        for text in (both, both.replace(rule, 'action = "publish"\nroles = ["web_editor"]'))
    )
    (only,) = rights(old, new)
    assert (only.kind, only.before, only.after) == (
        "authority_units",
        ["public_relations"],
        ["library", "public_relations"],
    )
    assert "may publish information of every category change from" in only.sentence.en


def test_a_law_of_the_agency_s_own_is_compared_by_its_clocks(tmp_path):
    law = files(otp_policy).joinpath("data/law/official_information_act.toml").read_text("utf-8")
    (tmp_path / "law").mkdir()
    (tmp_path / "ours.toml").write_text(TPSO, encoding="utf-8")
    changed_law = law.replace("days = 15\n", "days = 30\n", 1)
    (tmp_path / "law" / "official_information_act.toml").write_text(changed_law, encoding="utf-8")
    (only,) = differences(POLICY, load_policy(tmp_path / "ours.toml"))
    assert (only.kind, only.subject, only.from_on) == ("clock", "information_request", START)
    assert only.before["days"] == 15
    assert only.after["days"] == 30
    assert "changes from “15 calendar days; " in only.sentence.en


def test_wording_is_minor_and_comes_last():
    new = changed(
        ('en = "Division director" }', 'en = "Director of the division" }'),
        ("review_every_months = 1\n", "review_every_months = 2\n"),
        ('version = "2019-05-25"', 'version = "2027"'),
    )
    found = differences(POLICY, new)
    assert [(one.subject, one.minor) for one in found] == [
        ("procurement", False),
        ("version", True),
        ("role/division_director/label", True),
    ]
    assert found[2].sentence.en == (
        "From 25 May 2019 the label of the role “Director of the division” changes from "
        "“Division director” to “Director of the division”; nobody's rights or duties change by "
        "that."
    )
    assert found[1].sentence.th == "รุ่นของนโยบายเปลี่ยนจาก “2019-05-25” เป็น “2027”"


def test_a_citation_of_another_clause():
    rule = 'action = "correct"\nroles = ["pr_representative"]\nclause = "annex 1 step 5"'
    (citation, wording) = differences(POLICY, changed((rule, rule.replace("step 5", "step 1"))))
    assert (citation.kind, citation.subject) == ("citation", "role_missing/correct/*/*/*")
    assert citation.sentence.en == (
        "From 25 May 2019 a refusal to correct information of every category cites “role_missing: "
        "annex 1 step 1” instead of “role_missing: annex 1 step 5”."
    )
    assert wording.kind == "wording"


def test_where_only_one_of_two_policies_is_in_force():
    found = rights(POLICY, MUNICIPALITY)
    only = [one for one in found if one.kind == "commencement"]
    assert [(one.before, one.after, one.from_on, one.until_on) for one in only] == [
        ("tpso@2019-05-25", None, START, date(2026, 9, 30))
    ]
    assert all(one.from_on == date(2026, 10, 1) for one in found if one not in only)
    assert any(
        one.sentence.en
        == "From 1 October 2026 information of the category “Manuals of public services” is "
        "published too; the mayor and the municipal clerk may approve it."
        for one in found
    )
    # Two roles of one Thai name are told apart.
    assert any("“ผู้อำนวยการกอง (bureau_director)”" in one.sentence.th for one in found)


def test_everything_that_is_told_can_be_written_as_json():
    for old, new in [(POLICY, MUNICIPALITY), (MUNICIPALITY, POLICY)]:
        for one in differences(old, new):
            value = difference_to_json(one)
            assert json.loads(json.dumps(value)) == value
            assert "{" not in one.sentence.en + one.sentence.th
            assert one.sentence.en.endswith(".")


DAY = date(2027, 2, 1)


def questions():
    places = product(Action, POLICY.categories, POLICY.channels, (False, True))
    for action, category, channel, urgent in places:
        for role in POLICY.roles:
            for unit in ("division-a", "data_centre", "yp"):
                item = Item(category=category, unit="division-a", digest="a", channel=channel,
                            urgent=urgent, urgent_reason="urgent" if urgent else "")  # fmt: skip
                actor = Actor(id="u1", posts=(Post(role=role, unit=unit),))
                yield Question(on=DAY, action=action, actor=actor, item=item)


QUESTIONS = tuple(questions())
WEBSITE_FIRST = 'code = "website_not_live"\nactions = ["publish"]'
OTHERWISE = {
    **{name: changes for name, (changes, _, _) in CHANGES.items()},
    "a fixed unit becomes the item's own": [
        ('binding = "fixed_units"\nunits = ["yp"]', 'binding = "item_unit"')
    ],
    "the website no longer first": [(WEBSITE_FIRST, WEBSITE_FIRST.replace("publish", "withdraw"))],
    "only other words": [('en = "Division director" }', 'en = "Head of the division" }')],
}  # fmt: skip


@pytest.mark.parametrize("changes", OTHERWISE.values(), ids=OTHERWISE)
def test_no_decision_comes_out_otherwise_without_a_difference_that_says_so(changes):
    new = changed(*changes)
    moved = set()
    for question in QUESTIONS:
        old_codes, new_codes = (
            {reason.code for reason in policy.decide(question).reasons} for policy in (POLICY, new)
        )
        if old_codes != new_codes:
            moved.add(question.action)
    told = {
        action
        for one in rights(POLICY, new)
        for action in Action
        if action in one.subject.split("/") or one.kind == "role"
    }
    assert moved <= told
