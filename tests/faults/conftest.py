"""A site of its own in a process of its own, whose dispatchers can be killed at any point."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from otp_policy.channels.sandbox import Account, Sandbox
from tests.conftest import REPOSITORY
from tests.migrated import copy_founded

# Tokens that are found wherever they leak to.
ACCOUNT = Account(
    line_token="planted-line-token-77c1",
    line_channel_secret="planted-line-secret-0b5e",
    page_token="planted-page-token-d2f8",
    app_id="4242",
    app_secret="planted-app-secret-93aa",
    # A campaign sends in minutes what LINE takes in hours; its limits have tests of their own.
    line_rate_per_hour=None,
)
SECRETS = {
    "line": (ACCOUNT.line_token, ACCOUNT.line_channel_secret),
    "facebook": (ACCOUNT.page_token, ACCOUNT.app_secret),
}
MANAGE = [sys.executable, str(REPOSITORY / "site" / "manage.py")]
# Short enough for a test; a lease is still longer than a call.
SECONDS = {
    # The site of these tests has dispatchers, and no server that the public could ask.
    "OTP_POLICY_WEBSITE_CHECK": "inside",
    "OTP_POLICY_LEASE_SECONDS": "4",
    "OTP_POLICY_CONNECT_SECONDS": "0.5",
    "OTP_POLICY_READ_SECONDS": "3",
    "OTP_POLICY_LOOK_AGAIN_SECONDS": "0.2,0.2",
}
MAKE_OFFICE = """
import django; django.setup()
from tests.office import Office
Office()
"""
PUBLISH = """
import django; django.setup()
from otp_policy.wagtail.publishing import publish_due
from tests.office import Office
office = Office.as_founded()
for number in range({items}):
    page = office.draft(title=f"ข่าวที่ {{number}}")
    office.agree(page, "website", *{channels!r})
    office.approve(page)
publish_due()
"""


@dataclass
class Site:
    """One site on SQLite, with its channels pointed at a sandbox of its own."""

    folder: Path
    sandbox: Sandbox
    more: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the site's processes."""
        return {**os.environ, **_environment(self.folder, self.sandbox.url), **SECONDS, **self.more}

    def publish(self, *channels: str, items: int = 1) -> None:
        """Publish *items* on the website, so that they are owed to *channels*."""
        _run(PUBLISH.format(items=items, channels=channels), self.environment)

    def dispatcher(self, *options: str) -> subprocess.Popen:
        """Start a dispatcher of this site's."""
        with open(self.folder / "dispatcher.log", "ab") as log:
            process = subprocess.Popen(
                [*MANAGE, "run_dispatcher", "--interval", "0.2", *options],
                env=self.environment,
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        """End *process* as a power cut would."""
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def rows(self, query: str) -> list[tuple]:
        """Return what *query* finds in the site's database."""
        connection = sqlite3.connect(self.folder / "site.sqlite3", timeout=20)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def states(self) -> list[str]:
        """Return the states of all deliveries."""
        return [
            state for (state,) in self.rows("SELECT state FROM otp_policy_syndication_delivery")
        ]

    def sent(self, channel: str) -> list[dict]:
        """Return what the public got on *channel*."""
        return [row for row in self.sandbox.report()["messages"] if row["channel"] == channel]

    def log(self) -> str:
        """Return what the dispatchers said."""
        return (self.folder / "dispatcher.log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """End the dispatchers that are left."""
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)


def until(condition: Callable[[], bool], seconds: float = 90.0) -> None:
    """Wait until *condition* holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _environment(folder: Path, url: str) -> dict[str, str]:
    account = ACCOUNT
    return {
        "SECRET_KEY": "for-tests-only",
        "PYTHONUNBUFFERED": "1",
        "OTP_VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "CELERY_BROKER_URL": "",
        "EMAIL_URL": "dummymail://",
        "LINE_API_HOST": url,
        "LINE_CHANNEL_ACCESS_TOKEN": account.line_token,
        "LINE_CHANNEL_ID": account.line_channel_id,
        "LINE_CHANNEL_SECRET": account.line_channel_secret,
        "FACEBOOK_GRAPH_URL": f"{url}/",
        "FACEBOOK_PAGE_ID": account.page_id,
        "FACEBOOK_PAGE_TOKEN": account.page_token,
        "FACEBOOK_APP_ID": account.app_id,
        "FACEBOOK_APP_SECRET": account.app_secret,
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}",
    }


def _run(code: str, environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a site whose processes are ended afterwards."""
    copy_founded(tmp_path / "site.sqlite3")
    with Sandbox(account=ACCOUNT) as sandbox:
        site = Site(tmp_path, sandbox)
        try:
            yield site
        finally:
            site.stop()
