"""The screen of step 5: what it takes, what it refuses, and that nothing typed is lost."""

import pytest
from django.urls import reverse

from otp_policy.wagtail.models import Withdrawal
from otp_policy.wagtail.waiting import waiting_for
from otp_policy.wagtail.withdrawals import open_withdrawal
from tests.office import PASSWORD, fresh

pytestmark = pytest.mark.django_db
REASON = "ข้อมูลคลาดเคลื่อนทั้งฉบับ"


@pytest.fixture
def live(office):
    return office.publish(office.draft(title="ข่าวที่จะถอน"))


@pytest.fixture
def post(client, live):
    def send(name: str, **data):
        client.login(username=name, password=PASSWORD)
        door = reverse("otp_policy:withdrawal", args=(live.pk,))
        return client.post(door, data, follow=True).content.decode()

    return send


def test_from_the_request_to_the_tombstone_through_the_screen(client, office, live, post):
    asked = {"ask-title": live.title, "ask-reason": REASON}
    text = post("pr.division-a", act="ask", **asked)
    assert "กองขอถอนเรื่องนี้" in text
    withdrawal = open_withdrawal(live.pk)
    assert waiting_for(office["director.division-a"]).withdrawals == [(live, withdrawal)]
    decision = {"act": "decide", "action": "approve", "decide-digest": withdrawal.digest}
    text = post("pr.division-a", **decision)
    assert "ขั้นตอน 3" in text  # refused: it belongs to another role
    assert fresh(live).live
    post("director.division-a", **decision)
    assert client.get(live.get_url()).status_code == 410


def test_what_was_typed_stands_in_the_form_that_comes_back(live, post):
    title = {"ask-title": "หัวเรื่องที่พิมพ์ไว้"}
    text = post("pr.division-a", act="ask", **title, **{"ask-reason": "โทร 081-234-5678"})
    assert "หัวเรื่องที่พิมพ์ไว้" in text
    assert "081-234-5678" in text
    assert "ประชาชนจะได้อ่าน" in text
    text = post("publisher.web", act="ask", **title, **{"ask-reason": REASON})
    assert not Withdrawal.objects.exists()
    assert "ขั้นตอน 5" in text


def test_a_takedown_through_the_screen_is_public_in_the_same_request(client, live, post):
    post("director.division-a", act="take_down", **{"down-reason": REASON})
    post("publisher.web", act="take_down", **{"down-reason": ""})
    assert fresh(live).live
    post("publisher.web", act="take_down", **{"down-reason": REASON})
    assert client.get(live.get_url()).status_code == 410
    post("director.division-a", act="nothing")
    assert open_withdrawal(live.pk) is not None


def test_wagtails_own_unpublish_leads_to_the_screen_that_asks_why(client, live):
    client.login(username="publisher.web", password=PASSWORD)
    response = client.post(reverse("wagtailadmin_pages:unpublish", args=(live.pk,)))
    assert response["Location"] == reverse("otp_policy:withdrawal", args=(live.pk,))
    assert fresh(live).live


def test_a_reject_and_a_recall_through_the_screen(live, post):
    asked = {"act": "ask", "ask-title": live.title, "ask-reason": REASON}
    post("pr.division-a", **asked)
    digest = open_withdrawal(live.pk).digest
    reject = {"act": "decide", "action": "reject", "decide-digest": digest}
    text = post("director.division-a", **reject, **{"decide-comment": ""})
    assert "ต้องมีเหตุผลประกอบ" in text
    assert open_withdrawal(live.pk) is not None
    post("pr.division-a", act="recall")
    assert open_withdrawal(live.pk) is None
    post("pr.division-a", **asked)
    post("director.division-a", **reject, **{"decide-comment": "ถูกต้องแล้ว"})
    assert Withdrawal.objects.filter(state="rejected").exists()
    assert fresh(live).live


def test_whoever_has_no_part_in_the_item_is_not_told_its_title(live, post):
    text = post("pr.division-b", act="ask", **{"ask-title": "x", "ask-reason": REASON})
    assert live.title not in text
    assert not Withdrawal.objects.exists()
