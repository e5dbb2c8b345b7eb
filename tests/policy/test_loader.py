"""Every defect of a policy file, at once, each with its place."""

import re
from importlib.resources import files

import pytest

import otp_policy
from otp_policy import PolicyDataError, PolicyNotFoundError, load_policy
from otp_policy.loader import parse_policy, shipped_policies

TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")


def defects_of(text):
    with pytest.raises(ExceptionGroup) as caught:
        parse_policy(text, source="test.toml")
    assert all(isinstance(one, PolicyDataError) for one in caught.value.exceptions)
    return list(caught.value.exceptions)


def changed(old, new):
    assert old in TPSO, old
    return TPSO.replace(old, new, 1)


def without(table, having):
    """Return the policy without the first entry of *table* that contains *having*."""
    blocks = re.split(r"(?m)^(?=\[)", TPSO)
    at = next(
        i for i, block in enumerate(blocks) if block.startswith(f"[[{table}]]") and having in block
    )
    return "".join(blocks[:at] + blocks[at + 1 :])


def test_the_shipped_policies_have_no_defect():
    for name in shipped_policies():
        assert load_policy(name).id == name


def test_a_policy_is_loaded_by_path_too(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TPSO.replace("\n", "\r\n").encode())
    assert load_policy(path).label == "tpso@2019-05-25"


@pytest.mark.parametrize("name", ["nowhere", "/nowhere/at/all.toml", "../tpso", "", "a\0b"])
def test_what_is_neither_shipped_nor_a_file_is_not_found(name):
    with pytest.raises(PolicyNotFoundError):
        load_policy(name)


FORM = [
    (changed('code = "yp"', 'cod = "yp"'), {"unknown_key", "missing_key"}),
    (changed("[[unit]]", "[[units]]"), {"unknown_table"}),
    (changed("urgent_only = true", "urgent_only = 1"), {"wrong_type"}),
    (changed("review_every_months = 6", "review_every_months = 0"), {"wrong_type"}),
    (changed("review_every_months = 6", "review_every_months = true"), {"wrong_type"}),
    (changed('units = ["yp"]', 'units = "yp"'), {"wrong_type"}),
    (changed("number = 1", 'number = "1"'), {"wrong_type"}),
    (changed('en = "Others"', 'fr = "Autres"'), {"wrong_type"}),
    (changed('en = "Others"', 'en = " "'), {"wrong_type"}),
    (
        changed("effective_from = 2019-05-25", 'effective_from = "2019-05-25"'),
        {"wrong_type"},
    ),
    (
        changed("effective_from = 2019-05-25", "effective_from = 2019-05-25T00:00:00"),
        None,
    ),
    (
        changed("effective_from = 2019-05-25", "effective_from = 2019-02-30"),
        {"not_toml"},
    ),
    (changed('action = "publish"', 'action = "publsh"'), {"unknown_value"}),
    (changed('action = "publish"', "action = 4"), {"wrong_type"}),
    (changed('code = "own_work"', 'code = "own_wrk"'), {"unknown_value"}),
    (changed('actions = ["respond"]', "actions = []"), {"wrong_type"}),
    (changed("[commencement]", "[[commencement]]"), {"wrong_type"}),
    (changed('id = "tpso"', 'id = "tpso"\nid = "x"'), {"not_toml"}),
    (
        "unit = 1\n" + TPSO.replace("[[unit]]", "[[unti]]"),
        {"wrong_type", "unknown_table"},
    ),
    ("x = " + "[" * 100_000, {"not_toml"}),
    ("x = " + "9" * 10_000, {"not_toml"}),
]


@pytest.mark.parametrize(("text", "codes"), FORM, ids=range(len(FORM)))
def test_a_fault_of_form_is_refused(text, codes):
    found = {defect.code for defect in defects_of(text)}
    assert (codes or {"wrong_type"}) <= found


def test_text_that_is_not_utf_8_is_refused_with_its_line():
    [defect] = defects_of(b'[policy]\nid = "\xff"\n')
    assert (defect.code, defect.line) == ("not_utf8", 2)


OTHER = 'label = { th = "อื่นๆ"'
BY_OWNER = 'authority = "channel_owner"'
CONTENT = [
    (changed('categories = ["news"]', 'categories = ["nws"]'), "undeclared_category", "rule"),
    (changed('owner = "yp"', 'owner = "yq"'), "undeclared_unit", "channel[1].owner"),
    (
        changed('requires_live = "website"', 'requires_live = "web"'),
        "undeclared_channel",
        "channel[1].requires_live",
    ),
    (
        changed('publisher_role = "social_publisher"', 'publisher_role = "web_publisher"'),
        "channel_without_publisher",
        "channel[1].publisher_role",
    ),
    (changed('requires_live = "website"\n', ""), "first_channel", "channel"),
    (changed('requires_live = "website"', 'requires_live = "facebook"'), "first_channel", ""),
    (changed('units = ["yp"]', "units = []"), "role_without_unit", "role[4]"),
    (
        changed('binding = "office"', 'binding = "office"\nunits = ["yp"]'),
        "role_units_unused",
        "role[2].units",
    ),
    (changed('clause = "annex 2.2"', 'clause = "annex 2.3"'), "undeclared_clause",
     "provision[7].clause"),
    (changed('clause = "annex 1 step 6, remark"', 'clause = "annex 1"'), "clause_not_carried",
     "policy"),
    (changed('    "annex 2.2",\n', '    "annex 2.2",\n    "annex 2.2",\n'), "clause_twice", ""),
    (
        changed('"annex 2.1", "annex 2.2"]', '"annex 2.1", "annex 2.9"]'),
        "undeclared_clause",
        "provision[3].carried_out_by",
    ),
    (changed('timezone = "Asia/Bangkok"', 'timezone = "Asia/X"'), "unknown_timezone", "policy"),
    (changed("step = 3", "step = 7"), "undeclared_step", "remark[0].step"),
    (changed('unit = "data_centre"', 'unit = "centre"'), "undeclared_unit", "report[0].unit"),
    (without("rule", '"approve"\ncategories = ["basic'), "category_without_approver", "category"),
    (without("rule", 'action = "respond"'), "action_without_role", "category"),
    (without("duty", 'category = "news"'), "category_without_duty", "category[3]"),
    (without("requirement", '"own_work"'), "safeguard_missing", "requirement"),
    (without("requirement", '"approval_stale"'), "safeguard_missing", "requirement"),
    (without("requirement", '"endorsement_stale"'), "safeguard_missing", "requirement"),
    (without("requirement", '"delegation_not_in_force"'), "safeguard_missing", "requirement"),
    (without("urgent", "approve_first"), "urgent_not_single", "urgent"),
    (without("rule", 'roles = ["division_director"]\nclause = "annex 1 step 3"'), "", "category"),
    (
        changed('roles = ["web_publisher", "social_publisher"]\nclause = "annex 1 step 4"',
                'roles = ["pr_representative"]\nclause = "annex 1 step 4"'),
        "step_without_role",
        "step[3].roles",
    ),
    (
        changed(OTHER, f"effective_until = 2018-01-01\n{OTHER}"),
        "period_reversed",
        "category[5].effective_until",
    ),
    (
        changed(OTHER, f"effective_until = 2030-01-01\n{OTHER}"),
        "undeclared_category",
        "rule",
    ),
    (TPSO + TPSO[TPSO.index("[[law]]") :], "overlap", "law[1]"),
    (re.sub(r"(?m)^\[\[category]]\n(.+\n)+", "", TPSO), "no_category", "category"),
    (re.sub(r"(?m)^\[\[step]]\n(.+\n)+", "", TPSO), "no_step", "step"),
    (changed('units = ["yp"]', 'units = ["yp", "yp"]'), "listed_twice", "role[4].units"),
    (changed('["correct", "withdraw"]', '["correct", "correct"]'), "listed_twice", "step[4]"),
    (
        changed('code = "slot_missing"', 'code = "role_missing"'),
        "requirement_out_of_place",
        "requirement[4].code",
    ),
    (
        changed(BY_OWNER, f'{BY_OWNER}\nroles = ["web_publisher"]'),
        "contradiction",
        "rule[2].roles",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "where"), CONTENT, ids=[c[1] or "gap" for c in CONTENT])
def test_a_gap_or_contradiction_is_refused(text, code, where):
    found = defects_of(text)
    assert any(code in one.code and one.where.startswith(where) for one in found), [
        (one.code, str(one)) for one in found
    ]
    assert all(one.instead for one in found)


def test_two_rules_for_the_same_role_overlap():
    rule = TPSO[TPSO.index('[[rule]]\naction = "prepare"') :].split("\n\n")[0]
    [defect] = defects_of(f"{TPSO}\n{rule}\n")
    assert (defect.code, defect.where) == ("overlap", "rule[14]")


def test_all_defects_come_at_once_in_the_order_of_the_file():
    text = TPSO
    for old, new in [
        ("Asia/Bangkok", "Asia/Bangk"),
        ('owner = "yp"', 'owner = "yq"'),
        ('action = "publish"', 'action = "publsh"'),
        ("review_every_months = 1\n", "review_every_month = 1\n"),
    ]:
        assert old in text
        text = text.replace(old, new, 1)
    found = defects_of(text)
    codes = [defect.code for defect in found]
    for code in ["unknown_timezone", "undeclared_unit", "unknown_value", "unknown_key"]:
        assert code in codes
    lines = [defect.line for defect in found]
    assert lines == sorted(lines)


NOBODY = '[[category]]\ncode = "maps"\nclause = "announcement 1(6)"\neffective_from = 2019-05-25\n'
TWO = {
    "a dangling name and a category nobody approves": (
        [('owner = "yp"', 'owner = "yq"'), ("", f'{NOBODY}label = {{ th = "ก", en = "a" }}\n')],
        {("channel[1].owner", "undeclared_unit"), ("category[6]", "category_without_approver")},
    ),
    "a rule for a misspelt category and a category nobody approves": (
        [('categories = ["news"]\nroles = ["d', 'categories = ["nws"]\nroles = ["d'),
         ("", f'{NOBODY}label = {{ th = "ก", en = "a" }}\n')],
        {("rule[5].categories[0]", "undeclared_category"),
         ("category[6]", "category_without_approver")},
    ),
    "a dangling name and a step nobody takes": (
        [('category = "news"', 'category = "nws"'),
         ('actions = ["prepare"]\nroles = ["pr_representative"]',
          'actions = ["prepare"]\nroles = []')],
        {("duty[3].category", "undeclared_category"), ("step[0].roles", "step_without_role")},
    ),
    "two keys of one entry": (
        [('owner = "yp"\npublisher_role = "social_publisher"', 'owner = 3\npublisher_role = "x"')],
        {("channel[1].owner", "wrong_type"), ("channel[1].publisher_role", "undeclared_role")},
    ),
    "two keys of the header": (
        [('id = "tpso"', "id = 7"), ("Asia/Bangkok", "Asia/X")],
        {("policy.id", "wrong_type"), ("policy.timezone", "unknown_timezone")},
    ),
    "two values of one list": (
        [('actions = ["correct", "withdraw"]', 'actions = ["corect", "destroy"]')],
        {("step[4].actions[0]", "unknown_value"), ("step[4].actions[1]", "unknown_value")},
    ),
    "a clause that is no text and one that nothing carries": (
        [('    "annex 2.2",\n', '    "annex 2.2",\n    23,\n    "annex 2.4",\n')],
        {("policy.clauses[25]", "wrong_type"), ("policy.clauses[25]", "clause_not_carried")},
    ),
    "a rule that cannot be read and a clause that nothing carries": (
        [('action = "respond"', "action = 4"), ("Each must", "Each"),
         ('    "annex 2.2",\n', '    "annex 2.2",\n    "annex 2.4",\n')],
        {("rule[12].action", "wrong_type"), ("policy.clauses[25]", "clause_not_carried")},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), TWO.values(), ids=TWO)
def test_no_defect_hides_another(changes, expected):
    text = TPSO
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1) if old else f"{text}\n{new}"
    found = {(defect.where, defect.code) for defect in defects_of(text)}
    assert expected <= found, found


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ('action = "prepare"', 'action = "prepair"', "unknown_value", "rule[0].action"),
        ('["prepare"]', '["prepair"]', "unknown_value", "step[0].actions[0]"),
        ('code = "own_work"', 'code = "own_wrk"', "unknown_value", "requirement[1].code"),
        ('categories = ["news"]\nroles = ["d', 'categories = ["nws"]\nroles = ["d',
         "undeclared_category", "rule[5].categories[0]"),
        ('binding = "item_unit"', 'binding = "everywhere"', "unknown_value", "role[0].binding"),
        ('carried_out_by = ["annex 2.1", ', "carried_out_by = [3, ", "wrong_type",
         "provision[3].carried_out_by[0]"),
        ("number = 6", "number = 0", "wrong_type", "step[5].number"),
    ],
)  # fmt: skip
def test_one_slip_is_one_defect(old, new, code, where):
    found = defects_of(changed(old, new))
    assert {(defect.where, defect.code) for defect in found} - {
        # That the remark has no step left is true all the same.
        ("remark[3].step", "undeclared_step")
    } == {(where, code)}


def test_a_defect_names_its_line_and_what_to_write_instead():
    [defect] = defects_of(changed('action = "publish"', 'action = "publsh"'))
    line = TPSO[: TPSO.index('action = "publish"')].count("\n") + 1
    assert defect.line == line
    assert str(defect) == "rule[8].action: unknown action `publsh`"
    assert defect.instead == "write `publish`"


def test_one_entry_that_cannot_be_read_makes_no_false_alarms():
    [defect] = defects_of(changed('label = { th = "Line", en = "LINE" }\n', ""))
    assert (defect.code, defect.where) == ("missing_key", "channel[1].label")


def test_a_table_without_a_name_has_a_place_too():
    found = defects_of('[""]\n' + TPSO)
    assert [(one.code, one.where) for one in found] == [("unknown_table", '""')]
