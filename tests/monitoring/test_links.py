"""Annex 2.1: links of public items are checked; what does not open becomes a task."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from freezegun import freeze_time
from wagtail.models import PageViewRestriction

from otp_policy.wagtail.conf import public_base_url
from otp_policy.wagtail.models import LedgerEntry, Notice
from otp_policy.wagtail.monitoring.error_reports import open_reports
from otp_policy.wagtail.monitoring.link_checks import (
    ask_for_check,
    begin_what_is_due,
    check_links,
    is_check_waiting,
)
from otp_policy.wagtail.monitoring.link_targets import targets_of
from otp_policy.wagtail.monitoring.link_visits import Outcome, visit
from otp_policy.wagtail.monitoring.models import ErrorReport, ItemLink, LinkCheck, LinkTarget
from otp_policy.wagtail.notices import settle
from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.telling import tell
from otp_policy.wagtail.withdrawals import take_down
from tests.office import fresh

pytestmark = pytest.mark.django_db
THAI_PATH = "/รายงาน 2569"


class Elsewhere(BaseHTTPRequestHandler):
    """Another office's website: what it answers is the last part of the path."""

    def log_message(self, *args):
        """Say nothing."""

    def answer(self):
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, unquote(self.path), self.headers["Host"]))
        if path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", unquote(path.removeprefix("/to/")))
        elif path == "/circle":
            self.send_response(301)
            self.send_header("Location", path)
        elif path.startswith("/endless/"):
            self.send_response(307)
            self.send_header("Location", f"/endless/{len(self.server.asked) + 1}")
        elif path == "/only-get":
            self.send_response(200 if self.command == "GET" else 405)
        else:
            last = path.rpartition("/")[2]
            default = 500 if self.server.is_down else 200
            self.send_response(int(last) if last.isdigit() else default)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer


@pytest.fixture
def elsewhere(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.asked, server.is_down = [], False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.host = f"127.0.0.1:{server.server_port}"
    server.at = f"http://{server.host}"
    settings.OTP_POLICY_LINK_HOSTS = [server.host]
    settings.OTP_POLICY_LINK_PAUSE_SECONDS = 0
    settings.OTP_POLICY_LINK_SECONDS = 2
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def linking(*addresses):
    return "".join(f'<p><a href="{address}">อ่านต่อ</a></p>' for address in addresses)


def published(office, *addresses, **more):
    return office.publish(office.draft(body=linking(*addresses), **more))


def checked(office, page=None, by="publisher.web"):
    check = ask_for_check(office[by], page)
    check_links()
    check.refresh_from_db()
    return check


def state_of(url):
    return LinkTarget.objects.get(url=url).state


# What an item links to


def test_all_texts_and_both_languages_are_read_and_what_no_browser_fetches_is_left_out(office):
    other = office.publish(office.draft(title="อีกเรื่อง"))
    page = office.publish(
        office.draft(
            body=linking("https://a.example/x#part", "ftp://a.example/", "tel:1569", "#here")
            + f'<p><a linktype="page" id="{other.pk}">อีกเรื่อง</a></p>',
            title_en="In English",
            body_en=linking("/disclosure/", "HTTPS://B.example/y?q=1&amp;r=2"),
        )
    )
    found = targets_of(page)
    assert found == {
        "https://a.example/x",
        "HTTPS://B.example/y?q=1&r=2",
        f"page:{other.pk}",
        f"{public_base_url()}/disclosure/",
    }


def test_what_is_only_a_draft_is_not_followed(office, elsewhere):
    page = published(office, f"{elsewhere.at}/old")
    office.edit(page, body=linking(f"{elsewhere.at}/secret-draft"))
    office.draft(body=linking(f"{elsewhere.at}/another-draft"))
    assert checked(office).targets == 1
    assert {path for _method, path, _host in elsewhere.asked} == {"/old"}


def test_what_not_everybody_can_read_is_not_followed(office, elsewhere):
    page = published(office, f"{elsewhere.at}/inside")
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=page, restriction_type="login")]
    )
    assert checked(office).targets == 0
    assert elsewhere.asked == []


# How one link is followed


@pytest.mark.parametrize(
    ("path", "outcome", "reason"),
    [
        ("/200", Outcome.OPENS, ""),
        ("/only-get", Outcome.OPENS, ""),
        ("/to/%2F200", Outcome.OPENS, ""),
        ("/404", Outcome.GONE, "nothing_there"),
        ("/410", Outcome.GONE, "nothing_there"),
        ("/to/%2F404", Outcome.GONE, "nothing_there"),
        ("/403", Outcome.REFUSED, "refuses_programs"),
        ("/429", Outcome.REFUSED, "refuses_programs"),
        ("/500", Outcome.FAILS, "error_of_server"),
        ("/400", Outcome.FAILS, "error"),
        ("/to/%2Fto%2F", Outcome.OPENS, ""),
        ("/to/ftp:%2F%2Fx", Outcome.GONE, "no_address"),
    ],
)
def test_an_answer_means(elsewhere, path, outcome, reason):
    found = visit(elsewhere.at + path, known_hosts={elsewhere.host}, timeout_seconds=2)
    assert (found.outcome, found.reason) == (outcome, reason)


def test_what_is_written_in_thai_is_asked_as_a_browser_asks(elsewhere):
    visit(f"{elsewhere.at}{THAI_PATH}?ปี=๒๕๖๙", known_hosts={elsewhere.host}, timeout_seconds=2)
    assert elsewhere.asked == [("HEAD", f"{THAI_PATH}?ปี=๒๕๖๙", elsewhere.host)]


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost/",
        "http://127.0.0.1/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://user:pass@192.168.1.1/",
    ],
)
def test_nothing_inside_a_network_is_asked(address):
    found = visit(address, timeout_seconds=2)
    assert (found.outcome, found.reason) == (Outcome.GONE, "inside_a_network")


def test_a_name_with_one_address_inside_a_network_is_not_asked(monkeypatch):
    def both(host, port, **more):
        rows = [("9.9.9.9", port), ("10.0.0.1", port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", row) for row in rows]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    found = visit("http://two.example/", timeout_seconds=2)
    assert (found.outcome, found.reason) == (Outcome.GONE, "inside_a_network")


def test_a_redirect_into_the_network_is_not_followed(elsewhere):
    with _quiet_server() as (port, connections):
        address = f"{elsewhere.at}/to/http:%2F%2Flocalhost:{port}%2F"
        found = visit(address, known_hosts={elsewhere.host}, timeout_seconds=2)
        assert (found.outcome, found.reason) == (Outcome.REFUSED, "unusual_port")
        address = f"{elsewhere.at}/to/http:%2F%2Flocalhost%2F"
        found = visit(address, known_hosts={elsewhere.host}, timeout_seconds=2)
        assert (found.outcome, found.reason) == (Outcome.GONE, "inside_a_network")
        assert connections == []


def test_a_host_of_the_agency_is_asked_at_its_port_alone(elsewhere):
    with _quiet_server() as (port, connections):
        found = visit(f"http://127.0.0.1:{port}/", known_hosts={elsewhere.host}, timeout_seconds=2)
        assert found.reason == "unusual_port"
        assert connections == []


@pytest.mark.parametrize("address", ["http://[", "http://", "http://a..b/", "http://h:99999/"])
def test_what_is_no_address_is_told_and_raises_nothing(address):
    assert visit(address, timeout_seconds=2).reason == "no_address"


def test_a_circle_and_an_endless_way_end(elsewhere):
    circle = f"{elsewhere.at}/circle"
    found = visit(circle, known_hosts={elsewhere.host}, timeout_seconds=2)
    assert (found.outcome, found.reason) == (Outcome.GONE, "redirects_in_a_circle")
    endless = f"{elsewhere.at}/endless/1"
    found = visit(endless, known_hosts={elsewhere.host}, timeout_seconds=2)
    assert (found.outcome, found.reason) == (Outcome.FAILS, "too_many_redirects")
    assert len(elsewhere.asked) == 1 + 6


def test_who_answers_a_byte_now_and_then_holds_nobody_up():
    with _quiet_server(drips=True) as (port, _connections):
        known = {f"127.0.0.1:{port}"}
        found = visit(f"http://127.0.0.1:{port}/", known_hosts=known, timeout_seconds=0.5)
    assert (found.outcome, found.reason) == (Outcome.FAILS, "no_answer_in_time")


@contextmanager
def _quiet_server(*, drips=False):
    """Listen, and count who comes; or answer a byte now and then, without an end."""
    listening = socket.create_server(("127.0.0.1", 0))
    connections = []

    def serve():
        with suppress(OSError):
            while True:
                connection, _address = listening.accept()
                connections.append(connection)
                if drips:
                    threading.Thread(target=_drip, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], connections
    finally:
        listening.close()
        for connection in connections:
            connection.close()


def _drip(connection):
    with suppress(OSError):
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 10_000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)


# The check


def test_what_does_not_open_becomes_a_task_of_the_division_and_ends_by_itself(office, elsewhere):
    page = published(office, f"{elsewhere.at}/404", f"{elsewhere.at}/200", title="ข่าวมีลิงก์")
    check = checked(office)
    assert (check.targets, check.broken, check.left_over) == (2, 1, 0)
    (task,) = open_reports(office["pr.division-a"])
    assert (task.page_id, task.kind, task.is_of_check) == (page.pk, "link", True)
    assert task.text == f"{elsewhere.at}/404"
    assert open_reports(office["pr.division-b"]) == []
    tell()
    told = Notice.objects.filter(what="links_broken")
    assert [row.recipient.username for row in told] == ["pr.division-a"]
    checked(office)
    tell()
    assert ErrorReport.objects.count() == 1, "a second check makes no second task"
    assert Notice.objects.filter(what="links_broken").count() == 1
    office.publish(office.edit(page, body=linking(f"{elsewhere.at}/200")))
    checked(office)
    task.refresh_from_db()
    assert (task.state, task.closed_by) == ("fixed", None)
    settle()
    assert not Notice.objects.filter(what="links_broken", read_at=None).exists()
    actions = list(LedgerEntry.objects.order_by("seq").values_list("action", flat=True))
    assert [name for name in actions if "link" in name or name == "close_report"] == [
        "ask_for_link_check", "check_links", "report_links",
        "ask_for_link_check", "check_links",
        "ask_for_link_check", "check_links", "close_report",
    ]  # fmt: skip


def test_an_outage_is_told_only_if_it_lasts_till_the_next_day(office, elsewhere, settings):
    settings.OTP_POLICY_LINKS_EVERY_DAYS = 7
    elsewhere.is_down = True
    url = f"{elsewhere.at}/report"
    published(office, url)
    begin_what_is_due()
    check_links()
    assert state_of(url) == "failed"
    assert not ErrorReport.objects.exists()
    begin_what_is_due()
    assert not is_check_waiting(), "too early for a second look"
    with freeze_time(timezone.now() + timedelta(hours=21), tick=True):
        begin_what_is_due()
        check_links()
        assert LinkCheck.objects.filter(is_second_look=True).count() == 1
        assert state_of(url) == "broken"
        assert ErrorReport.objects.filter(state="open").count() == 1
    elsewhere.is_down = False
    with freeze_time(timezone.now() + timedelta(days=8), tick=True):
        begin_what_is_due()
        check_links()
        assert state_of(url) == "opens"
        assert LinkTarget.objects.get(url=url).failing_since is None
    assert ErrorReport.objects.filter(state="fixed").count() == 1


def test_who_refuses_programs_alarms_nobody(office, elsewhere):
    published(office, f"{elsewhere.at}/403")
    checked(office)
    assert state_of(f"{elsewhere.at}/403") == "by_hand"
    assert not ErrorReport.objects.exists()


def test_a_page_that_left_the_public_is_missed_where_it_is_linked_to(office, elsewhere):
    other = office.publish(office.draft(title="จะถอน"))
    page = office.publish(office.draft(body=f'<p><a linktype="page" id="{other.pk}">ดู</a></p>'))
    checked(office)
    assert state_of(f"page:{other.pk}") == "opens"
    take_down(fresh(other), office["publisher.web"], reason="ถอน")
    checked(office)
    assert state_of(f"page:{other.pk}") == "broken"
    assert ErrorReport.objects.get().page_id == page.pk


def test_a_check_is_bounded_and_the_next_goes_on_with_what_was_left(office, elsewhere, settings):
    settings.OTP_POLICY_LINKS_A_CHECK = 5
    published(office, *(f"{elsewhere.at}/page-{number}" for number in range(12)))
    check = checked(office)
    assert (check.targets, check.left_over, len(elsewhere.asked)) == (5, 7, 5)
    checked(office)
    checked(office)
    assert len({path for _method, path, _host in elsewhere.asked}) == 12


def test_a_check_that_died_is_taken_up_where_it_stopped(office, elsewhere):
    urls = [f"{elsewhere.at}/page-{number}" for number in range(15)]
    published(office, *urls)
    check = ask_for_check(office["publisher.web"])
    stopping = threading.Event()
    stopping.wait = lambda seconds: stopping.is_set() or len(elsewhere.asked) >= 4
    real_set = stopping.is_set
    stopping.is_set = lambda: real_set() or len(elsewhere.asked) >= 4
    check_links(stopping)
    check.refresh_from_db()
    assert check.ended_at is None
    assert 4 <= len(elsewhere.asked) < 15
    check_links()
    check.refresh_from_db()
    assert check.ended_at is not None
    assert len(elsewhere.asked) == 15, "nothing was followed twice"


def test_two_do_not_do_one_check(office, elsewhere):
    published(office, f"{elsewhere.at}/200")
    ask_for_check(office["publisher.web"])
    LinkCheck.objects.update(busy_until=timezone.now() + timedelta(minutes=1))
    assert not is_check_waiting()
    assert check_links() == 0
    LinkCheck.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    assert check_links() == 1


def test_links_are_checked_once_a_week_by_themselves(office, settings):
    settings.OTP_POLICY_LINKS_EVERY_DAYS = 7
    begin_what_is_due()
    check_links()
    begin_what_is_due()
    assert LinkCheck.objects.count() == 1
    with freeze_time(timezone.now() + timedelta(days=7, seconds=1), tick=True):
        begin_what_is_due()
        assert LinkCheck.objects.count() == 2
    settings.OTP_POLICY_LINKS_EVERY_DAYS = 0
    LinkCheck.objects.all().delete()
    begin_what_is_due()
    assert not LinkCheck.objects.exists()


# Who asks for it, and what they see


def test_the_keeper_of_the_website_asks_for_all_and_a_division_for_its_items(office, elsewhere):
    page = published(office, f"{elsewhere.at}/404")
    for name in ("pr.division-a", "director.division-a", "publisher.social"):
        with pytest.raises(PolicyRefusal):
            ask_for_check(office[name])
    with pytest.raises(PolicyRefusal):
        ask_for_check(office["pr.division-b"], page)
    assert not LinkCheck.objects.exists()
    first = ask_for_check(office["pr.division-a"], page)
    assert ask_for_check(office["publisher.web"], page).pk == first.pk, "one is enough"
    published(office, f"{elsewhere.at}/410", title="อีกเรื่อง")
    check_links()
    assert {path for _method, path, _host in elsewhere.asked} == {"/404"}


def test_the_screen_lists_what_does_not_open_and_takes_the_question(office, elsewhere):
    published(office, f"{elsewhere.at}/404", title="ข่าวหนึ่ง")
    published(office, f"{elsewhere.at}/404", title="=HYPERLINK(1)")
    client = Client()
    address = "/admin/freshness/links/"
    client.force_login(office["pr.division-a"])
    assert "ตรวจลิงก์ทั้งหมด" not in client.get(address).content.decode()
    client.post(f"{address}check/")
    assert not LinkCheck.objects.exists()
    client.force_login(office["publisher.web"])
    assert "ตรวจลิงก์ทั้งหมด" in client.get(address).content.decode()
    assert client.get(f"{address}check/").status_code == 405
    client.post(f"{address}check/")
    check_links()
    text = client.get(address).content.decode()
    assert f"{elsewhere.at}/404" in text
    assert "ข่าวหนึ่ง" in text
    assert "(404)" in text
    opens = client.get(f"{address}?state=opens&number=99").content.decode()
    assert f"{elsewhere.at}/404" not in opens
    table = client.get("/admin/freshness/links.csv").content.decode()
    assert "ข่าวหนึ่ง" in table
    assert "\n=HYPERLINK" not in table


def test_the_list_asks_as_often_for_many_as_for_few(office, elsewhere):
    published(office, f"{elsewhere.at}/404")
    checked(office)
    client = Client()
    client.force_login(office["publisher.web"])
    client.get("/admin/freshness/links/")
    with CaptureQueriesContext(connection) as few:
        client.get("/admin/freshness/links/")
    published(office, *(f"{elsewhere.at}/{n}/404" for n in range(30)), title="มาก")
    checked(office)
    with CaptureQueriesContext(connection) as many:
        client.get("/admin/freshness/links/")
    assert len(many) == len(few)


def test_the_command_does_the_check_where_no_dispatcher_runs(office, elsewhere, capsys, settings):
    settings.OTP_POLICY_LINKS_EVERY_DAYS = 7
    page = published(office, f"{elsewhere.at}/404")
    with pytest.raises(SystemExit) as ended:
        call_command("otp_links")
    assert ended.value.code == 1
    assert f"{page.pk} {elsewhere.at}/404" in capsys.readouterr().out
    assert ItemLink.objects.count() == 1
