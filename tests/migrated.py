"""
A database that is migrated once for a whole run, and copied wherever a test needs one.

The processes of a run share its folder (`OTP_TEST_RUN_DIR`): whoever comes first migrates, while
the others wait. A run that is started inside another one shares the folder of that.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import REPOSITORY, RUN_FOLDER

__all__ = ["copy_founded", "copy_migrated", "fill_in_memory", "founded", "prepare_demo"]

SITE = "otp_site.settings"
FOUND = """
import django; django.setup()
from tests.office import Office
Office()
"""


def migrated(settings: str = SITE) -> Path:
    """Return the SQLite file of an empty site with these *settings*."""
    return _made_once(settings, lambda made: _run(made, settings, "-m", "django", "migrate", "-v0"))


def founded() -> Path:
    """Return the SQLite file of a site with the people of `tests.office.Office` in it."""

    def found(made: Path) -> None:
        copy_migrated(made)
        _run(made, SITE, "-c", FOUND)

    return _made_once("founded", found)


def _made_once(name: str, make: Callable[[Path], None]) -> Path:
    folder = Path(os.environ[RUN_FOLDER])
    ready = folder / f"{name}.sqlite3"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            made = folder / f"{name}.made"
            made.unlink(missing_ok=True)
            make(made)
            _leave_one_file(made)
            made.rename(ready)
    return ready


def copy_migrated(target: Path, settings: str = SITE) -> None:
    """Put a migrated database of the site with these *settings* at *target*."""
    shutil.copyfile(migrated(settings), target)


def copy_founded(target: Path) -> None:
    """Put a database with the office's people at *target*."""
    shutil.copyfile(founded(), target)


def prepare_demo(folder: Path) -> None:
    """Leave in *folder* what an earlier start of the demo would have left: no start migrates."""
    from demo import MARK, TEMPLATE, fingerprint

    copy_migrated(folder / TEMPLATE.name)
    (folder / MARK.name).write_text(fingerprint(), encoding="utf-8")


def fill_in_memory(name: str, settings: str) -> sqlite3.Connection:
    """Fill the database in this process's memory called *name*, which lives while this is open."""
    held = sqlite3.connect(name, uri=True)
    source = sqlite3.connect(migrated(settings))
    source.backup(held)
    source.close()
    return held


def _run(database: Path, settings: str, *arguments: str) -> None:
    variables = {
        "SECRET_KEY": "for-tests-only",
        "OTP_VAR_DIR": str(database.parent),
        "DATABASE_URL": f"sqlite:///{database}",
        "EMAIL_URL": "dummymail://",
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **variables},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _leave_one_file(database: Path) -> None:
    """Take in the log that SQLite keeps beside the file, so that one file can be copied."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
