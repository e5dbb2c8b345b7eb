"""Strangers attack break-glass: alone, without a word, and by ratifying their own text."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import Approval, DelegationOrder, Publication, Unit
from otp_policy.wagtail.refusals import PolicyRefusal
from tests.office import fresh

pytestmark = pytest.mark.django_db
REASON = "น้ำท่วมศูนย์ข้อมูล"


def opened(office, by="publisher.web", second="director.division-a", reason=REASON):
    return break_glass(reason=reason, by=office[by], second=office[second])


def publish(page):
    page.get_latest_revision().publish(skip_permission_checks=True)


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "\u3164", "...", "\u2060-"])
def test_a_reason_that_says_nothing_opens_nothing(office, reason):
    page = office.draft()
    with pytest.raises(PolicyRefusal), opened(office, reason=reason):
        publish(page)
    with pytest.raises(CommandError):
        call_command(
            "otp_break_glass",
            *("--by", "publisher.web", "--second", "director.division-a"),
            *("--reason", reason, "--publish", str(page.pk)),
        )
    assert not fresh(page).live


@pytest.mark.parametrize("left_out", ["--reason", "--by", "--second"])
def test_the_command_asks_for_each_of_its_words(office, left_out):
    page = office.draft()
    told = {"--reason": REASON, "--by": "publisher.web", "--second": "director.division-a"}
    told.pop(left_out)
    with pytest.raises(CommandError):
        call_command("otp_break_glass", *sum(told.items(), ()), "--publish", str(page.pk))
    assert not fresh(page).live


@pytest.mark.parametrize(
    ("by", "second"),
    [
        ("publisher.web", "publisher.web"),
        ("publisher.web", "pr.division-a"),
        ("pr.division-a", "director.division-a"),
        ("publisher.social", "director.division-a"),
        ("admin", "director.division-a"),
        ("publisher.web", "admin"),
    ],
)
def test_one_person_or_somebody_without_a_role_opens_nothing(office, by, second):
    page = office.draft()
    with pytest.raises(PolicyRefusal), opened(office, by=by, second=second):
        publish(page)
    assert not fresh(page).live


def test_who_wrote_or_acted_does_not_ratify_and_the_mark_stays(office):
    page = office.draft(by="director.division-a")
    with opened(office, by="director.division-a", second="publisher.web"):
        publish(page)
    page = office.submit(page)
    with pytest.raises(PolicyRefusal) as refused:
        office.decide(page, "director.division-a")
    assert refused.value.codes == ("own_work",)
    approval = Publication.objects.get(page_id=page.pk, ended_at=None).approval
    assert approval.kind == Approval.Kind.EMERGENCY
    answer = Client().get(page.get_url())
    assert "otp-mark" in answer.content.decode() or "ฉุกเฉิน" in answer.content.decode()


def test_an_order_that_is_over_or_lapsed_opens_nothing(office):
    page = office.draft()
    DelegationOrder.objects.create(
        number="1/2569",
        role="division_director",
        unit=Unit.objects.get(code="division-a"),
        delegator=office["director.division-b"],
        delegate=office["pr.division-b"],
        from_on=office_day(),
        until_on=office_day(),
    )
    with pytest.raises(PolicyRefusal), opened(office, second="pr.division-b"):
        publish(page)
    assert not fresh(page).live
