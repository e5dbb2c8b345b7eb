"""What hangs on a publication follows break-glass and ratification too: caches and channels."""

import pytest
from wagtail.contrib.frontend_cache.backends.base import BaseBackend
from wagtail.signals import page_published

from otp_policy.wagtail.break_glass import break_glass
from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.schedule import hold
from otp_policy.wagtail.signals import item_published
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.models import Delivery
from tests.office import fresh

pytestmark = pytest.mark.django_db

CREDENTIALS = {
    "host": "http://127.0.0.1:9",
    "channel_id": "1",
    "channel_secret": "s",
    "access_token": "t",
}
PURGED: list[str] = []


class RememberingBackend(BaseBackend):
    """A cache in front of the site that remembers what it was told to forget."""

    def __init__(self, params):
        super().__init__(params)

    def purge(self, url):
        PURGED.append(url)


@pytest.fixture
def line(settings):
    settings.OTP_POLICY_LINE = CREDENTIALS


@pytest.fixture
def purged(settings):
    PURGED.clear()
    settings.WAGTAILFRONTENDCACHE = {"x": {"BACKEND": f"{__name__}.RememberingBackend"}}
    return PURGED


@pytest.fixture
def heard():
    """Return what the two signals of a publication say, as it is sent."""
    said = []

    def plain(sender, instance, **kwargs):
        said.append(("page", instance.pk, instance.live))

    def ours(sender, page, publication, slots, **kwargs):
        said.append(("item", page.pk, page.live, {slot.channel for slot in slots}))

    page_published.connect(plain)
    item_published.connect(ours)
    yield said
    page_published.disconnect(plain)
    item_published.disconnect(ours)


def burn(office, page):
    by, second = office["publisher.web"], office["director.division-a"]
    with break_glass(reason="น้ำท่วมศูนย์ข้อมูล", by=by, second=second):
        page.get_latest_revision().publish(skip_permission_checks=True)
    return fresh(page)


def test_what_goes_live_in_an_emergency_is_told_to_caches_and_channels_once(office, heard):
    page = office.draft()
    office.agree(page, "website", "line")
    heard.clear()
    burn(office, page)
    assert ("item", page.pk, True, {"line"}) in heard
    assert sum(one[0] == "item" for one in heard) == 1
    assert ("page", page.pk, True) in heard


def test_a_channel_is_owed_only_what_its_slot_says_and_not_before_the_ratification(office, line):
    page = office.draft()
    office.agree(page, "website", "line")
    page = burn(office, page)
    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.publication) == ("line", Publication.objects.get())
    drain()
    assert Delivery.objects.get().state == Delivery.State.HELD
    assert not delivery.log.exists()
    office.approve(page)
    assert Delivery.objects.get().state == Delivery.State.PENDING
    drain()
    assert delivery.log.exists()


def test_an_emergency_without_slots_owes_nothing_then_or_later(office, line):
    page = burn(office, office.draft())
    office.approve(page)
    assert not Delivery.objects.exists()


def test_a_ratification_does_not_release_what_the_unit_holds(office, line):
    page = office.draft()
    office.agree(page, "website", "line")
    page = burn(office, page)
    hold(page, office["publisher.social"], channel="line", note="รอภาพ")
    office.approve(page)
    assert Delivery.objects.get().state == Delivery.State.HELD


def test_a_ratification_purges_the_page_that_says_it_waits_for_it(
    office, purged, django_capture_on_commit_callbacks
):
    page = burn(office, office.draft())
    purged.clear()
    with django_capture_on_commit_callbacks(execute=True):
        office.approve(page)
    assert page.get_full_url() in purged
