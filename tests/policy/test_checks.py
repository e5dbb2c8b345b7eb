"""One defect each: what an entry says against itself, and what no policy may leave out."""

import re
from importlib.resources import files

import pytest

import otp_policy
from otp_policy.instruments import load_law
from otp_policy.loader import parse_policy

POLICIES = files(otp_policy).joinpath("data/policies")
TPSO = POLICIES.joinpath("tpso.toml").read_text(encoding="utf-8")
TOWN = POLICIES.joinpath("example_municipality.toml").read_text(encoding="utf-8")
LAW = files(otp_policy).joinpath("data/law/official_information_act.toml").read_text("utf-8")


def defects_of(text):
    with pytest.raises(ExceptionGroup) as caught:
        parse_policy(text, source="test.toml")
    return list(caught.value.exceptions)


def changed(text, *changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


PAUSE = 'closed_by = ["decided"]\npauses = [{ begins = "%s", ends = "%s" }]'
URGENT_APPROVAL = """
[[rule]]
action = "approve"
categories = ["news"]
urgent_only = true
roles = ["web_publisher"]
clause = "annex 2.1"
effective_from = 2019-05-25
label = { th = "ก", en = "a" }
"""
BY_OWNER = """
[[rule]]
action = "correct"
categories = ["news"]
authority = "channel_owner"
clause = "annex 1 step 5"
effective_from = 2019-05-25
label = { th = "ก", en = "a" }

[[rule]]
action = "approve"
categories = ["news"]
roles = ["social_publisher"]
clause = "annex 1 step 3"
effective_from = 2019-05-25
label = { th = "ก", en = "a" }
"""
GHOST = """[[role]]
code = "archivist"
binding = "office"
clause = "annex 2.1"
effective_from = 2019-05-25
label = { th = "ก", en = "a" }

"""
FIRST_REMINDER = 'days_before_due = 14\nto = ["pr_representative"]'
TO_WAIT = 'actions = ["endorse"]\nremind'
TO_CORRECT = 'action = "correct"\nroles = ["pr_representative"]'
TO_RATIFY = (
    'mode = "approve_first"\nreasons = ["important", "urgent"]',
    'mode = "ratify_within"\nreasons = ["important"]\nratify_clock = "ratification"\n'
    'public_mark = { th = "ก", en = "a" }',
)
CLOCK = """
[[clock]]
code = "ratification"
days = 2
counts = "working_days"
due_soon_days = 1
closed_by = ["decided"]
clause = "annex 2.1"
effective_from = 2019-05-25
label = { th = "ก", en = "a" }
"""

CASES = {
    "a role that approves what it may correct in urgency": (
        TPSO + URGENT_APPROVAL,
        {("role_decides_own_work", "rule[14].roles[0]")},
    ),
    "a role that endorses what it may correct as owner of a channel": (
        changed(TOWN, ('action = "correct"\nroles = ["information_officer"]',
                       'action = "correct"\nauthority = "channel_owner"'),
                ('action = "endorse"\nroles = ["bureau_director"]',
                 'action = "endorse"\nroles = ["bureau_director", "web_editor"]'),
                ('roles = ["information_officer"]\nresponsible = { th = "เจ้าหน้าที่ของกอง", en = '
                 '"Officer of the bureau" }\nclause = "6(6)"',
                 'roles = ["information_officer", "web_editor"]\nresponsible = { th = "ก", en = '
                 '"a" }\nclause = "6(6)"')),
        {("role_decides_own_work", "rule[3].roles[1]")},
    ),
    "a role that endorses what it asks to withdraw": (
        changed(TOWN, ('action = "withdraw"\nroles = ["information_officer"]',
                       'action = "withdraw"\nroles = ["information_officer", "municipal_clerk"]')),
        {("role_decides_own_work", "rule[4].roles[0]")},
    ),
    "nobody to stand for what is urgent": (
        changed(TPSO, TO_RATIFY) + CLOCK,
        {("no_second_person", "urgent[0].mode"), ("safeguard_missing", "requirement")},
    ),
    "a ratification without its clock": (
        changed(TOWN, ('ratify_clock = "ratification"\n', "")),
        {("missing_key", "urgent[0].ratify_clock")},
    ),
    "a ratification by a clock that is not there": (
        changed(TOWN, ('ratify_clock = "ratification"', 'ratify_clock = "ratify"')),
        {("undeclared_clock", "urgent[0].ratify_clock")},
    ),
    "a ratification without a public mark": (
        re.sub(r"public_mark = .*\n", "", TOWN),
        {("missing_key", "urgent[0].public_mark")},
    ),
    "a ratification for no reason": (
        changed(TOWN, ('reasons = ["disaster", "public_health", "service_interruption"]',
                       "reasons = []")),
        {("missing_key", "urgent[0].reasons")},
    ),
    "a pause that ends as it begins": (
        changed(TOWN, ('closed_by = ["decided"]', PAUSE % ("clarified", "clarified"))),
        {("pause_without_sense", "clock[0].pauses[0]")},
    ),
    "a pause that begins when the case is closed": (
        changed(TOWN, ('closed_by = ["decided"]', PAUSE % ("decided", "clarified"))),
        {("pause_without_sense", "clock[0].pauses[0]")},
    ),
    "a pause that ends only when the case is closed": (
        changed(TOWN, ('closed_by = ["decided"]', PAUSE % ("clarification_asked", "decided"))),
        {("pause_without_sense", "clock[0].pauses[0]")},
    ),
    "a pause with an event that nobody knows": (
        changed(TOWN, ('closed_by = ["decided"]', PAUSE % ("clarification_askd", "clarified"))),
        {("unknown_value", "clock[0].pauses[0]")},
    ),
    "a role that nobody can exercise": (
        changed(TPSO, ('capacities = ["holder", "acting", "assigned"]', "capacities = []")),
        {("wrong_type", "role[1].capacities")},
    ),
    "a capacity that nobody knows": (
        changed(TPSO, ('"acting", "assigned"]', '"acting", "asigned"]')),
        {("unknown_value", "role[1].capacities[2]")},
    ),
    "an order that need not be in force": (
        changed(TPSO, ('code = "delegation_not_in_force"\nactions = ["endorse", "approve"]',
                       'code = "delegation_not_in_force"\nactions = ["endorse"]')),
        {("safeguard_missing", "requirement")},
    ),
    "a kind of an unknown category": (
        changed(TPSO, ('code = "contact"\ncategory = "basic_information"',
                       'code = "contact"\ncategory = "basics"')),
        {("undeclared_category", "kind[3].category")},
    ),
    "a duty of a kind of another category": (
        changed(TPSO, ('category = "plans_and_performance"\nkind = "plan"',
                       'category = "procurement"\nkind = "plan"')),
        {("kind_elsewhere", "duty[6].kind")},
    ),
    "a duty of an unknown kind": (
        changed(TPSO, ('kind = "plan"', 'kind = "plans"')),
        {("undeclared_kind", "duty[6].kind")},
    ),
    "a duty with two ways to find its day": (
        changed(TPSO, ("review_every_months = 6", "review_every_months = 6\n"
                       "days_after_fiscal_year_end = 0")),
        {("duty_period", "duty[0].days_after_fiscal_year_end")},
    ),
    "a duty with none": (
        changed(TPSO, ("review_every_months = 6\n", "")),
        {("duty_period", "duty[0]")},
    ),
    "a year with thirteen months": (
        changed(TPSO, ("fiscal_year_starts_month = 10", "fiscal_year_starts_month = 13")),
        {("no_such_month", "calendar[0].fiscal_year_starts_month")},
    ),
    "a week without work": (
        changed(TPSO, ('weekend = ["saturday", "sunday"]',
                       'weekend = ["monday", "tuesday", "wednesday", "thursday", "friday", '
                       '"saturday", "sunday"]')),
        {("no_working_day", "calendar[0].weekend")},
    ),
    "a day of the Buddhist era": (
        changed(TPSO, ("announced_on = 2019-05-25", "announced_on = 2562-05-25")),
        {("buddhist_year", "policy.announced_on")},
    ),
    "a policy that would begin in five hundred years": (
        changed(TPSO, ("effective_from = 2019-05-25", "effective_from = 2562-05-25")),
        {("buddhist_year", "commencement.effective_from")},
    ),
    "a last day of the Buddhist era": (
        changed(TPSO, ('code = "contact"\ncategory = "basic_information"',
                       'code = "contact"\neffective_until = 2570-09-30\n'
                       'category = "basic_information"')),
        {("buddhist_year", "kind[3].effective_until")},
    ),
    "a role that nothing names": (
        changed(TPSO, ('[[role]]\ncode = "web_publisher"',
                       GHOST + '[[role]]\ncode = "web_publisher"')),
        {("role_without_use", "role[3].code")},
    ),
    "a misspelt role that nothing else names": (
        changed(TPSO, ('[[role]]\ncode = "web_publisher"',
                       GHOST + '[[role]]\ncode = "web_publisher"'),
                ('action = "withdraw"\nroles = ["pr_representative"]',
                 'action = "withdraw"\nroles = ["pr_representative", "archivst"]')),
        {("undeclared_role", "rule[11].roles[1]")},
    ),
    "a role that only a list which cannot be read names": (
        changed(TPSO, ('[[role]]\ncode = "web_publisher"',
                       GHOST + '[[role]]\ncode = "web_publisher"'),
                ('action = "withdraw"\nroles = ["pr_representative"]',
                 'action = "withdraw"\nroles = ["pr_representative", { code = "archivist" }]')),
        {("wrong_type", "rule[11].roles[1]")},
    ),
    "a reminder longer than the interval": (
        changed(TPSO, ("due_soon_days = 7", "due_soon_days = 32")),
        {("never_current", "duty[4].due_soon_days")},
    ),
    "a wait for what nobody is asked for": (
        changed(TPSO, (TO_WAIT, TO_WAIT.replace("]", ', "publish"]'))),
        {("wait_out_of_place", "wait[0].actions[1]")},
    ),
    "a wait told on before anybody is reminded": (
        changed(TPSO, ("escalate_after_working_days = 4", "escalate_after_working_days = 2"),
                ("urgent_escalate_after_hours = 3", "urgent_escalate_after_hours = 1")),
        {("wait_reversed", "wait[0].escalate_after_working_days"),
         ("wait_reversed", "wait[0].urgent_escalate_after_hours")},
    ),
    "a wait told to nobody": (
        changed(TPSO, ('escalate_to = ["office_director"]', "escalate_to = []")),
        {("missing_key", "wait[0].escalate_to")},
    ),
    "a wait told to a role that is not there": (
        changed(TPSO, ('escalate_to = ["office_director"]', 'escalate_to = ["secretary"]')),
        {("undeclared_role", "wait[0].escalate_to[0]")},
    ),
    "two waits for the same action": (
        changed(TPSO, (TO_WAIT, TO_WAIT.replace("]", ', "approve"]'))),
        {("overlap", "wait[1]")},
    ),
    "a reminder of reviews that names no day": (
        changed(TPSO, ("days_before_due = 14\n", "")),
        {("reminder_day", "review_reminder[0]")},
    ),
    "a reminder of reviews that names two days": (
        changed(TPSO, ("days_before_due = 14\n", "days_before_due = 14\ndays_after_due = 3\n")),
        {("reminder_day", "review_reminder[0].days_after_due")},
    ),
    "a reminder of reviews to nobody": (
        changed(TPSO, (FIRST_REMINDER, FIRST_REMINDER.replace('"pr_representative"', ""))),
        {("missing_key", "review_reminder[0].to")},
    ),
    "a reminder of reviews to a role that is not there": (
        changed(TPSO, (FIRST_REMINDER, FIRST_REMINDER.replace("pr_representative", "secretary"))),
        {("undeclared_role", "review_reminder[0].to[0]")},
    ),
    "two reminders of reviews to one role on one day": (
        changed(TPSO, ("days_before_due = 14", "days_after_due = 0")),
        {("overlap", "review_reminder[1]")},
    ),
    "a law that there is no file for": (
        changed(TPSO, ('code = "official_information_act"', 'code = "some_act"')),
        {("law_without_file", "law[0].code")},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_each_defect_is_told_and_nothing_else(text, expected):
    found = defects_of(text)
    assert {(one.code, one.where) for one in found} == expected
    assert all(one.at and one.instead for one in found)


def test_the_last_day_of_all_and_the_longest_reminder_are_no_defects():
    parse_policy(
        changed(
            TPSO,
            ("due_soon_days = 7", "due_soon_days = 31"),
            ("announced_on = 2019-05-25", "announced_on = 2019-05-25\n"),
            ('code = "contact"\n', 'code = "contact"\neffective_until = 9999-12-31\n'),
        ),
        source="test.toml",
    )


def test_a_missing_safeguard_is_told_as_the_entry_to_write():
    both = 'code = "own_work"\nactions = '
    text = changed(TPSO, (both + '["endorse", "approve"]', both + '["endorse"]'))
    [defect] = defects_of(text)
    assert 'code = "own_work" and actions = ["approve"]' in defect.instead


def test_a_defect_of_a_law_is_placed_in_its_own_file_and_at_its_name(tmp_path):
    (tmp_path / "law").mkdir()
    path = tmp_path / "law" / "official_information_act.toml"
    path.write_text(LAW.replace('confidence = "', 'confidence = "un', 1), encoding="utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        parse_policy(TPSO, source="test.toml", beside=str(tmp_path))
    [defect] = caught.value.exceptions
    line = path.read_text("utf-8").split('confidence = "un')[0].count("\n") + 1
    assert f"law/official_information_act.toml:{line}:1: law.confidence" in defect.where
    assert defect.line == TPSO.split('code = "official_information_act"')[0].count("\n") + 1


def test_a_clock_of_a_law_is_checked_as_one_of_the_policy(tmp_path):
    assert "pauses = [" in LAW
    path = tmp_path / "act.toml"
    path.write_text(LAW.replace('ends = "clarified"', 'ends = "clarification_asked"', 1), "utf-8")
    with pytest.raises(ExceptionGroup) as caught:
        load_law(path)
    assert [one.code for one in caught.value.exceptions] == ["pause_without_sense"]


def slips():
    """Return a word of each name that another entry, or the code, has to know."""
    for word in sorted(set(re.findall(r'"([a-z_]{4,})"', TPSO))):
        at = TPSO.rindex(f'"{word}"')
        key = TPSO[:at].rpartition("\n")[2].partition(" =")[0].strip()
        # What an entry calls itself may be any word, and so may a reason.
        if key not in ("id", "code", "reasons", "wording"):
            yield word, at


@pytest.mark.parametrize(("word", "at"), list(slips()), ids=[word for word, _ in slips()])
def test_one_slip_of_the_hand_is_told_where_it_is_and_makes_no_more(word, at):
    text = f"{TPSO[:at]}{TPSO[at:].replace(word, word[:-2] + word[-1], 1)}"
    found = defects_of(text)
    start = TPSO.rfind("\n", 0, at) + 1
    # A word of a list has a place of its own; any other is found by its key.
    is_item = TPSO[start:at].rstrip(" ").endswith(("[", ","))
    place = (TPSO[:at].count("\n") + 1, at - start + 1 if is_item else 1)
    assert [one.at for one in found] == [place], [str(one) for one in found]
