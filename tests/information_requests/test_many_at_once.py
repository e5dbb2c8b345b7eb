"""Several processes take numbers at the same time: none twice, none left out, the ledger whole."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.migrated import copy_founded

PROCESSES, EACH = 4, 8
SCRIPT = f"""
import django
django.setup()
from otp_policy.wagtail.information_requests.moves import Asked, receive
for _ in range({EACH}):
    receive(Asked(question="x"))
"""


def test_numbers_have_no_gap_and_no_double_between_processes(tmp_path: Path) -> None:
    database = tmp_path / "site.sqlite3"
    copy_founded(database)
    variables = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "OTP_VAR_DIR": str(tmp_path),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}",
    }
    running = [
        subprocess.Popen([sys.executable, "-c", SCRIPT], env={**os.environ, **variables})
        for _ in range(PROCESSES)
    ]
    assert [process.wait(timeout=300) for process in running] == [0] * PROCESSES
    with sqlite3.connect(database) as rows:
        numbers = rows.execute(
            "SELECT number FROM otp_policy_requests_informationrequest ORDER BY number"
        ).fetchall()
        received = rows.execute(
            "SELECT count(*) FROM otp_policy_ledgerentry WHERE action = 'request_received'"
        ).fetchone()
    assert [number for (number,) in numbers] == list(range(1, PROCESSES * EACH + 1))
    assert received == (PROCESSES * EACH,)
