"""Strangers attack the delegation: orders out of time, out of hand, and given to oneself."""

from datetime import timedelta

import pytest
from django.urls import reverse

from otp_policy.wagtail.calendar_entries import Readership
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Approval, DelegationOrder, Post, Unit
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh

pytestmark = pytest.mark.django_db


def order(office, *, by="director.division-a", to="pr.division-b", first=0, last=0, **more):
    today = office_day()
    return DelegationOrder.objects.create(
        number="9/2569",
        role=more.pop("role", "division_director"),
        unit=more.pop("unit", Unit.objects.get(code="division-a")),
        delegator=office[by],
        delegate=office[to],
        from_on=today + timedelta(days=first),
        until_on=today + timedelta(days=last),
        **more,
    )


def refused(office, page, by="pr.division-b") -> bool:
    with pytest.raises(PolicyRefusal):
        office.decide(page, by)
    assert not Approval.objects.filter(page_id=page.pk).exists()
    return fresh(page).workflow_in_progress


@pytest.mark.parametrize(("first", "last"), [(-9, -1), (1, 9), (1, 1)])
def test_an_order_that_is_over_or_has_not_begun_approves_nothing(office, first, last):
    order(office, first=first, last=last)
    assert refused(office, office.submit(office.draft()))


def test_an_order_holds_on_its_last_day_and_not_after_it_was_ended(office):
    given = order(office, first=-3, last=3)
    given.until_on = office_day()
    given.save()
    office.decide(office.submit(office.draft()), "pr.division-b")
    DelegationOrder.objects.update(until_on=office_day() - timedelta(days=1))
    assert refused(office, office.submit(office.draft()))


def test_an_order_of_someone_who_lost_the_post_approves_nothing(office):
    order(office, first=-3, last=3)
    Post.objects.filter(user=office["director.division-a"]).update(
        until_on=office_day() - timedelta(days=1)
    )
    assert refused(office, office.submit(office.draft()))


def test_who_holds_a_role_by_an_order_alone_hands_nothing_on(office):
    order(office, to="pr.division-b", first=-3, last=3)
    order(office, by="pr.division-b", to="publisher.social", first=-1, last=1)
    assert refused(office, office.submit(office.draft()), by="publisher.social")


@pytest.mark.parametrize("name", ["pr.division-b", "publisher.web", "admin"])
def test_an_order_to_oneself_gives_nothing(office, name):
    order(office, by=name, to=name)
    assert refused(office, office.submit(office.draft()), by=name)


def test_an_order_of_another_unit_or_role_approves_nothing(office):
    order(office, unit=Unit.objects.get(code="division-b"))
    order(office, role="office_director", unit=None)
    assert refused(office, office.submit(office.draft()))


def test_a_director_hands_on_no_other_unit_than_the_own(office):
    order(office, unit=Unit.objects.get(code="division-b"), to="publisher.social")
    page = office.draft(by="pr.division-b", owning_unit=Unit.objects.get(code="division-b"))
    assert refused(office, office.submit(page, by="pr.division-b"), by="publisher.social")


@pytest.mark.parametrize(("category", "opened"), [("other", False), ("news", True)])
def test_an_order_for_one_category_opens_the_titles_of_no_other(client, office, category, opened):
    order(office, category=category)
    page = office.draft(title="ร่างลับของกอง")
    office.agree(page)
    assert Readership(office["pr.division-b"]).has_part("news", "division-a") is opened
    client.force_login(office["pr.division-b"])
    text = client.get(reverse("otp_policy:calendar")).content.decode()
    assert ("ร่างลับของกอง" in text) is opened
