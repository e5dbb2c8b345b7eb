"""The walk's world, put back in an instant: SQLite copies a whole database into memory."""

import sqlite3
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from wagtail.models import Site


class Snapshot:
    """
    Database and files as they are now. Nothing is rolled back: actions commit as they do for real.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self._kept = sqlite3.connect(":memory:")
        connection.connection.backup(self._kept)
        self._files = {path: path.read_bytes() for path in media_files()}

    def restore(self) -> None:
        """Put the database back, and forget what was cached of the one that is gone."""
        self._kept.backup(connection.connection)
        for path in media_files():
            path.unlink()
        for path, data in self._files.items():
            path.write_bytes(data)
        cache.clear()
        ContentType.objects.clear_cache()
        Site.clear_site_root_paths_cache()

    def close(self) -> None:
        """Let the copy go."""
        self._kept.close()


def media_files() -> list[Path]:
    """Return every document, image and rendition that lies in the storage."""
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
