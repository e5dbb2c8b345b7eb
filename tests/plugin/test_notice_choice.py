"""Step 5: the approver chooses, with the cost in view, whether LINE is told once more."""

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from otp_policy.channels.base import Check, CheckState, Problem
from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.models.choices import label_of
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.syndication.models import FollowUpChoice
from otp_policy.wagtail.syndication.notice_choice import quota_of
from otp_policy.wagtail.withdrawals import ask_to_withdraw, open_withdrawal
from tests.office import PASSWORD, fresh
from tests.plugin.channel_service import with_service
from tests.plugin.test_follow_ups import on, settle
from tests.plugin.test_outbox import channel_settings
from tests.plugin.test_paper import own_media
from tests.plugin.test_paper import post as paper_post

__all__ = ["own_media"]

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


# On paper: the memo asks with the cost in view, and whoever records ticks what is ticked there


def on_paper(office, page, **more):
    """Record the signed memo of *page*, and return the answer."""
    return paper_post(
        signed_in("publisher.web"),
        office,
        page,
        signed_by=office["director.division-a"].pk,
        **more,
    )


def test_step_5_the_memo_and_its_record_offer_line_with_its_cost(office, sandbox):
    sandbox.configure(line_quota=500, line_friends=120)
    page = waiting_correction(office, "line", "facebook")
    client = signed_in("publisher.web")
    memo = client.get(reverse("otp_policy:paper_memo", args=(page.pk,))).content.decode()
    quota = quota_of("line")
    cost = f"ใช้ {quota.cost} ข้อความ จากโควตาที่เหลือในเดือนนี้ {quota.left} ข้อความ"
    line = label_of("channels", "line")
    assert f"เห็นชอบ และให้ส่งข้อความเรื่องการแก้ไขถึงผู้รับทุกคนทาง {line} อีกหนึ่งข้อความ" in memo
    assert cost in memo
    assert "<input" not in memo
    form = client.get(reverse("otp_policy:paper", args=(page.pk,))).content.decode()
    assert BOX in form
    assert cost in form


@pytest.mark.parametrize("chosen", [True, False])
def test_step_5_what_is_ticked_on_the_memo_is_what_is_sent(office, sandbox, chosen):
    page = waiting_correction(office, "line")
    quota_of("line")
    answer = on_paper(office, page, **({"notices": ["line"]} if chosen else {}))
    assert answer.status_code == 302, answer.content.decode()
    publish_due()
    settle(3)
    assert len(on(sandbox, "line")) == 1 + chosen
    choice = FollowUpChoice.objects.get()
    assert choice.wants_notice is chosen
    assert choice.by == office["director.division-a"]  # who signed, not who recorded
    assert choice.cost is not None


def test_a_tick_is_kept_when_the_record_is_refused(office, sandbox):
    page = waiting_correction(office, "line")
    answer = on_paper(office, page, code="ABCD-EFGH", notices=["line"])
    assert answer.status_code == 403
    (box,) = re.findall(rf"<input[^>]*{BOX}[^>]*>", answer.content.decode())
    assert box.endswith(" checked>")
    assert not FollowUpChoice.objects.exists()


def test_a_memo_asks_the_service_as_a_decision_on_the_screen_does(office):
    page = office.submit(office.draft())
    with with_service("line") as service:
        refused = Problem(code="refused", where="messages[0]", limit=0, actual=0, detail="bad hero")
        service.check_says = Check(state=CheckState.REFUSED, problems=(refused,))
        answer = on_paper(office, page)
    assert answer.status_code == 403
    assert "bad hero" in answer.content.decode()


# Of several items: each has its own choice


def decided_together(client, pages, *, notices):
    address = reverse("otp_policy:several")
    shown = {}
    for page in pages:
        opened = client.post(address, {**shown, "open": page.pk}).content.decode()
        names = ("digest", "proof")
        for name in names:
            field = rf'name="{name}-{page.pk}" value="([^"]*)"'
            shown[f"{name}-{page.pk}"] = re.search(field, opened)[1]
    chosen = {f"{page.pk}-notices": ["line"] for page in notices}
    decided = {"action": "approve", "decide": [page.pk for page in pages]}
    return opened, client.post(address, {**shown, **chosen, **decided})


def test_step_5_each_of_several_items_has_its_own_choice_with_the_cost(office, sandbox):
    sandbox.configure(line_quota=500, line_friends=120)
    told, silent = (waiting_correction(office, "line") for _number in range(2))
    client = signed_in("director.division-a")
    opened, _answer = decided_together(client, [told, silent], notices=[told])
    for page in (told, silent):
        assert f'name="{page.pk}-notices" value="line"' in opened
    quota = quota_of("line")
    assert opened.count(f"ใช้ {quota.cost} ข้อความ จากโควตาที่เหลือในเดือนนี้ {quota.left}") == 2
    ids = re.findall(r'id="([^"]*-line(?:-cost)?)"', opened)
    assert len(ids) == len(set(ids)) == 4
    chosen = dict(FollowUpChoice.objects.values_list("approval__page_id", "wants_notice"))
    assert chosen == {told.pk: True, silent.pk: False}
    publish_due()
    settle(3)
    assert len(on(sandbox, "line")) == 2 + 1


def test_a_choice_among_several_is_kept_when_another_difference_is_opened(office, sandbox):
    page = waiting_correction(office, "line")
    client, address = signed_in("director.division-a"), reverse("otp_policy:several")
    box = rf'<input[^>]*name="{page.pk}-notices" value="line"[^>]*>'
    opened = client.post(address, {"open": page.pk}).content.decode()
    assert not re.search(box, opened)[0].endswith(" checked>")
    kept = {f"digest-{page.pk}": latest_text(page)[1], f"{page.pk}-notices": ["line"]}
    again = client.post(address, {"open": page.pk, **kept}).content.decode()
    assert re.search(box, again)[0].endswith(" checked>")


def test_whoever_endorses_one_of_several_or_on_paper_is_not_asked(office, sandbox):
    page = office.publish(office.other(), "website", "line")
    settle(2)
    page = office.edit(fresh(page), title="ข้อความที่แก้ไขแล้ว")
    page = office.submit(page)
    client = signed_in("director.division-a")
    address = reverse("otp_policy:several")
    opened = client.post(address, {"open": page.pk}).content.decode()
    assert f"proof-{page.pk}" in opened
    memo = client.get(reverse("otp_policy:paper_memo", args=(page.pk,))).content.decode()
    form = client.get(reverse("otp_policy:paper", args=(page.pk,))).content.decode()
    for shown in (opened, form):
        assert '-notices" value="line"' not in shown
        assert BOX not in shown
    assert "อีกหนึ่งข้อความ" not in memo
