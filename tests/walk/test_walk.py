"""The short form of the random walk, the same in every run; `make attack` takes the long one."""

import os
import subprocess
import sys

from tests.conftest import REPOSITORY

# Hypothesis draws from what a process has imported, so the walk has a process of its own.
COMMAND = [sys.executable, "-m", "pytest", "tests/walk/random_walk.py", "-q", "-s"]


def test_nothing_is_ever_public_without_its_approval():
    done = subprocess.run(
        [*COMMAND, "-p", "no:cacheprovider", "-p", "no:randomly"],
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": ".:site", "PYTEST_ADDOPTS": ""},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
    assert "500 actions" in done.stdout
