"""Freshness of 100,000 items: ours beside plain SQL, and beside wagtail-periodic-review."""

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
BOUND = 1.5
# What anybody would write who has the due day in a column.
PLAIN = (
    "SELECT category, COUNT(*) FROM otp_policy_monitoring_dueitem "
    "WHERE due_on < %s GROUP BY category"
)


def set_up_site() -> None:
    """Make a site of its own in a temporary folder."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(HERE)]
    folder = Path(tempfile.mkdtemp(prefix="otp-policy-bench-"))
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
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
    """Write *count* due days: of every category and division, from long overdue to years ahead."""
    from otp_policy.wagtail.conf import current_policy
    from otp_policy.wagtail.models import Unit
    from otp_policy.wagtail.monitoring.models import DueItem
    from otp_policy.wagtail.monitoring.reckoning import catch_up

    units = [
        Unit.objects.get_or_create(code=f"bench-{number}", defaults={"name_th": f"กอง {number}"})[0]
        for number in range(20)
    ]
    categories = list(current_policy().categories)
    catch_up()
    DueItem.objects.bulk_create(
        (_item(number, units, categories, on) for number in range(count)), batch_size=5000
    )


def _item(number: int, units: list[Any], categories: list[str], on: date) -> Any:
    from otp_policy.wagtail.monitoring.models import DueItem

    due = on + timedelta(days=number * 7919 % 800 - 200)
    return DueItem(
        page_id=1_000_000 + number,
        category=categories[number % len(categories)],
        unit=units[number // 7 % len(units)],
        first_published_on=due - timedelta(days=365),
        last_reviewed_on=due - timedelta(days=365),
        due_soon_on=due - timedelta(days=30),
        due_on=due,
    )


def medians(*calls: Callable[[], Any]) -> list[float]:
    """Return the median milliseconds of each call, made in turn."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(ROUNDS):
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


def main() -> None:
    """Measure."""
    set_up_site()
    from otp_policy.wagtail.conf import office_day

    on = office_day()
    make_items(ITEMS, on)
    overdue_beside_sql(on)


if __name__ == "__main__":
    main()
