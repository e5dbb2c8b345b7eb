"""
Freshness of 100,000 items: ours beside plain SQL, and beside wagtail-periodic-review.

The peer is in the environment of the benchmarks alone, whose packages are put last on the path.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ITEMS = int(os.environ.get("FRESHNESS_ITEMS", "100000"))
ROUNDS = 21
REPORT_ROUNDS = 7
BOUND = 1.5
REPORT_BOUND = 0.5
# What anybody would write who has the due day in a column.
PLAIN = (
    "SELECT category, COUNT(*) FROM otp_policy_monitoring_dueitem "
    "WHERE due_on < %s GROUP BY category"
)


def set_up_site() -> None:
    """Make a site of its own in a temporary folder."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(HERE)]
    sys.path += sys.argv[1:2]
    folder = Path(tempfile.mkdtemp(prefix="otp-policy-bench-"))
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.freshness_settings",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        "OTP_VAR_DIR": str(folder),
        "SECRET_KEY": "for-benchmarks-only",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def make_items(count: int, on: date) -> None:
    """
    Write *count* pages, and their days once as ours and once as the peer's.

    Of every category and division, from long overdue to years ahead. Each page is a page of the
    peer's type; ours reads title and days alone.
    """
    from home.models import HomePage
    from otp_policy.wagtail.conf import current_policy
    from otp_policy.wagtail.models import Unit
    from otp_policy.wagtail.monitoring.models import DueItem
    from otp_policy.wagtail.monitoring.reckoning import catch_up
    from otp_site.demo.office import make_site

    units = [
        Unit.objects.get_or_create(code=f"bench-{number}", defaults={"name_th": f"กอง {number}"})[0]
        for number in range(20)
    ]
    make_site(80)
    categories = list(current_policy().categories)
    keys = _make_pages(HomePage.objects.get(), count, on)
    catch_up()
    DueItem.objects.bulk_create(
        (_item(number, key, units, categories, on) for number, key in enumerate(keys)),
        batch_size=5000,
    )


def _make_pages(home: Any, count: int, on: date) -> list[int]:
    """Write the pages below *home* as a tree of the peer's type, and return their keys."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from wagtail.models import Page

    from tests.benchmarks.periodic.models import PeriodicPage

    kind = ContentType.objects.get_for_model(PeriodicPage)
    first = home.numchild + 1
    pages = [
        Page(
            path=Page._get_path(home.path, home.depth + 1, first + number),
            depth=home.depth + 1,
            title=f"ข่าวที่ {number}",
            draft_title=f"ข่าวที่ {number}",
            slug=f"bench-{number}",
            url_path=f"{home.url_path}bench-{number}/",
            content_type=kind,
            locale=home.locale,
            live=True,
            owner=None,
        )
        for number in range(count)
    ]
    Page.objects.bulk_create(pages, batch_size=2000)
    keys = [page.pk for page in pages]
    rows = [
        (key, due - timedelta(days=365), due)
        for key, due in ((key, _due(number, on)) for number, key in enumerate(keys))
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO periodic_periodicpage (page_ptr_id, last_review_date, next_review_date, "
            "current_version_ref, current_version_compiled_by) VALUES (%s, %s, %s, '', '')",
            rows,
        )
    return keys


def _due(number: int, on: date) -> date:
    return on + timedelta(days=number * 7919 % 800 - 200)


def _item(number: int, key: int, units: list[Any], categories: list[str], on: date) -> Any:
    from otp_policy.wagtail.monitoring.models import DueItem

    due = _due(number, on)
    return DueItem(
        page_id=key,
        category=categories[number % len(categories)],
        unit=units[number // 7 % len(units)],
        first_published_on=due - timedelta(days=365),
        last_reviewed_on=due - timedelta(days=365),
        due_soon_on=due - timedelta(days=30),
        due_on=due,
    )


def medians(*calls: Callable[[], Any], rounds: int = ROUNDS) -> list[float]:
    """Return the median milliseconds of each call, made in turn."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds):
        order = list(enumerate(calls))
        for place, call in order if turn % 2 else reversed(order):
            began = time.perf_counter()
            call()
            taken[place].append(1000 * (time.perf_counter() - began))
    return [statistics.median(times) for times in taken]


def overdue_beside_sql(on: date) -> None:
    """Measure the overdue of every category."""
    from django.db import connection
    from lines import line

    from otp_policy.wagtail.monitoring.standing import overdue_by_category

    def plain() -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [on])
            return dict(cursor.fetchall())

    ours = {key: count for key, count in overdue_by_category(on).items() if count}
    if ours != plain() or not ours:
        raise RuntimeError("the two count otherwise")
    value, peer = medians(lambda: overdue_by_category(on), plain)
    line(
        "freshness_vs_sql",
        value=value,
        unit="ms",
        peer=peer,
        bound=f"value <= {BOUND} x peer",
        better="lower",
        holds=value <= BOUND * peer,
        detail=f"{value / peer:.2f} x, overdue by category of {ITEMS} items on SQLite, "
        f"{sum(ours.values())} overdue; medians of {ROUNDS} pairs",
    )


def report_beside_peer() -> None:
    """Measure the first page of both reports, as the administrator of the site gets it."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import reverse
    from lines import line

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.create_superuser("bench", "b@example.invalid", "x"))
    addresses = [
        reverse("otp_policy_monitoring:report"),
        reverse("wagtail_periodic_review_report"),
    ]

    def read(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200 or "ข่าวที่ " not in answer.content.decode():
            raise RuntimeError(f"{address} answers {answer.status_code}")

    queries = []
    for address in addresses:
        read(address)
        with CaptureQueriesContext(connection) as captured:
            read(address)
        queries.append(len(captured))
    ours, theirs = (lambda: read(addresses[0])), (lambda: read(addresses[1]))
    value, peer = medians(ours, theirs, rounds=REPORT_ROUNDS)
    line(
        "freshness_vs_periodic_review",
        value=value,
        unit="ms",
        peer=peer,
        bound=f"value <= {REPORT_BOUND} x peer",
        better="lower",
        holds=value <= REPORT_BOUND * peer,
        detail=f"{value / peer:.2f} x, first page of the report of {ITEMS} items, "
        f"{queries[0]} and {queries[1]} queries; medians of {REPORT_ROUNDS} pairs",
    )


def main() -> None:
    """Measure."""
    set_up_site()
    from otp_policy.wagtail.conf import office_day

    on = office_day()
    make_items(ITEMS, on)
    overdue_beside_sql(on)
    report_beside_peer()


if __name__ == "__main__":
    main()
