"""
Two connections that want the same rows, on a real PostgreSQL: prints what became of each.

Run by `test_lock_order.py`. The main connection holds a row until both
others wait, so that the order in which they come to their locks is always the same.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import override_settings  # noqa: E402

from otp_policy.channels.base import ErrorClass, Outcome, OutcomeState  # noqa: E402
from otp_policy.wagtail.models import LedgerHead  # noqa: E402
from otp_policy.wagtail.refusals import PolicyRefusal  # noqa: E402
from otp_policy.wagtail.syndication import claims, handling  # noqa: E402
from otp_policy.wagtail.syndication.choosing import take_next  # noqa: E402
from otp_policy.wagtail.syndication.models import Delivery  # noqa: E402
from otp_policy.wagtail.syndication.outcomes import conclude  # noqa: E402
from otp_policy.wagtail.syndication.switches import ChannelSwitch  # noqa: E402
from tests.office import Office  # noqa: E402

LINE = {"host": "http://127.0.0.1:9", "access_token": "nobody"}
REFUSED = Outcome(state=OutcomeState.HELD, error_class=ErrorClass.PERSON, detail="renew it")
WAITS_SECONDS = 30


class Beside(threading.Thread):
    """One of the two: a connection of its own, and what became of its work."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.work, self.became = work, ""

    def run(self) -> None:
        try:
            self.became = repr(self.work())
        except PolicyRefusal:
            self.became = "refused"
        except Exception as error:
            self.became = f"{type(error).__name__}: {error}".splitlines()[0]
        finally:
            connection.close()


@contextmanager
def held(rows: Any) -> Iterator[None]:
    """Hold *rows* in the main connection."""
    with transaction.atomic():
        list(rows.select_for_update())
        yield


def wait_until_waiting(number: int) -> None:
    """Return once *number* connections wait for a lock."""
    end = time.monotonic() + WAITS_SECONDS
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.05)
    raise SystemExit("nobody waits")


def race(
    delivery: Delivery, rows: Any, first: Callable[[], object], second: Callable[[], object]
) -> None:
    """Let *first* and then *second* come to their locks, release them, and print their ends."""
    runners = [Beside(first), Beside(second)]
    with held(rows):
        for number, runner in enumerate(runners, 1):
            runner.start()
            wait_until_waiting(number)
    for runner in runners:
        runner.join(WAITS_SECONDS)
    delivery.refresh_from_db()
    print(*(runner.became for runner in runners), delivery.state, sep=", ")


def choice_and_claim(office: Office, delivery: Delivery) -> None:
    """One claims a message while another chooses it as its next."""
    race(
        delivery,
        ChannelSwitch.objects.filter(channel="line"),
        lambda: claims.claim(delivery, "pending"),
        lambda: take_next(busy={}),
    )


def cancel_and_claim(office: Office, delivery: Delivery) -> None:
    """One claims a message while its unit cancels it, which lets its time go too."""
    race(
        delivery,
        ChannelSwitch.objects.filter(channel="line"),
        lambda: claims.claim(delivery, "pending"),
        lambda: handling.cancel(delivery, office["publisher.social"], reason="ไม่ต้องส่งแล้ว"),
    )


def answer_and_resume(office: Office, delivery: Delivery) -> None:
    """An answer opens the breaker, and so writes to the ledger, while somebody acts on it."""
    assert claims.claim(delivery, "pending")
    race(
        delivery,
        LedgerHead.objects.all(),
        lambda: conclude(delivery, REFUSED, was_unknown=False),
        lambda: look_at_it(delivery, office["publisher.social"]),
    )


def look_at_it(delivery: Delivery, user: Any) -> None:
    """Do as everything in `handling` does: lock the delivery, then write to the ledger."""
    from otp_policy.wagtail.recording import record
    from otp_policy.wagtail.syndication.locking import locked_delivery

    with transaction.atomic():
        locked_delivery(delivery.pk)
        record("look_again", user=user)


def main() -> None:
    """Found an office, and run each race for a message of its own."""
    call_command("migrate", verbosity=0)
    with override_settings(OTP_POLICY_LINE=LINE):
        office = Office()
        for run in (choice_and_claim, cancel_and_claim, answer_and_resume):
            office.publish(office.draft(), "website", "line")
            ChannelSwitch.objects.get_or_create(channel="line")
            ChannelSwitch.objects.get_or_create(channel="facebook")
            run(office, Delivery.objects.latest("pk"))


if __name__ == "__main__":
    main()
