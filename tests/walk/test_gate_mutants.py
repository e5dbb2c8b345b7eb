"""A check of the gate is taken out, and a test misses it; `make attack` takes out all."""

import subprocess
import sys

from tests.conftest import REPOSITORY

SCRIPT = [sys.executable, ".ci/gate_mutants.py"]


def run(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*SCRIPT, *options], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


def test_every_way_to_refuse_is_on_the_list():
    listed = run("--list").stdout
    for part in (
        "pages.guard_page", "parts.guard_part", "revisions.guard_revision", "shown._refuse",
        "structure._refuse", "decisions.decide_on", "publishing.publish_slot",
        "pre_save no", "pre_page_move no", "PublishRevisionAction.check", "Collection.move",
        "no trigger otp_policy_page_insert", "NEW.title <> OLD.title", "file_views.guard_image",
    ):  # fmt: skip
        assert part in listed, part
    assert len(listed.splitlines()) > 100


def test_a_missing_check_is_missed():
    done = run("--only", "guard_collection_privacy:0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 caught" in done.stdout
