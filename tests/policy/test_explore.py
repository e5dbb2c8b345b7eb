"""What policies make possible: shipped ones keep every promise, mutilated ones tell how not."""

import random
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import otp_policy
from otp_policy.exploration.cast import Cast, Circumstances
from otp_policy.exploration.guard import Guard, name_of
from otp_policy.exploration.life import Move, begin
from otp_policy.exploration.mend import mended_on
from otp_policy.exploration.promises import Terms
from otp_policy.exploration.search import breach_of
from otp_policy.explore import explore
from otp_policy.loader import read_document, shipped_policies
from otp_policy.model import Action
from otp_policy.policy import Policy

ROOT = Path(otp_policy.__file__).parent.parent
TEXTS = {
    name: files(otp_policy).joinpath(f"data/policies/{name}.toml").read_text(encoding="utf-8")
    for name in ("tpso", "example_municipality")
}
MOST_STATES_OF_A_CATEGORY = 8_000


def without(text, table, having):
    """Return the policy without the first entry of *table* that contains *having*."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    at = next(
        i for i, block in enumerate(blocks) if block.startswith(f"[[{table}]]") and having in block
    )
    return "".join(blocks[:at] + blocks[at + 1 :])


def changed(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


def explored(text, *categories):
    document = read_document(text, source="test.toml").document
    return list(explore(document, categories=categories))


def traces(text, category):
    """Return the promises that can be broken for a category, each with its first trace."""
    found = {}
    for one in explored(text, category):
        assert one.is_complete
        for breach in one.breaches:
            found.setdefault(breach.promise, breach.trace)
    return found


def first_trace(text, category, promise):
    """Return how a promise is broken first for a category, and explore no further."""
    return next(
        breach.trace
        for one in explore(read_document(text, source="test.toml").document, categories=[category])
        for breach in one.breaches
        if breach.promise == promise
    )


@pytest.mark.parametrize("name", TEXTS)
def test_the_shipped_policies_keep_every_promise(name):
    explorations = explored(TEXTS[name])
    document = read_document(TEXTS[name], source=name).document
    assert {one.category for one in explorations} == {entry.code for entry in document.category}
    assert {one.urgent for one in explorations} == {False, True}
    assert {channel for one in explorations for channel in one.channels} == {
        channel.code for channel in document.channel
    }
    for one in explorations:
        assert one.breaches == (), one.subject
        assert one.is_complete
        # Small enough to be quick, large enough to be a life: edits, two channels, three people.
        assert 500 < one.states < MOST_STATES_OF_A_CATEGORY


def test_every_shipped_policy_is_explored_here():
    assert set(TEXTS) >= set(shipped_policies())


TPSO, TOWN = TEXTS["tpso"], TEXTS["example_municipality"]
WRITES = "1. A, `pr_representative` of the item's unit, writes the first text."
REQUIREMENT_TO_APPROVE = """
[[requirement]]
code = "approval_missing"
actions = ["approve"]
clause = "annex 1 step 3"
effective_from = 2019-05-25
label = { th = "ก", en = "a" }
"""

MUTILATED = {
    "published without its approval": (
        without(TPSO, "requirement", '"approval_missing"'),
        "news",
        "not_approved",
        [
            WRITES,
            "2. A proposes a time on `website`.",
            "3. B, `web_publisher` of `data_centre`, confirms the time on `website`.",
            "4. B publishes the first text on `website`.",
        ],
    ),
    "changed after its approval": (
        without(TPSO, "requirement", '"approval_stale"'),
        "news",
        "changed_after_approval",
        [
            WRITES,
            "2. B, `division_director` of the item's unit, approves the first text.",
            "3. A changes it to the second text.",
            "4. A proposes a time on `website`.",
            "5. C, `web_publisher` of `data_centre`, confirms the time on `website`.",
            "6. C publishes the second text on `website`.",
        ],
    ),
    "own work approved": (
        without(TPSO, "requirement", '"own_work"'),
        "news",
        "own_work",
        [
            "1. A, `division_director` of the item's unit and `pr_representative` of the item's "
            "unit, writes the first text.",
            "2. A approves the first text.",
        ],
    ),
    "own work endorsed": (
        changed(TPSO, 'code = "own_work"\nactions = ["endorse", "approve"]',
                'code = "own_work"\nactions = ["approve"]'),
        "procurement",
        "own_work",
        [
            "1. A, `division_director` of the item's unit and `pr_representative` of the item's "
            "unit, writes the first text.",
            "2. A endorses the first text.",
        ],
    ),
    "approved without an endorsement": (
        without(TPSO, "requirement", '"endorsement_missing"'),
        "other",
        "not_endorsed",
        [WRITES, "2. B, `office_director`, approves the first text."],
    ),
    "approved on the endorsement of an earlier text": (
        without(TPSO, "requirement", '"endorsement_stale"'),
        "other",
        "not_endorsed",
        [
            WRITES,
            "2. B, `division_director` of the item's unit, endorses the first text.",
            "3. A changes it to the second text.",
            "4. C, `office_director`, approves the second text.",
        ],
    ),
    "elsewhere before the website": (
        without(TPSO, "requirement", '"website_not_live"'),
        "news",
        "first_channel_not_live",
        [
            WRITES,
            "2. B, `division_director` of the item's unit, approves the first text.",
            "3. C, `pr_representative` of the item's unit, proposes a time on `line`.",
            "4. D, `social_publisher` of `yp`, confirms the time on `line`.",
            "5. D publishes the first text on `line`.",
        ],
    ),
    "the same text out twice": (
        without(TPSO, "requirement", '"already_live"'),
        "news",
        "published_twice",
        [
            WRITES,
            "2. B, `division_director` of the item's unit, approves the first text.",
            "3. C, `pr_representative` of the item's unit, proposes a time on `website`.",
            "4. D, `web_publisher` of `data_centre`, confirms the time on `website`.",
            "5. D publishes the first text on `website`.",
            "6. D publishes the first text on `website`.",
        ],
    ),
    "a channel that waits for no other": (
        changed(TPSO, 'requires_live = "website"\n', ""),
        "news",
        "first_channel_not_live",
        [
            WRITES,
            "2. B, `division_director` of the item's unit, approves the first text.",
            "3. C, `pr_representative` of the item's unit, proposes a time on `line`.",
            "4. D, `social_publisher` of `yp`, confirms the time on `line`.",
            "5. D publishes the first text on `line`.",
        ],
    ),
    "urgent on one person's word": (
        without(TOWN, "requirement", '"second_person_missing"'),
        "basic_information",
        "urgent_without_second_person",
        [
            "1. A, `information_officer` of the item's unit, writes the first text.",
            "2. A proposes a time on `website`.",
            "3. B, `web_editor` of `public_relations`, confirms the time on `website`.",
            "4. B publishes the first text on `website`.",
        ],
    ),
    "urgent without a reason": (
        without(TOWN, "requirement", '"urgent_reason_missing"'),
        "basic_information",
        "urgent_without_reason",
        [
            "1. A, `information_officer` of the item's unit, writes the first text.",
            "2. B, `bureau_director` of the item's unit, endorses the first text.",
            "3. A proposes a time on `website`.",
            "4. C, `web_editor` of `public_relations`, confirms the time on `website`.",
            "5. C publishes the first text on `website`.",
        ],
    ),
    "urgent and never to be approved": (
        without(TOWN, "rule", 'action = "approve"\ncategories = ["basic_information"'),
        "basic_information",
        "not_ratifiable",
        [
            "1. A, `information_officer` of the item's unit, writes the first text.",
            "2. B, `bureau_director` of the item's unit, endorses the first text.",
            "3. A proposes a time on `website`.",
            "4. C, `web_editor` of `public_relations`, confirms the time on `website`.",
            "5. C publishes the first text on `website`.",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "category", "promise", "trace"), MUTILATED.values(), ids=MUTILATED
)
def test_a_mutilated_policy_tells_the_shortest_way_to_break_it(text, category, promise, trace):
    found = first_trace(text, category, promise)
    assert list(found[:-1]) == trace
    assert found[-1].startswith("This breaks: ")


def test_what_is_not_mutilated_keeps_its_promises():
    # Only where somebody endorses can an endorsement be missing.
    text = without(TPSO, "requirement", '"endorsement_missing"')
    assert traces(text, "news") == {}
    assert set(traces(text, "other")) == {"not_endorsed"}


STUCK = {
    "nobody approves": (
        without(TPSO, "rule", '"approve"\ncategories = ["basic'),
        "cannot be approved: `approve` is refused even to somebody who holds every role "
        "(`role_missing`)",
    ),
    "nobody endorses": (
        changed(TPSO, 'roles = ["division_director"]', 'roles = ["nobody"]'),
        "cannot be endorsed: `endorse` is refused",
    ),
    "nobody confirms a time": (
        without(TPSO, "rule", 'action = "confirm_slot"'),
        "cannot go out on `website`: `confirm_slot` on `website` is refused even to somebody who "
        "holds every role (`role_missing`)",
    ),
    "nobody publishes on a channel": (
        changed(TPSO, 'publisher_role = "social_publisher"', 'publisher_role = "nobody"'),
        "cannot go out on `line`: `publish` on `line` is refused",
    ),
    "an approval waits for itself": (
        TPSO + REQUIREMENT_TO_APPROVE,
        "cannot be approved: `approve` is refused even to somebody who holds every role "
        "(`approval_missing`)",
    ),
    "nobody corrects": (
        without(without(TPSO, "rule", 'action = "correct"'), "rule", 'action = "correct"'),
        "cannot be corrected: `correct` is refused",
    ),
    "nobody withdraws": (
        without(TPSO, "rule", 'action = "withdraw"'),
        "cannot be withdrawn: `withdraw` is refused",
    ),
    "nobody attests": (
        without(TPSO, "rule", 'action = "attest"'),
        "cannot be attested: `attest` is refused",
    ),
    "nobody responds": (
        without(TPSO, "rule", 'action = "respond"'),
        "cannot be asked about: `respond` is refused",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), STUCK.values(), ids=STUCK)
def test_a_life_that_cannot_go_on_says_at_which_step(text, sentence):
    [told] = first_trace(text, "basic_information", "stuck")
    assert sentence in told


def test_each_stretch_of_days_is_explored_that_decides_otherwise():
    block = TPSO[TPSO.index('[[requirement]]\ncode = "approval_missing"') :].split("\n\n")[0]
    ended = block.replace(
        "effective_from = 2019-05-25",
        "effective_from = 2019-05-25\neffective_until = 2026-09-30",
    )
    explorations = explored(TPSO.replace(block, ended), "news")
    broken = {one.starts_on.isoformat(): bool(one.breaches) for one in explorations}
    assert broken == {"2019-05-25": False, "2026-10-01": True}


def test_a_policy_without_a_first_channel_is_not_explored():
    text = changed(TPSO, 'code = "website"', 'code = "website"\nrequires_live = "line"')
    assert explored(text) == []


def check_deep(path):
    done = subprocess.run(
        [sys.executable, "-m", "otp_policy", "check", "--deep", str(path)],
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()


def test_the_command_proves_a_shipped_policy():
    code, lines, _ = check_deep("tpso")
    assert code == 0
    assert len(lines) == 6
    assert all(re.match(r"proved: `\w+` from 2019-05-25: \d+ states", line) for line in lines)


def test_the_command_prints_defects_and_the_way_to_break_it(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(without(TPSO, "requirement", '"own_work"'), encoding="utf-8")
    code, lines, _ = check_deep(path)
    assert code == 1
    assert any("[safeguard_missing]" in line for line in lines)
    assert "  2. A approves the first text." in lines
    assert any(line.startswith("broken [own_work] in `news` on `website`") for line in lines)


def test_a_promise_that_no_check_asks_for_is_found_by_exploring_alone(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(without(TPSO, "requirement", '"website_not_live"'), encoding="utf-8")
    code, lines, err = check_deep(path)
    assert code == 1
    assert "no defect" in err
    assert any(line.startswith("broken [first_channel_not_live]") for line in lines)


def test_what_cannot_be_read_is_not_explored(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(TPSO.replace('action = "publish"', 'action = "publsh"'), encoding="utf-8")
    code, lines, err = check_deep(path)
    assert code == 1
    assert all("proved" not in line for line in lines)
    assert "not explored" in err


def walks(text, category, *, count, length):
    """Return the promises broken by people who act by chance, one role each."""
    document = read_document(text, source="test.toml").document
    day = document.commencement.effective_from
    today = mended_on(document, day)
    policy = Policy(today)
    cast = Cast(policy, today, on=day)
    circumstances = Circumstances(on=day, category=category)
    members = [member for member in cast.members if cast.powers(member, circumstances)]
    channels = [channel.code for channel in document.channel][:2]
    people = [member.named(name_of(index)) for index, member in enumerate(members)]
    people.append(cast.everybody.named(name_of(len(people))))
    guard = Guard(
        policy,
        circumstances=circumstances,
        unit=cast.item_unit,
        channels=channels,
        actor=people.__getitem__,
    )
    terms = Terms(endorsed=category != "news", ratified=False, has_reason=False)
    broken, published = set(), 0
    for seed in range(count):
        chance, state = random.Random(seed), begin(len(channels))
        for _ in range(length):
            action = chance.choice(["prepare", "propose_slot", "confirm_slot", "publish",
                                    "correct", *["endorse", "approve"] * 2])  # fmt: skip
            if state.current is None and action != "prepare":
                continue
            move = Move(
                Action(action),
                chance.randrange(len(people)),
                chance.randrange(2) if action.endswith(("slot", "publish")) else 0,
                chance.choice(state.edits()) if action in ("prepare", "correct") else 0,
            )
            if guard.decide(state, move).allowed:
                broken.add(breach_of(guard, terms, state=state, move=move))
                state = state.after(move)
                published += action == "publish"
    assert published > count / 20
    return broken - {""}


@pytest.mark.parametrize("category", ["news", "other"])
def test_people_of_one_role_who_forget_nothing_break_no_proved_promise(category):
    assert walks(TPSO, category, count=400, length=150) == set()


def test_what_chance_breaks_the_search_has_found():
    text = TPSO
    for code in ("approval_stale", "website_not_live", "own_work", "endorsement_stale"):
        text = without(text, "requirement", f'"{code}"')
    by_chance = walks(text, "other", count=400, length=150)
    assert {"own_work", "changed_after_approval"} <= by_chance
    assert by_chance <= set(traces(text, "other"))
