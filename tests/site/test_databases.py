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
    "audit", "channel_switches", "evidence_triggers", "follow_ups", "forged_saves", "gate",
    "ledger_export", "outbox", "parts", "public_search", "schedule", "search_backend", "series",
    "structure", "thai_search_set", "triggers", "usage",
)  # fmt: skip
REQUESTS = [f"tests/information_requests/test_{name}.py" for name in ("log", "rounds", "sealing")]
REPORTS = [f"tests/executive_reports/test_{name}.py" for name in ("figures", "steps")]


def chosen() -> list[str]:
    """Return the tests to run: all of the plugin's, or some of them, if they are asked for."""
    asked = os.environ.get("PLUGIN_TESTS", "").split()
    if asked == ["all"]:
        more = ("information_requests", "monitoring", "executive_reports", "evidence_packs")
        return [PLUGIN, *(f"tests/{name}" for name in more)]
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
