"""
Django's `flush`, which empties a database, as tests do between each other.

SQLite empties a table by deleting its rows, which the triggers on evidence refuse.
"""

from typing import Any

from django.core.management.commands.flush import Command as Flush

from ...gate import evidence_triggers


class Command(Flush):
    """Take the triggers on evidence away while the whole database is emptied."""

    def handle(self, **options: Any) -> None:
        using = options["database"]
        evidence_triggers.remove(using)
        try:
            super().handle(**options)
        finally:
            evidence_triggers.install(using)
