"""With a broker, a Celery worker does the dispatcher's round when it is woken."""

import subprocess
import sys
import time

import pytest

from otp_policy.channels.sandbox import Account, Sandbox
from tests.conftest import REPOSITORY
from tests.site.conftest import manage, stop

WAKE = """
import django; django.setup()
from tests.office import Office
from otp_policy.wagtail.syndication.receivers import ring
office = Office()
page = office.draft(title="ข่าวผ่านตัวกลาง")
office.agree(page, "website", "line", "facebook")
office.approve(page)
ring()
"""


@pytest.mark.needs("redis")
def test_a_worker_publishes_and_sends_when_it_is_woken(redis_url, tmp_path):
    with Sandbox(account=Account()) as sandbox:
        environment = {
            "SECRET_KEY": "for-tests-only",
            "OTP_VAR_DIR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
            "CELERY_BROKER_URL": redis_url,
            "LINE_API_HOST": sandbox.url,
            "LINE_CHANNEL_ACCESS_TOKEN": Account().line_token,
            "FACEBOOK_GRAPH_URL": f"{sandbox.url}/",
            "FACEBOOK_PAGE_ID": Account().page_id,
            "FACEBOOK_PAGE_TOKEN": Account().page_token,
            "DJANGO_SETTINGS_MODULE": "otp_site.settings",
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}",
        }
        manage("migrate", "--verbosity", "0", environment=environment)
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "otp_site", "worker", "-c", "1", "-P", "solo"],
            env={**_system(), **environment},
            cwd=REPOSITORY,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            subprocess.run(
                [sys.executable, "-c", WAKE],
                env={**_system(), **environment},
                cwd=REPOSITORY,
                check=True,
            )
            end = time.monotonic() + 60
            while len(sandbox.report()["messages"]) < 2 and time.monotonic() < end:
                time.sleep(0.2)
        finally:
            stop(worker)
        channels = sorted(row["channel"] for row in sandbox.report()["messages"])
        assert channels == ["facebook", "line"]


def _system() -> dict[str, str]:
    import os

    return dict(os.environ)
