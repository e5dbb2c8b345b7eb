"""Publishes what is due and drains the outbox; needs no broker."""

import signal
import threading

from django.core.management.base import BaseCommand, CommandParser

from ...dispatcher import run_forever, run_once


class Command(BaseCommand):
    """Run the dispatcher in this process."""

    help = "Publishes items at their confirmed times and sends what the channels are owed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit")
        parser.add_argument(
            "--interval", type=float, default=1.0, help="seconds between rounds (default 1)"
        )

    def handle(self, *args, **options):
        if options["once"]:
            published = run_once()
            self.stdout.write(f"published: {published}")
            return
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        self.stdout.write("dispatcher: running")
        run_forever(stopping, interval=options["interval"])
        self.stdout.write("dispatcher: stopped")
