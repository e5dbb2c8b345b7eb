"""Step 4: nothing goes out before the public address shows the very text that was approved."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.utils import timezone, translation

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.models import LedgerEntry, Notice, Publication
from otp_policy.wagtail.syndication.drain import drain
from otp_policy.wagtail.syndication.models import Delivery
from otp_policy.wagtail.syndication.signals import website_late
from otp_policy.wagtail.syndication.website_check import is_shown
from otp_policy.wagtail.telling import tell
from otp_policy.wagtail.withdrawals import take_down
from tests.office import fresh
from tests.plugin.test_follow_ups import corrected, on, settle
from tests.plugin.test_outbox import channel_settings

pytestmark = pytest.mark.django_db


class Website:
    """A web server that stands where the public finds the site, and answers what it is told."""

    def __init__(self):
        self.asked, self.status, self.headers = [], 200, {}
        website = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                website.asked.append(self.path)
                self.send_response(website.status)
                for name, value in website.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def shows(self, digest, status=200, **headers):
        self.status, self.headers = status, {"X-Disclosure-Digest": digest, **headers}

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@pytest.fixture
def website():
    server = Website()
    with override_settings(
        WAGTAILADMIN_BASE_URL=server.url,
        OTP_POLICY_WEBSITE_CHECK="http",
        OTP_POLICY_WEBSITE_TIMEOUT=(1.0, 1.0),
    ):
        yield server
    server.close()


@pytest.fixture
def sandbox():
    """Return a sandbox, with the site's channels pointed at it."""
    with Sandbox(account=Account()) as server, override_settings(**channel_settings(server)):
        yield server


def once_more():
    cache.clear()
    settle(1)


def published(office, *channels):
    page = office.publish(office.draft(), "website", *(channels or ("line",)))
    return page, Publication.objects.latest("pk").digest


@pytest.mark.parametrize(
    ("status", "of_this"), [(500, True), (404, True), (200, False), (410, True), (302, True)]
)
def test_step_4_nothing_goes_out_while_the_address_shows_something_else(
    office, sandbox, website, status, of_this
):
    _page, digest = published(office)
    website.shows(digest if of_this else "sha256:" + "0" * 64, status=status)
    settle(1)
    delivery = Delivery.objects.get()
    assert website.asked
    assert (delivery.state, delivery.reason) == ("pending", "website_not_there")
    assert delivery.due_at > timezone.now()
    assert not on(sandbox, "line")


def test_step_4_it_goes_out_once_the_address_shows_the_approved_text(office, sandbox, website):
    page, digest = published(office)
    website.status = 503
    settle(1)
    website.shows(digest)
    once_more()
    assert len(on(sandbox, "line")) == 1
    assert website.asked[-1] in page.disclosure_url()


def test_an_old_copy_in_front_of_the_site_is_not_taken_for_the_correction(office, sandbox, website):
    page, first = published(office, "facebook")
    website.shows(first)
    settle(1)
    corrected(office, page)
    once_more()
    assert "ข้อความที่แก้ไขแล้ว" not in on(sandbox, "facebook")[0]
    website.shows(Publication.objects.latest("pk").digest)
    once_more()
    assert "ข้อความที่แก้ไขแล้ว" in on(sandbox, "facebook")[0]


def test_channels_of_one_publication_ask_the_website_once(office, sandbox, website):
    _page, digest = published(office, "line", "facebook")
    website.shows(digest)
    settle(1)
    assert len(website.asked) == 1
    assert len(on(sandbox, "line") + on(sandbox, "facebook")) == 2


def test_what_takes_a_post_down_does_not_wait_for_the_website(office, sandbox, website):
    page, digest = published(office, "facebook")
    website.shows(digest)
    settle(1)
    website.status = 503
    take_down(fresh(page), office["publisher.web"], reason="ผิดทั้งฉบับ")
    once_more()
    assert not on(sandbox, "facebook")


def test_another_host_says_nothing_about_this_one(office, sandbox, website):
    _page, digest = published(office)
    other = Website()
    try:
        other.shows(digest)
        target = other.url.replace("127.0.0.1", "localhost") + "/"
        website.shows("", status=302, Location=target)
        settle(1)
    finally:
        other.close()
    assert not other.asked
    assert Delivery.objects.get().state == "pending"


def test_the_environments_proxy_is_not_asked(office, sandbox, website, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    _page, digest = published(office)
    website.shows(digest)
    settle(1)
    assert Delivery.objects.get().state == "sent"


def test_after_a_while_people_are_told_once(office, sandbox, website):
    tell()
    published(office)
    website.status = 503
    heard = []

    def hear(sender, delivery, **kwargs):
        heard.append(delivery.pk)

    website_late.connect(hear)
    try:
        settle(1)
        assert not heard
        with override_settings(OTP_POLICY_WEBSITE_LATE_SECONDS=0):
            once_more()
            once_more()
    finally:
        website_late.disconnect(hear)
    assert heard == [Delivery.objects.get().pk]
    assert Delivery.objects.get().reason == "website_late"
    assert LedgerEntry.objects.filter(action="website_late").count() == 1
    tell()
    told = Notice.objects.filter(what="website_late").values_list("recipient__username", flat=True)
    assert "publisher.social" in told


def test_the_site_is_asked_inside_its_own_process_where_it_cannot_reach_itself(office):
    page = office.publish(office.draft())
    publication = Publication.objects.latest("pk")
    with translation.override("en"):
        assert is_shown(page.disclosure_url(), publication)
        assert translation.get_language() == "en"
    cache.clear()
    publication.digest = "sha256:" + "0" * 64
    assert not is_shown(page.disclosure_url(), publication)


def test_the_check_cannot_be_switched_off(office):
    page = office.publish(office.draft())
    with override_settings(OTP_POLICY_WEBSITE_CHECK="off"), pytest.raises(ImproperlyConfigured):
        is_shown(page.disclosure_url(), Publication.objects.latest("pk"))


def test_a_message_is_not_sent_while_its_address_cannot_be_reached_at_all(office, sandbox):
    with override_settings(
        OTP_POLICY_WEBSITE_CHECK="http", WAGTAILADMIN_BASE_URL="http://127.0.0.1:9"
    ):
        published(office)
        drain()
    assert Delivery.objects.get().reason == "website_not_there"
    assert not on(sandbox, "line")
