"""The walk's database, put back in an instant: SQLite copies a whole database into memory."""

import sqlite3

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from wagtail.models import Site


class Snapshot:
    """The database as it is now. Nothing is rolled back: actions commit as they do for real."""

    def __init__(self) -> None:
        connection.ensure_connection()
        self._kept = sqlite3.connect(":memory:")
        connection.connection.backup(self._kept)

    def restore(self) -> None:
        """Put the database back, and forget what was cached of the one that is gone."""
        self._kept.backup(connection.connection)
        cache.clear()
        ContentType.objects.clear_cache()
        Site.clear_site_root_paths_cache()

    def close(self) -> None:
        """Let the copy go."""
        self._kept.close()
