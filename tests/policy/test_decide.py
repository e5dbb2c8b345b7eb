"""The decisions of the shipped policy, from a table that the policy officer can read."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

import pytest

from otp_policy import (
    Action,
    Actor,
    Assent,
    Decision,
    Delegation,
    Item,
    Post,
    Question,
    QuestionError,
    ReasonCode,
    Slot,
    load_policy,
)

POLICY = load_policy("tpso")
TODAY = date(2026, 11, 23)
HERE = Path(__file__).parent
MUNICIPALITY = load_policy("example_municipality")


def cases_of(name):
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))["case"]


CASES = cases_of("decide_cases.toml")
EXAMPLES = cases_of("municipality_cases.toml")
KEYS = {
    "clause", "why", "on", "action", "category", "channel", "urgent", "urgent_reason", "holds",
    "delegated", "contributors", "endorsed_by", "endorsed_before", "approved_by",
    "approved_before", "slots", "live", "refused",
}  # fmt: skip


def question_of(case):
    assert set(case) <= KEYS, set(case) - KEYS
    return Question(
        on=case.get("on", TODAY),
        action=case["action"],
        actor=Actor(
            id="u1",
            posts=tuple(
                Post(role=role, unit=unit, acting=bool(rest))
                for role, unit, *rest in case.get("holds", ())
            ),
            delegations=tuple(
                Delegation(
                    role=order["role"],
                    unit=order["unit"],
                    from_on=order["from"],
                    until_on=order["until"],
                )
                for order in case.get("delegated", ())
            ),
        ),
        item=item_of(case),
    )


def item_of(case):
    at = datetime(2026, 11, 24, 2, tzinfo=UTC)
    return Item(
        category=case["category"],
        unit="division-a",
        digest="now",
        contributors=tuple(case.get("contributors", ())),
        live="live" in case,
        live_digest=case.get("live", ""),
        urgent=case.get("urgent", False),
        urgent_reason=case.get("urgent_reason", ""),
        channel=case.get("channel", ""),
        slots=tuple(
            Slot(
                channel=channel,
                at=at,
                confirmed_by="u5" if state == "confirmed" else "",
            )
            for channel, state in case.get("slots", {}).items()
        ),
        endorsements=assents(case, "endorsed"),
        approvals=assents(case, "approved"),
    )


def assents(case, word):
    return (
        *(Assent(by=by, digest="before") for by in case.get(f"{word}_before", ())),
        *(Assent(by=by, digest="now") for by in case.get(f"{word}_by", ())),
    )


ASKED = [*((POLICY, case) for case in CASES), *((MUNICIPALITY, case) for case in EXAMPLES)]


@pytest.mark.parametrize(
    ("policy", "case"), ASKED, ids=[f"{p.id} {c['clause']}: {c['why']}" for p, c in ASKED]
)
def test_case(policy, case):
    decision = policy.decide(question_of(case))
    given = [
        {
            "code": reason.code.value,
            "clause": reason.clause,
            "reading": reason.interpretation,
        }
        for reason in decision.reasons
    ]
    assert given == case.get("refused", [])
    assert decision.allowed is (not given)
    assert decision.policy == policy.label


def test_every_clause_of_the_policy_has_a_case():
    assert {case["clause"] for case in CASES} == set(POLICY.document.policy.clauses)


def test_every_reason_code_has_a_case():
    given = {reason["code"] for case in (*CASES, *EXAMPLES) for reason in case.get("refused", ())}
    assert given == {code.value for code in ReasonCode}


def test_every_action_is_both_allowed_and_refused():
    assert {case["action"] for case in CASES if "refused" not in case} == set(Action)
    assert {case["action"] for case in CASES if "refused" in case} == set(Action)


def test_every_rule_and_requirement_is_cited_or_carries_an_allowed_case():
    cited = {reason["clause"] for case in CASES for reason in case.get("refused", ())}
    carried = cited | {case["clause"] for case in CASES}
    for entry in (*POLICY.document.rule, *POLICY.document.requirement):
        assert entry.clause in carried, entry.place.where()


PREPARE = question_of({"action": "prepare", "category": "news", "holds": []})


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"action": "aprove"}, "unknown_action", "action"),
        ({"item": {"category": "nws"}}, "unknown_category", "item.category"),
        ({"item": {"channel": "tiktok"}}, "unknown_channel", "item.channel"),
        (
            {"item": {"slots": (Slot(channel="line"), Slot(channel="x"))}},
            "unknown_channel",
            "item.slots[1].channel",
        ),
        (
            {"item": {"urgent_reason": "bored"}},
            "unknown_urgent_reason",
            "item.urgent_reason",
        ),
        (
            {"actor": Actor(id="u1", posts=(Post(role="boss", unit="division-a"),))},
            "unknown_role",
            "actor.posts[0].role",
        ),
        (
            {
                "actor": Actor(
                    id="u1",
                    delegations=(Delegation(role="boss", from_on=TODAY, until_on=TODAY),),
                )
            },
            "unknown_role",
            "actor.delegations[0].role",
        ),
    ],
)
@pytest.mark.parametrize("on", [TODAY, date(2019, 5, 24)])
def test_an_unknown_name_is_an_error_on_any_day(changes, code, where, on):
    changes = dict(changes)
    item = replace(PREPARE.item, **changes.pop("item", {}))
    with pytest.raises(QuestionError) as caught:
        POLICY.decide(replace(PREPARE, item=item, on=on, **changes))
    assert (caught.value.code, caught.value.where) == (code, where)


def test_units_and_people_are_opaque():
    post = Post(role="pr_representative", unit="หน่วยงาน 🏛")
    item = replace(PREPARE.item, unit="หน่วยงาน 🏛")
    actor = Actor(id="ก" * 500, posts=(post,))
    assert POLICY.decide(replace(PREPARE, actor=actor, item=item)).allowed


def test_an_actor_without_a_unit_is_not_in_the_items_unit():
    actor = Actor(id="u1", posts=(Post(role="pr_representative"),))
    reasons = POLICY.decide(replace(PREPARE, actor=actor)).reasons
    assert [reason.code for reason in reasons] == [ReasonCode.WRONG_UNIT]


def every_question():
    """Return a question for each mixture of what can matter, a few thousand."""
    roles = [
        "pr_representative",
        "division_director",
        "office_director",
        "web_publisher",
    ]
    for action, category, channel, role, unit, live, text in product(
        Action,
        ["news", "other"],
        ["", "line"],
        [*roles, "social_publisher"],
        ["division-a", "division-b", "data_centre", "yp"],
        [False, True],
        ["", "now", "before"],
    ):
        assents = (Assent(by="u2", digest=text),) if text else ()
        item = replace(
            PREPARE.item,
            category=category,
            channel=channel,
            live=live,
            live_digest="now",
            endorsements=assents,
            approvals=assents,
            slots=(Slot(channel="website", confirmed_by="u5"), Slot(channel="line")),
        )
        actor = Actor(id="u1", posts=(Post(role=role, unit=unit),))
        yield Question(on=TODAY, action=action, actor=actor, item=item)


def test_never_allowed_with_a_reason_nor_refused_without_one():
    order = list(ReasonCode)
    for question in every_question():
        decision = POLICY.decide(question)
        codes = [reason.code for reason in decision.reasons]
        assert decision.allowed is (not codes)
        assert codes == sorted(set(codes), key=order.index)
        assert all(reason.clause in POLICY.document.policy.clauses for reason in decision.reasons)


def test_taking_a_role_away_never_allows_more():
    for question in every_question():
        if POLICY.decide(replace(question, actor=Actor(id="u1"))).allowed:
            pytest.fail(f"allowed without any role: {question}")


def test_contributing_never_allows_more():
    for question in every_question():
        item = replace(question.item, contributors=("u1",))
        if POLICY.decide(replace(question, item=item)).allowed:
            assert POLICY.decide(question).allowed


def test_the_same_question_always_gets_the_same_answer():
    question = question_of(CASES[-1])
    assert POLICY.decide(question) == load_policy("tpso").decide(question)
    assert isinstance(POLICY.decide(question), Decision)
