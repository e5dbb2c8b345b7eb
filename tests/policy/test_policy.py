"""What else the compiled policy tells, and how it changes with time."""

import ast
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

import otp_policy
from otp_policy import (
    Actor,
    Item,
    PolicyError,
    Post,
    Question,
    QuestionError,
    ReasonCode,
    load_policy,
)
from otp_policy.loader import parse_policy

POLICY = load_policy("tpso")
TODAY = date(2026, 11, 23)
TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")


def test_the_policy_names_itself():
    assert (POLICY.id, POLICY.version, POLICY.label) == (
        "tpso",
        "2019-05-25",
        "tpso@2019-05-25",
    )
    assert POLICY.timezone == "Asia/Bangkok"


def test_cl_1_the_six_categories_in_their_order():
    assert list(POLICY.categories) == [
        "basic_information",
        "integrity_declaration",
        "plans_and_performance",
        "news",
        "procurement",
        "other",
    ]
    assert POLICY.categories["news"].label.th == "ข่าวประชาสัมพันธ์ของหน่วยงาน"
    assert POLICY.categories["news"].clause == "announcement 1(4)"


def test_cl_2_the_channels_and_their_owners():
    owners = {code: channel.owner for code, channel in POLICY.channels.items()}
    assert owners == {"website": "data_centre", "line": "yp", "facebook": "yp"}
    assert POLICY.first_channel == "website"
    assert POLICY.channels["line"].requires_live == "website"


def test_annex_1_six_steps_with_a_responsible_role_each():
    assert [step.number for step in POLICY.steps] == [1, 2, 3, 4, 5, 6]
    assert [step.clause for step in POLICY.steps] == [f"annex 1 step {n}" for n in range(1, 7)]
    assert all(step.roles for step in POLICY.steps)


@pytest.mark.parametrize("category", sorted(POLICY.categories))
def test_annex_1_step_3_only_news_goes_without_endorsement(category):
    expected = ("approve",) if category == "news" else ("endorse", "approve")
    assert POLICY.approval_steps(category, on=TODAY) == expected


def test_roles_for_an_action():
    assert POLICY.roles_for("approve", "news", on=TODAY) == {
        "division_director",
        "office_director",
    }
    assert POLICY.roles_for("approve", "other", on=TODAY) == {"office_director"}
    assert POLICY.roles_for("publish", on=TODAY) == {
        "web_publisher",
        "social_publisher",
    }
    assert POLICY.roles_for("publish", channel="line", on=TODAY) == {"social_publisher"}
    assert POLICY.roles_for("correct", on=TODAY) == {"pr_representative"}
    assert "web_publisher" in POLICY.roles_for("correct", on=TODAY, urgent=True)
    assert POLICY.roles_for("endorse", "news", on=TODAY) == frozenset()


def test_before_the_commencement_nobody_may_and_no_steps_are_named():
    assert POLICY.roles_for("approve", on=date(2019, 5, 24)) == frozenset()
    with pytest.raises(PolicyError):
        POLICY.approval_steps("news", on=date(2019, 5, 24))


def test_an_unknown_name_always_raises():
    with pytest.raises(QuestionError):
        POLICY.approval_steps("nws", on=TODAY)
    with pytest.raises(QuestionError):
        POLICY.roles_for("aprove", on=TODAY)
    with pytest.raises(QuestionError):
        POLICY.roles_for("publish", channel="tiktok", on=TODAY)


def test_every_entry_has_both_languages_and_a_listed_clause():
    for entry in POLICY.document.entries():
        assert entry.label.th, entry.place.where()
        assert entry.label.en, entry.place.where()
        assert entry.clause in POLICY.document.policy.clauses


@pytest.mark.parametrize(
    "part",
    ["โครงสร้างองค์กร", "ข้อมูลผู้บริหาร", "วิสัยทัศน์", "พันธกิจ", "ข้อมูลการติดต่อหน่วยงาน"],
)
def test_cl_1_1_names_the_parts_of_the_basic_information(part):
    assert part in POLICY.categories["basic_information"].wording.th


@pytest.mark.parametrize(
    "code", ["own_work", "endorsement_stale", "approval_stale", "slot_unconfirmed"]
)
def test_what_the_announcement_does_not_say_is_marked_as_our_reading(code):
    entries = [entry for entry in POLICY.document.requirement if entry.code == code]
    assert entries
    assert all(entry.interpretation for entry in entries)


def test_annex_2_2_names_no_step_so_tying_it_to_one_is_our_reading():
    assert [bool(law.interpretation) for law in POLICY.document.law] == [True]


def test_annex_2_1_gives_no_interval_in_months_so_each_duty_is_our_reading():
    assert all(duty.interpretation for duty in POLICY.document.duty)


def texts_of(module):
    """Return the texts that the code of a module holds; a docstring with its example is none."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    }


def test_no_name_of_the_agency_stands_in_the_code():
    names = {*POLICY.roles, *POLICY.categories, *POLICY.channels, *POLICY.units, "tpso"}
    names -= {"line"}  # What is read from standard input has lines, too.
    core = Path(otp_policy.__file__).parent
    rooms = [core, *(core / room for room in ("checks", "cli", "exploration", "wording"))]
    modules = [module for room in rooms for module in room.glob("*.py")]
    assert len(modules) > 50
    for module in modules:
        assert not names & texts_of(module), module


OLD_RULE = """action = "approve"
categories = ["news"]
roles = ["division_director"]
clause = "annex 1 step 3, remark"
effective_from = 2019-05-25
"""
NEW_RULE = """
[[rule]]
action = "approve"
categories = ["news"]
roles = ["social_publisher"]
clause = "annex 1 step 3, remark"
effective_from = 2027-01-01
label = { th = "ตัวอย่าง", en = "An example" }
"""


def test_past_decisions_are_judged_by_the_entry_in_force_on_that_day():
    until = OLD_RULE + "effective_until = 2026-12-31\n"
    changed = parse_policy(TPSO.replace(OLD_RULE, until) + NEW_RULE, source="changed")
    item = Item(category="news", unit="division-a", digest="now")
    for role, may_until, may_from in [
        ("division_director", True, False),
        ("social_publisher", False, True),
    ]:
        unit = "yp" if role == "social_publisher" else "division-a"
        actor = Actor(id="u1", posts=(Post(role=role, unit=unit),))
        for on, expected in [
            (date(2026, 12, 31), may_until),
            (date(2027, 1, 1), may_from),
        ]:
            question = Question(on=on, action="approve", actor=actor, item=item)
            assert changed.decide(question).allowed is expected, (role, on)


def test_an_entry_holds_on_its_first_and_on_its_last_day():
    day, others = date(2026, 11, 23), (date(2026, 11, 22), date(2026, 11, 24))
    entry = replace(POLICY.document.commencement, effective_from=day, effective_until=day)
    assert entry.holds(day)
    assert not any(entry.holds(other) for other in others)


def test_a_policy_that_has_ended_is_not_in_force():
    start = 'effective_from = 2019-05-25\nlabel = { th = "ทั้งนี้'
    ended = TPSO.replace(start, start.replace("\n", "\neffective_until = 2026-11-22\n"), 1)
    policy = parse_policy(ended, source="ended")
    actor = Actor(id="u1", posts=(Post(role="pr_representative", unit="d"),))
    item = Item(category="news", unit="d", digest="now")
    last = Question(on=date(2026, 11, 22), action="prepare", actor=actor, item=item)
    assert policy.decide(last).allowed
    after = Question(on=TODAY, action="prepare", actor=actor, item=item)
    assert [reason.code for reason in policy.decide(after).reasons] == [ReasonCode.NOT_IN_FORCE]


def test_every_public_name_is_there():
    for name in otp_policy.__all__:
        assert getattr(otp_policy, name) is not None
    with pytest.raises(AttributeError):
        _ = otp_policy.no_such_name


def test_importing_the_library_brings_no_framework_and_no_parser():
    code = (
        "import sys; import otp_policy; light = set(sys.modules); from otp_policy import Policy;"
        "print(sorted(light & {'tomllib', 'json', 'dataclasses', 'argparse'}));"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'pydantic', 'wagtail')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["[]", "[]"]
