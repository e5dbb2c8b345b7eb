"""Step 5: the approver chooses, with the cost in view, whether LINE is told once more."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.syndication.models import FollowUpChoice
from otp_policy.wagtail.syndication.notice_choice import quota_of
from otp_policy.wagtail.withdrawals import ask_to_withdraw, open_withdrawal
from tests.office import PASSWORD, fresh
from tests.plugin.test_follow_ups import on, settle
from tests.plugin.test_outbox import channel_settings

pytestmark = pytest.mark.django_db
BOX = 'name="notices" value="line"'


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


def signed_in(name):
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


def waiting_correction(office, *channels):
    page = office.publish(office.draft(), "website", *channels)
    settle(2)
    page = office.edit(fresh(page), title="ข้อความที่แก้ไขแล้ว")
    office.agree(page, "website")
    return office.submit(page)


def test_step_5_the_screen_of_a_correction_offers_line_with_its_cost(office, sandbox):
    sandbox.configure(line_quota=500, line_friends=120)
    page = waiting_correction(office, "line", "facebook")
    answer = signed_in("director.division-a").get(reverse("otp_policy:item", args=(page.pk,)))
    html = answer.content.decode()
    assert BOX in html
    assert 'value="facebook"' not in html
    quota = quota_of("line")
    assert quota.is_known
    assert f"ใช้ {quota.cost} ข้อความ จากโควตาที่เหลือในเดือนนี้ {quota.left} ข้อความ" in html


@pytest.mark.parametrize("chosen", [True, False])
def test_step_5_what_is_ticked_on_the_screen_is_what_is_sent(office, sandbox, chosen):
    page = waiting_correction(office, "line")
    client = signed_in("director.division-a")
    client.get(reverse("otp_policy:item", args=(page.pk,)))
    values = {
        "task_state": page.current_workflow_task_state.pk,
        "digest": latest_text(page)[1],
        "action": "approve",
        **({"notices": ["line"]} if chosen else {}),
    }
    client.post(reverse("otp_policy:decide", args=(page.pk,)), values)
    publish_due()
    settle(3)
    assert len(on(sandbox, "line")) == 1 + chosen
    choice = FollowUpChoice.objects.get()
    assert choice.wants_notice is chosen
    assert choice.cost is not None  # as the approver saw it


def test_nothing_is_offered_of_an_item_that_is_not_out_on_line(office, sandbox):
    page = waiting_correction(office, "facebook")
    answer = signed_in("director.division-a").get(reverse("otp_policy:item", args=(page.pk,)))
    assert BOX not in answer.content.decode()


def test_whoever_does_not_approve_is_not_asked(office, sandbox):
    page = waiting_correction(office, "line")
    answer = signed_in("pr.division-a").get(reverse("otp_policy:item", args=(page.pk,)))
    assert answer.status_code == 200
    assert BOX not in answer.content.decode()


def test_step_5_the_screen_of_a_withdrawal_says_that_line_keeps_its_message(office, sandbox):
    page = office.publish(office.draft(), "website", "line")
    settle(2)
    ask_to_withdraw(fresh(page), office["pr.division-a"], reason="ข้อมูลคลาดเคลื่อน")
    client = signed_in("director.division-a")
    address = reverse("otp_policy:withdrawal", args=(page.pk,))
    html = client.get(address).content.decode()
    assert 'name="decide-notices" value="line"' in html
    assert "เรียกคืนไม่ได้" in html
    values = {
        "act": "decide",
        "action": "approve",
        "decide-digest": open_withdrawal(page.pk).digest,
        "decide-notices": ["line"],
    }
    client.post(address, values)
    settle(2)
    assert not fresh(page).live
    first, notice = on(sandbox, "line")
    assert "ข้อมูลคลาดเคลื่อน" in notice
    assert "ข้อมูลคลาดเคลื่อน" not in first
