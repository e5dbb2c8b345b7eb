"""Addresses that nobody is led to: unknown items, acts and files, and what is for others alone."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from otp_policy.wagtail.adapters import latest_text
from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.models import LedgerEntry, PaperDecision
from otp_policy.wagtail.paper import SignedMemo, record_paper
from otp_policy.wagtail.paper_codes import code_for
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.scans import Scan
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.switching import switch_off
from tests.office import in_an_hour

pytestmark = pytest.mark.django_db


def status(client, user, url: str, *, posted: dict | None = None) -> int:
    client.force_login(user)
    answer = client.get(url) if posted is None else client.post(url, posted)
    return answer.status_code


def test_an_item_that_is_not_there_has_no_screens(office, client):
    for name in ("item", "paper", "withdrawal", "difference"):
        url = reverse(f"otp_policy:{name}", args=(999_999,))
        assert status(client, office["admin"], url) == 404, name
    there = reverse("otp_policy:item", args=(office.draft().pk,))
    assert status(client, office["admin"], there) == 200


def test_an_act_that_is_none_does_nothing(office, client):
    page = office.publish(office.draft(), "website", "line")
    division, publisher = office["pr.division-a"], office["publisher.social"]
    delivery = Delivery.objects.get()
    before = LedgerEntry.objects.count()
    at = {"at": in_an_hour().isoformat()}
    for user, name, args, posted in (
        (division, "otp_policy:withdrawal", (page.pk,), {"act": "publish"}),
        (division, "otp_policy:slot", (page.pk, "telegraph", "propose"), at),
        (division, "otp_policy:slot", (page.pk, "website", "publish"), at),
        (publisher, "otp_policy_channels:change", ("telegraph", "off"), {"reason": "เหตุ"}),
        (publisher, "otp_policy_channels:change", ("line", "burn"), {"reason": "เหตุ"}),
        (publisher, "otp_policy_channels:handle", (delivery.pk, "burn"), {}),
    ):
        assert status(client, user, reverse(name, args=args), posted=posted) == 404, (name, args)
    assert LedgerEntry.objects.count() == before


def test_a_scan_that_is_lost_from_the_disk_is_not_found(office, client):
    page = office.submit(office.draft())
    state, digest = page.current_workflow_task_state, latest_text(page)[1]
    memo = SignedMemo(
        outcome="approve",
        signed_by=office["director.division-a"],
        signed_on=office_day(),
        code=code_for("approve", page.pk, digest),
        scan=Scan(content=b"%PDF-1.7", kind="application/pdf", name="memo.pdf"),
    )
    record_paper(state.task.specific, state, office["publisher.web"], memo)
    paper = PaperDecision.objects.get()
    url = reverse("otp_policy:paper_scan", args=(page.pk, paper.pk))
    client.force_login(office["pr.division-a"])
    assert b"".join(client.get(url).streaming_content) == b"%PDF-1.7"
    paper.scan.storage.delete(paper.scan.name)
    assert client.get(url).status_code == 404


def test_the_picture_of_a_delivery_is_for_those_who_read_it_and_may_be_missing(office, client):
    office.publish(office.draft(), "website", "line")
    url = reverse("otp_policy_channels:picture", args=(Delivery.objects.get().pk,))
    assert status(client, office["publisher.social"], url) == 404
    guest = get_user_model().objects.create_user("guest.without-a-post", password="x")
    guest.user_permissions.add(Permission.objects.get(codename="access_admin"))
    assert status(client, guest, url) in (302, 403)


def test_a_channel_is_not_switched_by_an_account_that_is_closed(office):
    publisher = office["publisher.social"]
    publisher.is_active = False
    publisher.save()
    with pytest.raises(PolicyRefusal):
        switch_off("line", publisher, "โทเคนรั่วไหล")
