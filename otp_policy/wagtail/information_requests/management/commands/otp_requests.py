"""Does what is due for requests for information now: clocks, reminders, e-mails, erasure."""

from typing import Any

from django.core.management.base import BaseCommand

from ...rounds import run


class Command(BaseCommand):
    """Run one round, as the dispatcher does."""

    help = "Moves clocks, reminds, sends owed e-mails and erases personal data whose time is over."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in run().items():
            self.stdout.write(f"{name}: {count}")
