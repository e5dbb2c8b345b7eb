"""When information is due again: a table worked out by hand, and a slow second opinion."""

import json
import random
import tomllib
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

import otp_policy
from otp_policy import QuestionError, load_policy
from otp_policy.due_questions import freshness_to_json, parse_freshness_question
from otp_policy.freshness import FreshnessQuestion, Period, followed_from, freshness
from otp_policy.loader import parse_policy

HERE = Path(__file__).parent
DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)
TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")
ANNUAL = 'kind = "procurement_annual_report"\ndays_after_fiscal_year_end = '


def january():
    changes = {
        "fiscal_year_starts_month = 10": "fiscal_year_starts_month = 1",
        'weekend = ["saturday", "sunday"]': 'weekend = ["friday", "saturday"]',
        f"{ANNUAL}90": f"{ANNUAL}0",
    }
    text = TPSO
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_policy(text, source="january")


POLICIES = {
    "tpso": load_policy("tpso"),
    "municipality": load_policy("example_municipality"),
    "january": january(),
}
CASES = tomllib.loads((HERE / "freshness_cases.toml").read_text(encoding="utf-8"))["case"]
DAYS_ASKED = {"first_published_on", "last_reviewed_on", "covers_until", "followed_from", "holidays"}
ASKED = {"category", "kind", *DAYS_ASKED}
KEYS = {"clause", "why", "policy", "on", "due_on", "state", "rule", "refused", *ASKED}


def ask(policy, question):
    line = json.dumps(question, default=date.isoformat)
    return freshness_to_json(freshness(policy, parse_freshness_question(line)))


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{c.get('policy', 'tpso')} {c['clause']}: {c['why']}" for c in CASES]
)
def test_case(case):
    assert set(case) <= KEYS, set(case) - KEYS
    policy = POLICIES[case.get("policy", "tpso")]
    question = {"on": TODAY} | {key: case[key] for key in ("on", *ASKED) if key in case}
    if "refused" in case:
        with pytest.raises(QuestionError) as caught:
            ask(policy, question)
        assert [caught.value.code, caught.value.where] == case["refused"]
        return
    answer = ask(policy, question)
    due = case["due_on"].isoformat() if "due_on" in case else None
    given = {"due_on": answer["due_on"], "state": answer["state"]}
    assert given == {"due_on": due, "state": case["state"]}
    assert answer["rule"] == case.get("rule", answer["rule"])
    # The cases of the commencement cite the clause that they are about.
    assert answer["clause"] == case["clause"]


@pytest.mark.parametrize("name", ["tpso", "municipality"])
def test_every_duty_of_the_shipped_policies_has_a_case(name):
    policy = POLICIES[name]
    told = [
        policy.duty(case["category"], case.get("kind", ""), on=case.get("on", TODAY))
        for case in CASES
        if case.get("policy", "tpso") == name and "due_on" in case
    ]
    assert [duty for duty in policy.document.duty if duty not in told] == []


def test_the_answer_has_the_four_keys_of_the_contract():
    answer = ask(POLICIES["tpso"], {"on": "2026-11-24", "category": "news"})
    assert answer == {
        "due_on": None,
        "state": "missing",
        "clause": "annex 2.1",
        "rule": "review_every_months=12",
    }


def test_null_for_a_day_is_the_same_as_leaving_it_out():
    asked = {"on": "2026-11-24", "category": "news", "first_published_on": "2026-01-01"}
    nulls = dict.fromkeys(("kind", "last_reviewed_on", "covers_until", "followed_from"))
    assert ask(POLICIES["tpso"], asked | nulls) == ask(POLICIES["tpso"], asked)


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"on": None}, "wrong_type", "on"),
        ({"category": None}, "wrong_type", "category"),
        ({"category": ""}, "empty", "category"),
        ({"reviewed_on": "2026-01-01"}, "unknown_key", "reviewed_on"),
        ({"first_published_on": "2026-02-29"}, "impossible_date", "first_published_on"),
        ({"last_reviewed_on": "1 May"}, "impossible_date", "last_reviewed_on"),
        ({"covers_until": 2026}, "wrong_type", "covers_until"),
        ({"followed_from": "2026-13-01"}, "impossible_date", "followed_from"),
        ({"holidays": None}, "wrong_type", "holidays"),
        ({"holidays": "2026-12-07"}, "wrong_type", "holidays"),
        ({"holidays": ["2026-12-07", "2026-12-32"]}, "impossible_date", "holidays[1]"),
        ({"holidays": [None]}, "wrong_type", "holidays[0]"),
    ],
)
def test_what_is_no_question_is_refused_with_its_place(change, code, where):
    with pytest.raises(QuestionError) as caught:
        ask(POLICIES["tpso"], {"on": "2026-11-24", "category": "news"} | change)
    assert (caught.value.code, caught.value.where) == (code, where)


@pytest.mark.parametrize("key", ["on", "category"])
def test_what_must_be_there(key):
    question = {"on": "2026-11-24", "category": "news"}
    del question[key]
    with pytest.raises(QuestionError) as caught:
        ask(POLICIES["tpso"], question)
    assert (caught.value.code, caught.value.where) == ("missing", key)


# ---------------------------------------------------------------- series


def month(number, year=2026):
    first = date(year, number, 1)
    return Period(first, (first + 31 * DAY).replace(day=1) - DAY)


@pytest.mark.parametrize(
    ("others", "first"),
    [
        ([], None),
        ([month(2)], None),
        ([month(1), month(2)], None),
        ([month(3)], date(2026, 3, 1)),
        ([month(6), month(4)], date(2026, 4, 1)),
        # One that begins earlier and goes on for longer, as a plan of several years.
        ([month(3), Period(date(2025, 1, 1), date(2029, 12, 31))], date(2025, 1, 1)),
    ],
)
def test_what_follows_ends_later_and_begins_first(others, first):
    assert followed_from(month(2), others) == first


def test_a_period_does_not_end_before_it_begins():
    with pytest.raises(ValueError, match="2026-01-31"):
        Period(date(2026, 2, 1), date(2026, 1, 31))


# ---------------------------------------------------------------- a second opinion, day by day


def walk(day, *, until):
    while not until(day):
        day += DAY
    return day


def is_slowly_followed(question):
    if question.followed_from is None:
        return False
    gap = walk(question.covers_until, until=lambda day: day + DAY >= question.followed_from)
    return gap == question.covers_until


def slow_due_on(policy, question):
    """Find the due day by walking the calendar, with none of the library's arithmetic."""
    duty = next(
        duty
        for kind in (question.kind, "")
        for duty in policy.document.duty
        if duty.category == question.category and duty.kind == kind
    )
    (calendar,) = policy.document.calendar
    base = question.last_reviewed_on or question.first_published_on
    if base is None or is_slowly_followed(question):
        return None
    if duty.review_every_months:
        months = base.year * 12 + base.month - 1 + duty.review_every_months
        for number in range(base.day, 0, -1):
            try:
                return date(months // 12, months % 12 + 1, number)
            except ValueError:
                continue
    after = base if question.covers_until is None else question.covers_until + DAY

    def ends_year(day):
        return ((day + DAY).month, (day + DAY).day) == (calendar.fiscal_year_starts_month, 1)

    if duty.covers_current_year:
        return question.covers_until or walk(base, until=ends_year)
    if duty.days_after_fiscal_year_end is not None:
        due = walk(after, until=ends_year)
        for _ in range(duty.days_after_fiscal_year_end):
            due += DAY
        return due
    due = walk(after, until=lambda day: (day + DAY).day == 1)
    left = duty.working_days_after_month_end
    free = [weekday.value for weekday in calendar.weekend]
    while left:
        due += DAY
        weekday = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[
            due.isoweekday() - 1
        ]
        left -= weekday not in free and due not in question.holidays
    return due


def slow_state(due, question, due_soon_days):
    if due is None:
        was_published = question.last_reviewed_on or question.first_published_on
        return "current" if was_published else "missing"
    soon = {due - number * DAY for number in range(due_soon_days + 1)}
    if question.on in soon:
        return "due_soon"
    return "current" if question.on < due else "overdue"


def random_question(chance, policy):
    near = date(2027, 10, 1) if chance.random() < 0.5 else date(2028, 3, 1)

    def day(spread):
        return near + DAY * chance.randint(-spread, spread)

    def sometimes(spread):
        return day(spread) if chance.random() < 0.6 else None

    duty = chance.choice(policy.document.duty)
    covers_until = sometimes(250)
    followed_from = covers_until + DAY * chance.choice([-30, 0, 1, 2, 30]) if covers_until else None
    kinds = [""] + [kind.code for kind in policy.document.kind if kind.category == duty.category]
    return FreshnessQuestion(
        on=day(300),
        category=duty.category,
        kind=chance.choice([duty.kind, *kinds]),
        first_published_on=sometimes(250),
        last_reviewed_on=sometimes(250),
        covers_until=covers_until,
        followed_from=followed_from if chance.random() < 0.3 else None,
        holidays=tuple(day(60) for _ in range(chance.choice([0, 3, 40]))),
    )


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_a_slow_second_opinion_agrees(name):
    policy, chance = POLICIES[name], random.Random(name)
    states = set()
    for _ in range(3000):
        question = random_question(chance, policy)
        answer = freshness(policy, question)
        assert answer.due_on == slow_due_on(policy, question), question
        duty = policy.duty(question.category, question.kind, on=question.on)
        assert answer.state == slow_state(answer.due_on, question, duty.due_soon_days), question
        states.add(answer.state.value)
    assert states == {"missing", "current", "due_soon", "overdue"}
