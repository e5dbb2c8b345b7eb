"""Annex 2.1: the stored due days are what the policy's rule says, whatever happens to the items."""

import random
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from freezegun import freeze_time
from wagtail.models import PageViewRestriction

from home.models import IntegrityDeclarationPage, OtherPage, PlansPage
from otp_policy.calendars import add_months
from otp_policy.freshness import FreshnessState
from otp_policy.wagtail.audit import audit
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.disclosure.items import disclosed_items
from otp_policy.wagtail.models import Holiday, Post
from otp_policy.wagtail.monitoring.models import DueItem, Reckoned
from otp_policy.wagtail.monitoring.reckoning import catch_up, differences, rebuild
from otp_policy.wagtail.monitoring.standing import gaps, matrix, of_state, overdue_by_category
from otp_policy.wagtail.withdrawals import take_down
from procurement.models import MonthlySummaryPage
from tests.conftest import REPOSITORY
from tests.office import fresh

pytestmark = pytest.mark.django_db


def row_of(page):
    catch_up()
    return DueItem.objects.get(pk=page.pk)


def stored():
    """Return due day and state of what is public, as the columns have it."""
    on = office_day()
    return {
        row.pk: (row.due_on, state)
        for state in FreshnessState
        for row in DueItem.objects.filter(of_state(state, on))
        if row.last_reviewed_on
    }


def by_rule():
    return {item.id: (item.freshness.due_on, item.freshness.state) for item in disclosed_items()}


def summary(office, month):
    given = {"title": f"สขร.1 {month}", "month": month, "year": 2569, "says_nothing": True}
    return office.draft(MonthlySummaryPage, **given)


def test_a_publication_sets_the_due_day_and_a_withdrawal_takes_it_away(office):
    page = office.publish(office.draft())
    row = row_of(page)
    assert (row.first_published_on, row.last_reviewed_on) == (office_day(), office_day())
    assert row.due_on == add_months(office_day(), 12)  # news: every twelve months
    assert row.due_soon_on == row.due_on - timedelta(days=30)
    take_down(page, office["publisher.web"], reason="ลงผิด")
    catch_up()
    assert not DueItem.objects.filter(pk=page.pk).exists()


def test_what_was_never_published_is_there_and_missing(office):
    page = office.draft()
    row = row_of(page)
    assert (row.last_reviewed_on, row.due_on) == (None, None)
    assert DueItem.objects.filter(of_state(FreshnessState.MISSING, office_day())).count() == 1
    fresh(page).delete()
    assert not DueItem.objects.exists()


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-31, FreshnessState.CURRENT),
        (-30, FreshnessState.DUE_SOON),
        (0, FreshnessState.DUE_SOON),
        (1, FreshnessState.OVERDUE),
    ],
)
def test_overdue_counts_from_the_day_after_the_due_day(office, days, state):
    due = row_of(office.publish(office.draft())).due_on
    on = due + timedelta(days=days)
    assert [one for one in FreshnessState if DueItem.objects.filter(of_state(one, on))] == [state]
    assert overdue_by_category(on)["news"] == (state is FreshnessState.OVERDUE)
    assert overdue_by_category(on)["procurement"] == 0


def test_the_next_of_a_series_changes_the_one_before(office):
    with freeze_time("2026-11-24 12:00"):
        september = office.publish(summary(office, 9))
        assert row_of(september).due_on == date(2026, 11, 13)
        october = office.publish(summary(office, 10))
        assert row_of(september).due_on is None
        assert row_of(october).due_on == date(2026, 12, 14)
        take_down(fresh(october), office["publisher.web"], reason="ลงผิดเดือน")
        assert row_of(september).due_on == date(2026, 11, 13)


def test_a_holiday_and_a_closed_section_reckon_all_anew(office):
    with freeze_time("2026-11-24 12:00"):
        september, october = (office.publish(summary(office, month)) for month in (9, 10))
        row_of(september)
        Holiday.objects.create(on=date(2026, 12, 7), name_th="วันหยุดพิเศษ")
        assert row_of(october).due_on == date(2026, 12, 15)
        # Raw, as a gate that was passed by: what nobody can read follows nothing.
        PageViewRestriction.objects.bulk_create(
            [PageViewRestriction(page=october, restriction_type="login")]
        )
        assert row_of(september).due_on == date(2026, 11, 13)


def test_who_declared_it_leaves_and_it_is_due_the_day_after(office):
    post = Post.objects.get(user=office["director.office"])
    page = office.publish(office.draft(IntegrityDeclarationPage, title="เจตจำนง", declared_by=post))
    assert row_of(page).due_on == add_months(office_day(), 12)
    post.until_on = office_day() + timedelta(days=9)
    post.save()
    assert row_of(page).due_on == add_months(office_day(), 12)
    with freeze_time(f"{post.until_on + timedelta(days=1)} 12:00"):
        assert row_of(page).due_on == office_day()
        assert stored() == by_rule()


def test_another_policy_reckons_all_anew(office, settings, tmp_path):
    page = office.publish(office.draft())
    row_of(page)
    news = 'category = "news"\nreview_every_months = 12'
    shipped = (REPOSITORY / "otp_policy/data/policies/tpso.toml").read_text(encoding="utf-8")
    assert news in shipped
    path = tmp_path / "other.toml"
    path.write_text(shipped.replace(news, news.replace("12", "3")), encoding="utf-8")
    settings.OTP_POLICY_FILE = str(path)
    assert row_of(page).due_on == add_months(office_day(), 3)


class Deeds:
    """What people do in an office, one deed after the other, by the fall of dice."""

    def __init__(self, office, dice):
        self.office, self.dice = office, dice
        self.live, self.drafts, self.months = [], [], iter(range(1, 13))

    def draft(self):
        make = self.dice.choice([self.office.draft, self.office.other])
        self.drafts.append(make(title=f"ข {len(self.drafts)}"))

    def series(self):
        self.live.append(self.office.publish(summary(self.office, next(self.months))))

    def plan(self):
        year = self.dice.choice([2568, 2569, 2570])
        page = self.office.draft(PlansPage, title="แผน", kind="plan", fiscal_year=year)
        self.live.append(self.office.publish(page))

    def publish(self):
        self.live += [self.office.publish(self.drafts.pop())] if self.drafts else []

    def correct(self):
        page = fresh(self.dice.choice(self.live))
        self.office.publish(self.office.edit(page, summary=f"แก้ {self.dice.random()}"))

    def withdraw(self):
        page = self.live.pop(self.dice.randrange(len(self.live)))
        take_down(fresh(page), self.office["publisher.web"], reason="ถอน")

    def delete(self):
        for page in self.drafts[-1:]:
            self.drafts.remove(page)
            fresh(page).delete()

    def next(self):
        of_live = [self.correct, self.withdraw] if self.live else []
        deeds = [self.draft, self.draft, self.series, self.plan, self.publish, self.publish]
        self.dice.choice([*deeds, *of_live, self.delete])()


def test_the_columns_are_what_the_rule_says_after_random_deeds(office):
    dice = random.Random(2562)
    deeds, seen = Deeds(office, dice), set()
    with freeze_time("2026-11-24 12:00") as clock:
        for _ in range(40):
            deeds.next()
            clock.tick(timedelta(days=dice.choice([0, 0, 1, 9, 60]), minutes=5))
            catch_up()
            assert list(differences()) == []
            assert stored() == by_rule()
            seen |= {state for _due, state in stored().values()}
    assert DueItem.objects.filter(last_reviewed_on__isnull=True).exists()
    assert seen == {FreshnessState.CURRENT, FreshnessState.DUE_SOON, FreshnessState.OVERDUE}


def test_nothing_new_costs_two_queries_and_a_publication_none(office):
    def cost(call):
        with CaptureQueriesContext(connection) as captured:
            call()
        return [query["sql"] for query in captured]

    page = office.draft()
    catch_up()
    assert len(cost(catch_up)) == 2
    assert not [sql for sql in cost(lambda: office.publish(page)) if "monitoring" in sql]


def test_the_audit_and_the_command_find_a_row_that_was_changed_by_hand(office):
    page = office.publish(office.draft())
    right = row_of(page).due_on
    assert not list(differences())
    DueItem.objects.filter(pk=page.pk).update(due_on=date(2099, 1, 1))
    DueItem.objects.create(pk=999_999, category="news", unit_id=DueItem.objects.get().unit_id)
    assert [one.code for one in audit()].count("due_day_not_by_rule") == 2
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("otp_due", "--check", stdout=said)
    assert str(right) in said.getvalue()
    call_command("otp_due", "--rebuild", stdout=said)
    assert not list(differences())
    call_command("otp_due", "--check", stdout=said)


def test_a_rebuild_and_the_steps_that_led_there_agree(office):
    for number in range(3):
        office.publish(office.draft(title=f"ข่าว {number}"))
        catch_up()
    office.draft(OtherPage)
    catch_up()
    before = list(DueItem.objects.order_by("pk").values())
    assert rebuild() == 4
    assert list(DueItem.objects.order_by("pk").values()) == before
    assert Reckoned.objects.count() == 1


def test_the_matrix_counts_in_one_query_and_gaps_name_what_is_missing(office):
    office.publish(office.draft())
    office.draft()
    catch_up()
    with CaptureQueriesContext(connection) as captured:
        [cell] = matrix(DueItem.objects.all(), office_day())
    assert len(captured) == 1
    assert (cell.category, cell.count) == ("news", 2)
    assert cell.counts[FreshnessState.MISSING] == 1
    found = {(gap.category, gap.kind) for gap in gaps([cell], office_day())}
    assert ("news", "") not in found
    assert {("procurement", ""), ("procurement", "procurement_plan")} <= found
