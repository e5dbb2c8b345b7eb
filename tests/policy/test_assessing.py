"""How an item of the assessment stands, worked out by hand at the ends of the fiscal year 2569."""

from datetime import date

import pytest

from otp_policy.assessing import Answer, PublishedAnswer, Shortcoming, answer, shortcoming
from otp_policy.freshness import Period
from otp_policy.instruments import AssessmentPeriod, load_assessment

# B.E. 2569: 1 October 2025 to 30 September 2026.
YEAR = Period(date(2025, 10, 1), date(2026, 9, 30))
BEFORE = Period(date(2024, 10, 1), date(2025, 9, 30))
AFTER = Period(date(2026, 10, 1), date(2027, 9, 30))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))
FIVE_YEARS = Period(date(2022, 10, 1), date(2027, 9, 30))
RULE = AssessmentPeriod
PUBLISHED = date(2026, 1, 15)


def published(**more):
    return PublishedAnswer(**{"first_published_on": PUBLISHED} | more)


@pytest.mark.parametrize(
    ("rule", "facts", "wrong"),
    [
        (RULE.NOW, {}, None),
        (RULE.NOW, {"covers": BEFORE}, None),
        (RULE.NOW, {"due_on": date(2026, 9, 29)}, Shortcoming.OVERDUE),
        (RULE.NOW, {"due_on": date(2026, 9, 30)}, None),
        # Without a period of its own it is of the year in which it came out.
        (RULE.CURRENT_FISCAL_YEAR, {"first_published_on": date(2025, 9, 30)}, "other_period"),
        (RULE.CURRENT_FISCAL_YEAR, {"first_published_on": date(2025, 10, 1)}, None),
        (RULE.CURRENT_FISCAL_YEAR, {"first_published_on": date(2026, 9, 30)}, None),
        (RULE.CURRENT_FISCAL_YEAR, {"first_published_on": date(2026, 10, 1)}, "other_period"),
        (RULE.CURRENT_FISCAL_YEAR, {"covers": YEAR, "first_published_on": date(2025, 9, 1)}, None),
        (RULE.CURRENT_FISCAL_YEAR, {"covers": APRIL}, None),
        (RULE.CURRENT_FISCAL_YEAR, {"covers": BEFORE}, "other_period"),
        (RULE.CURRENT_FISCAL_YEAR, {"covers": AFTER}, "other_period"),
        (RULE.CURRENT_FISCAL_YEAR, {"covers": FIVE_YEARS}, "other_period"),
        (RULE.PREVIOUS_FISCAL_YEAR, {"covers": BEFORE}, None),
        (RULE.PREVIOUS_FISCAL_YEAR, {"covers": YEAR}, "other_period"),
        (RULE.PREVIOUS_FISCAL_YEAR, {}, "no_period"),
        (RULE.PREVIOUS_FISCAL_YEAR, {"is_chosen": True}, None),
        (RULE.PREVIOUS_FISCAL_YEAR, {"is_chosen": True, "covers": YEAR}, "other_period"),
        (RULE.FIRST_SIX_MONTHS, {"covers": MARCH}, None),
        (RULE.FIRST_SIX_MONTHS, {"covers": APRIL}, "other_period"),
        (RULE.FIRST_SIX_MONTHS, {"covers": YEAR}, None),
        (RULE.FIRST_SIX_MONTHS, {"covers": BEFORE}, "other_period"),
        (RULE.FIRST_SIX_MONTHS, {}, "no_period"),
        (RULE.COVERS_CURRENT_YEAR, {"covers": FIVE_YEARS}, None),
        (RULE.COVERS_CURRENT_YEAR, {"covers": YEAR}, None),
        (RULE.COVERS_CURRENT_YEAR, {"covers": MARCH}, "other_period"),
        (RULE.COVERS_CURRENT_YEAR, {"covers": BEFORE}, "other_period"),
        (RULE.COVERS_CURRENT_YEAR, {}, "no_period"),
    ],
)
def test_what_is_public_answers_by_its_period(rule, facts, wrong):
    assert shortcoming(rule, published(**facts), year=YEAR, on=date(2026, 9, 30)) == wrong


def test_what_is_due_on_30_september_is_stale_from_1_october():
    one = [published(due_on=date(2026, 9, 30))]
    assert answer(RULE.NOW, one, year=YEAR, on=date(2026, 9, 30)) is Answer.HAVE
    assert answer(RULE.NOW, one, year=YEAR, on=date(2026, 10, 1)) is Answer.STALE


def test_the_four_answers():
    day = date(2026, 3, 1)
    good, nothing, old = (
        published(),
        published(says_nothing=True),
        published(due_on=date(2026, 1, 1)),
    )
    assert answer(RULE.NOW, [], year=YEAR, on=day) is Answer.HAVE_NOT
    assert answer(RULE.NOW, [old], year=YEAR, on=day) is Answer.STALE
    assert answer(RULE.NOW, [old, good], year=YEAR, on=day) is Answer.HAVE
    assert answer(RULE.NOW, [nothing, old], year=YEAR, on=day) is Answer.NOTHING_TO_REPORT
    assert answer(RULE.NOW, [nothing, good], year=YEAR, on=day) is Answer.HAVE


def test_the_kinds_of_the_shipped_instrument_are_kinds_of_its_categories():
    from otp_policy import load_policy

    kinds = {kind.code: kind.category for kind in load_policy("tpso").document.kind}
    for item in load_assessment("oit_2569").item:
        assert {kinds[kind] for kind in item.kinds} <= set(item.categories)
