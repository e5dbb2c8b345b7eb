"""The plugin on PostgreSQL: the same tests as on SQLite, in a run of their own."""

import os
import subprocess
import sys

from tests.conftest import REPOSITORY


def test_the_plugins_tests_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/plugin", "-q", "-p", "no:cacheprovider"],
        env={**os.environ, "DATABASE_URL": postgres_url, "PYTHONPATH": ".:site"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
