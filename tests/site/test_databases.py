"""
The plugin on PostgreSQL: the same tests as on SQLite, in a run of their own.

Here those in which a database answers for itself: triggers, locks, transactions, what is live.
`make test-postgresql` runs all of them.
"""

import os
import subprocess
import sys

from tests.conftest import REPOSITORY

PLUGIN = "tests/plugin"
WHERE_THE_DATABASE_ANSWERS = (
    "adoption", "audit", "break_glass", "channel_switches", "decisions", "evidence_triggers",
    "follow_ups", "forged_saves", "gate", "ledger_export", "outbox", "page_lists", "parts",
    "public_search", "routes", "schedule", "search_backend", "series", "shown", "structure",
    "thai_search_set", "triggers", "usage", "waiting", "withdrawals",
)  # fmt: skip
REQUESTS = [f"tests/information_requests/test_{name}.py" for name in ("log", "rounds", "sealing")]
REPORTS = [f"tests/executive_reports/test_{name}.py" for name in ("figures", "steps", "duty")]


def chosen() -> list[str]:
    """Return the tests to run: all of the plugin's, or some of them, if they are asked for."""
    asked = os.environ.get("PLUGIN_TESTS", "").split()
    if asked == ["all"]:
        return [PLUGIN, "tests/information_requests", "tests/executive_reports"]
    some = [f"{PLUGIN}/test_{name}.py" for name in asked or WHERE_THE_DATABASE_ANSWERS]
    return some if asked else [*some, *REQUESTS, *REPORTS]


def test_the_plugins_tests_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *chosen(), "-q", "-p", "no:cacheprovider"],
        env={**os.environ, "DATABASE_URL": postgres_url, "PYTHONPATH": ".:site"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
