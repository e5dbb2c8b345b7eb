"""Publishing a governed page, beside a plain Wagtail page with the same fields, in pairs."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAIRS = 60
WARM_UP = 10
WEBSITE_BOUND, CHANNELS_BOUND = 1.4, 1.7
BODY = "<p>" + "สำนักงานเผยแพร่ข้อมูลข่าวสารต่อสาธารณะ " * 40 + "</p>"
CHANNELS = ("website", "line", "facebook")


def set_up_site() -> None:
    """Make an empty site of its own in a temporary folder, with the peer's page type."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(HERE)]
    folder = tempfile.mkdtemp(prefix="otp-policy-bench-")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/site.sqlite3"
    os.environ["LOG_LEVEL"] = "ERROR"
    from django.conf import settings

    from tests import settings as ours

    values = {name: getattr(ours, name) for name in dir(ours) if name.isupper()}
    values["INSTALLED_APPS"] = [*ours.INSTALLED_APPS, "tests.benchmarks.plain"]
    # Credentials of nobody: what is owed is written and frozen, and nothing is sent here.
    values["OTP_POLICY_LINE"] = {"host": "http://127.0.0.1:9", "access_token": "nobody"}
    values["OTP_POLICY_FACEBOOK"] = {
        "graph_url": "http://127.0.0.1:9/",
        "page_id": "1",
        "page_token": "nobody",
    }
    settings.configure(**values)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def approved_item(office: Any, number: int, channels: tuple[str, ...]) -> int:
    """Return the key of the website's slot of an item that lacks only its publication."""
    from otp_policy.wagtail.models import Slot

    page = office.draft(title=f"ข่าวที่ {number}", body=BODY)
    office.agree(page, *channels)
    office.approve(page)
    return Slot.objects.get(page_id=page.pk, channel="website").pk


def plain_revision(office: Any, number: int) -> int:
    """Return the key of the draft of a plain page with the same text."""
    from otp_policy.wagtail.models import Unit
    from tests.benchmarks.plain.models import PlainPage

    page = PlainPage(
        title=f"ข่าวที่ {number}",
        summary="สรุปข่าว",
        body=BODY,
        live=False,
        owning_unit=Unit.objects.get(code="division-a"),
        owner=office["admin"],  # as Wagtail's admin sets it
    )
    office.home.refresh_from_db()
    office.home.add_child(instance=page)
    return page.save_revision(user=office["admin"]).pk


def publish_plain(revision: int, user: Any) -> None:
    """Publish a draft as Wagtail's own dispatcher does, which knows no more than its key."""
    from wagtail.models import Revision

    Revision.objects.get(pk=revision).publish(user=user)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of *work*."""
    began = time.process_time()
    work()
    return time.process_time() - began


def queries(office: Any, number: int) -> int:
    """Return how many queries the publication of one item on every channel makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    slot = approved_item(office, number, CHANNELS)
    with CaptureQueriesContext(connection) as captured:
        publish_governed(slot)
    return len(captured)


def publish_governed(slot: int) -> None:
    """Publish one due slot as the dispatcher does."""
    from otp_policy.wagtail.publishing import Published, publish_slot

    if publish_slot(slot) is not Published.DONE:
        raise RuntimeError(f"slot {slot} did not go live")


Pair = Callable[[Any, int, tuple[str, ...]], tuple[int, int]]


def first_texts(office: Any, number: int, channels: tuple[str, ...]) -> tuple[int, int]:
    """Return the slot of an approved item and the draft of a plain page, both never public."""
    return approved_item(office, number, channels), plain_revision(office, number)


def corrections(office: Any, number: int, channels: tuple[str, ...]) -> tuple[int, int]:
    """Return the slot of an approved correction of a live item, and a plain page's next draft."""
    from wagtail.models import Page, Revision

    from otp_policy.wagtail.models import Slot

    slot, revision = first_texts(office, number, channels)
    publish_governed(slot)
    publish_plain(revision, office["admin"])
    page_id = Slot.objects.get(pk=slot).page_id
    page = Page.objects.get(pk=page_id).specific
    office.edit(page, title=f"{page.title} ใหม่", correction_note="แก้ชื่อเรื่อง")
    office.agree(page, "website")
    office.approve(page)
    again = Slot.objects.get(page_id=page_id, channel="website", state=Slot.State.CONFIRMED)
    text = Revision.objects.get(pk=revision).as_object()
    text.title = f"{text.title} ใหม่"
    return again.pk, text.save_revision(user=office["admin"]).pk


def pairs(
    office: Any, channels: tuple[str, ...], start: int, pair: Pair = first_texts
) -> tuple[float, float]:
    """Return the median seconds of a governed and of a plain publication, taken in turn."""
    governed, plain = [], []
    for number in range(start, start + PAIRS + WARM_UP):
        slot, revision = pair(office, number, channels)
        governed.append(seconds(lambda slot=slot: publish_governed(slot)))
        plain.append(seconds(lambda key=revision: publish_plain(key, office["admin"])))
    return statistics.median(governed[WARM_UP:]), statistics.median(plain[WARM_UP:])


def main() -> None:
    """Measure the website alone, all channels, and the queries on a small and a larger site."""
    set_up_site()
    from lines import line

    from tests.office import Office

    office = Office()
    queries(office, 0)  # what a process looks up once
    few = queries(office, 1)
    for name, channels, bound, start, pair in (
        ("publish_vs_wagtail", ("website",), WEBSITE_BOUND, 1000, first_texts),
        ("publish_vs_wagtail", CHANNELS, CHANNELS_BOUND, 2000, first_texts),
        ("correct_vs_wagtail", ("website",), WEBSITE_BOUND, 3000, corrections),
        ("correct_vs_wagtail", CHANNELS, CHANNELS_BOUND, 4000, corrections),
    ):
        value, peer = pairs(office, channels, start, pair)
        line(
            name,
            value=value * 1000,
            unit="ms",
            peer=peer * 1000,
            bound=f"value / peer <= {bound}",
            better="lower",
            holds=value / peer <= bound,
            detail=f"{value / peer:.2f} x, {' '.join(channels)}; medians of {PAIRS} pairs",
        )
    many = queries(office, 9999)
    line(
        "publish_queries",
        value=many,
        unit="queries",
        peer=few,
        bound="value == peer",
        better="lower",
        holds=many == few,
        detail=f"on {4 * (PAIRS + WARM_UP) * 2} pages, and on none",
    )


if __name__ == "__main__":
    main()
