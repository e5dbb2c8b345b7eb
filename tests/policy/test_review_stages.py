"""Annex 2.1: when somebody is reminded of a review, as the policy says it."""

from datetime import date, timedelta

import pytest

from otp_policy import load_policy
from otp_policy.review_stages import stages_on

POLICY = load_policy("tpso")
DAY = date(2026, 11, 30)


def reached(due, on=DAY):
    """Return how many days after the due day the one stage lies that is reached, and its roles."""
    stages = stages_on(POLICY.review_reminders(on=on), on=on)
    return [(one.offset, one.to) for one in stages if one.first <= due <= one.last]


@pytest.mark.parametrize(
    ("days_left", "offset", "to"),
    [
        (15, None, ()),
        (14, -14, ("pr_representative",)),
        (1, -14, ("pr_representative",)),
        (0, 0, ("pr_representative",)),
        (-6, 0, ("pr_representative",)),
        (-7, 7, ("pr_representative", "division_director")),
        (-29, 7, ("pr_representative", "division_director")),
        (-30, 30, ("division_director", "web_publisher")),
        (-4000, 30, ("division_director", "web_publisher")),
    ],
)
def test_annex_2_1_the_owner_then_the_director_then_the_centre(days_left, offset, to):
    found = reached(DAY + timedelta(days=days_left))
    assert found == ([] if offset is None else [(offset, to)])


def test_nobody_is_reminded_before_the_policy_is_in_force():
    assert POLICY.review_reminders(on=date(2019, 5, 24)) == ()
    assert stages_on((), on=DAY) == ()


def test_an_office_may_remind_as_it_says():
    town = load_policy("example_municipality")
    stages = stages_on(town.review_reminders(on=DAY), on=DAY)
    assert [(one.offset, one.to) for one in stages] == [
        (1, ("bureau_director", "municipal_clerk")),
        (-7, ("information_officer",)),
    ]


def test_two_entries_of_one_day_are_one_stage():
    entry = POLICY.review_reminders(on=DAY)[0]
    [stage] = stages_on([entry, entry], on=DAY)
    assert stage.to == ("pr_representative",)
