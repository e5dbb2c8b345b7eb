"""What holds of every decision, whatever valid policy is asked whatever question."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from otp_policy import Assent, Delegation, PolicyDataError, QuestionError, ReasonCode
from otp_policy.questions import parse_question, question_from_json, question_to_json
from otp_policy.validate import validate
from tests.properties.policies import (
    LAWS,
    PEOPLE,
    changed_documents,
    is_ratified,
    policies,
    questions,
)

AUTHORITY = (
    ReasonCode.DELEGATION_NOT_IN_FORCE,
    ReasonCode.WRONG_UNIT,
    ReasonCode.ROLE_MISSING,
)
ORDER = tuple(ReasonCode)
QUESTIONS = 12
"""Questions for each policy: a policy takes far longer to build than a question to answer."""


def asked(data, policy, *, count=QUESTIONS):
    """Return questions that the policy can answer, with its answers."""
    answered = []
    for question in data.draw(st.lists(questions(policy), min_size=count, max_size=count)):
        try:
            answered.append((question, policy.decide(question)))
        except QuestionError:
            # Of a name that is not in force that day; that it is told so is a property below.
            continue
    target(float(sum(decision.allowed for _, decision in answered)))
    return answered


def allows(policy, question):
    return policy.decide(question).allowed


def with_actor(question, **changes):
    return replace(question, actor=replace(question.actor, **changes))


def with_item(question, **changes):
    return replace(question, item=replace(question.item, **changes))


@given(changed_documents())
def test_checking_any_policy_gives_defects_with_their_place_and_nothing_else(document):
    for defect in validate(document, laws=LAWS):
        assert isinstance(defect, PolicyDataError)
        assert defect.code
        assert defect.where
        assert defect.instead


@given(st.data(), policies())
def test_a_decision_is_allowed_or_has_reasons_never_both(data, policy):
    for _, decision in asked(data, policy):
        codes = [finding.code for finding in decision.reasons]
        assert decision.allowed is (not codes)
        assert decision.policy == policy.label
        assert all(finding.clause in policy.document.policy.clauses for finding in decision.reasons)
        assert codes == sorted(set(codes), key=ORDER.index)
        assert sum(code in AUTHORITY for code in codes) <= 1
        assert ReasonCode.NOT_IN_FORCE not in codes or len(codes) == 1


@given(st.data(), policies(), st.text(max_size=8))
def test_an_unknown_name_is_an_error_with_its_place(data, policy, name):
    question = data.draw(questions(policy))
    for wrong, place in (
        (replace(question, action=f"{name}?"), "action"),
        (with_item(question, category=f"{name}?"), "item.category"),
        (with_item(question, channel=f"{name}?"), "item.channel"),
        (with_item(question, urgent_reason=f"{name}?"), "item.urgent_reason"),
    ):
        with pytest.raises(QuestionError) as caught:
            policy.decide(wrong)
        assert caught.value.where in (place, "item.category", "item.channel", "action")


@given(st.data(), policies())
def test_taking_away_a_post_or_a_delegation_never_allows_more(data, policy):
    for question, decision in asked(data, policy):
        for key in ("posts", "delegations"):
            held = getattr(question.actor, key)
            for index in range(min(len(held), 4)):
                less = with_actor(question, **{key: held[:index] + held[index + 1 :]})
                assert decision.allowed or not allows(policy, less)


@given(st.data(), policies())
def test_a_further_contributor_never_allows_more(data, policy):
    for question, decision in asked(data, policy):
        for person in PEOPLE:
            more = (*question.item.contributors, person)
            assert decision.allowed or not allows(policy, with_item(question, contributors=more))


@given(st.data(), policies())
def test_nobody_endorses_or_approves_what_they_contributed_to(data, policy):
    for question, _ in asked(data, policy):
        person = question.actor.id
        mine = with_item(question, contributors=(person, *question.item.contributors))
        for action in ("endorse", "approve"):
            assert not allows(policy, replace(mine, action=action))


@given(st.data(), policies())
def test_nothing_is_published_without_an_approval_of_this_text(data, policy):
    for question, _ in asked(data, policy):
        item = question.item
        counts = any(
            one.digest == item.digest and one.by not in item.contributors for one in item.approvals
        )
        if not counts and not is_ratified(policy, question):
            assert not allows(policy, replace(question, action="publish"))


@given(st.data(), policies())
def test_a_delegation_outside_its_days_changes_no_answer(data, policy):
    for question, _ in asked(data, policy):
        days = timedelta(days=data.draw(st.integers(1, 400)))
        for first, last in (
            (question.on + days, question.on + 2 * days),
            (question.on - 2 * days, question.on - days),
        ):
            orders = tuple(
                Delegation(role=role, unit=question.item.unit, from_on=first, until_on=last)
                for role in policy.roles
            )
            bare = with_actor(question, posts=())
            before = policy.decide(bare)
            after = policy.decide(with_actor(bare, delegations=bare.actor.delegations + orders))
            assert after.allowed is before.allowed
            # Which authority was nearest may be told otherwise; what else is missing may not.
            assert [one for one in after.reasons if one.code not in AUTHORITY] == [
                one for one in before.reasons if one.code not in AUTHORITY
            ]


@given(st.data(), policies())
def test_an_approval_of_another_text_changes_no_answer(data, policy):
    for question, decision in asked(data, policy):
        stale = (*question.item.approvals, Assent(by="u3", digest="sha256:another"))
        assert allows(policy, with_item(question, approvals=stale)) is decision.allowed


@given(st.data(), policies())
def test_the_order_and_repetition_of_what_is_held_mean_nothing(data, policy):
    for question, decision in asked(data, policy):
        actor, item = question.actor, question.item
        turned = replace(
            question,
            actor=replace(actor, posts=actor.posts[::-1] * 2, delegations=actor.delegations[::-1]),
            item=replace(
                item,
                contributors=item.contributors[::-1] * 2,
                slots=item.slots[::-1],
                approvals=item.approvals[::-1] * 2,
                endorsements=item.endorsements[::-1],
            ),
        )
        assert {one.code for one in policy.decide(turned).reasons} == {
            one.code for one in decision.reasons
        }


@given(st.data(), policies())
def test_a_question_in_json_is_the_same_question(data, policy):
    for question, decision in asked(data, policy):
        again = question_from_json(question_to_json(question))
        assert again == question
        assert policy.decide(again) == decision


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("on", "action", "actor", "item", "id", "posts", "role", "category", "x")
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_other_json_is_an_error_with_its_code(value):
    # No value of this strategy has every key that a question needs.
    with pytest.raises(QuestionError) as caught:
        question_from_json(value)
    assert caught.value.code


@given(st.binary(max_size=60))
def test_any_other_bytes_are_an_error(line):
    with pytest.raises(QuestionError):
        parse_question(line)
