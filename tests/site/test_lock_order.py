"""No two connections wait for each other: rows are locked in one order (`syndication.locking`)."""

import os
import subprocess
import sys

from tests.conftest import REPOSITORY


def test_whoever_comes_second_waits_and_neither_is_ended(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "tests.site.lock_race"],
        env={
            **os.environ,
            "DATABASE_URL": postgres_url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": ".:site",
        },
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert done.stdout.splitlines() == [
        "True, None, sending",  # chosen while it was claimed
        "True, refused, sending",  # cancelled while it was claimed
        "None, None, held",  # acted on while its answer was written down
    ]
