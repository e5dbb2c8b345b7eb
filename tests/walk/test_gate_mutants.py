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
        "structure._refuse", "decisions._decide", "publishing.publish_slot",
        "pre_save no", "pre_page_move no", "PublishRevisionAction.check", "Collection.move",
        "no trigger otp_policy_page_insert", "NEW.title <> OLD.title", "file_views.guard_image",
        "no trigger otp_policy_ledgerentry_delete", "models.evidence.AppendOnly.save",
        "gate.pages._is_as_published", "item_digest(page", "paper._about_sheet",
        "withdrawals.take_down", "syndication.permission.may_go",
    ):  # fmt: skip
        assert part in listed, part
    assert len(listed.splitlines()) > 350


def test_a_missing_check_is_missed_and_one_without_a_test_is_told():
    checks = "redirect_forms._ask:0,guard_collection_privacy:0"
    done = run("--only", checks, "--tests", "redirect_forms,evidence_triggers")
    assert done.returncode == 1, done.stdout + done.stderr
    said = {line[:8].strip(): line for line in done.stdout.splitlines()}
    assert "redirect_forms._ask" in said["caught"]
    assert "guard_collection_privacy" in said["SURVIVED"]
    assert "1 of 2 caught" in done.stdout
