"""The demo itself, as `make demo` starts it, and a browser to use it with."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY, find_program
from tests.migrated import prepare_demo

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 300
PATIENCE_MS = 90_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """A running demo in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self.log = directory / "demo.log"
        self.process: subprocess.Popen | None = None

    def start(self) -> float:
        """Start it, wait for the guide that it prints, and return the seconds that took."""
        began = time.monotonic()
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "DEMO_DIR": str(self.directory),
            "DEMO_EXAMPLES": "0",
            "OTP_POLICY_LEASE_SECONDS": "4",
            "OTP_POLICY_CONNECT_SECONDS": "1",
            "OTP_POLICY_READ_SECONDS": "2",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(REPOSITORY / "site" / "demo.py")],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while "Ctrl-C stops everything" not in self.log.read_text(encoding="utf-8"):
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() - began < START_SECONDS, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        return time.monotonic() - began

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGINT)
        return self.process.wait(30)

    def processes(self) -> dict[str, int]:
        """Return the numbers of the running services."""
        return json.loads((self.directory / "processes.json").read_text(encoding="utf-8"))

    def password(self, username: str) -> str:
        """Return the password of an account."""
        rows = json.loads((self.directory / "accounts.json").read_text(encoding="utf-8"))
        return next(row["password"] for row in rows if row["username"] == username)

    def received(self) -> list[dict[str, Any]]:
        """Return what the sandbox got."""
        with urllib.request.urlopen(f"{self.sandbox_url}/_sandbox/messages") as answer:
            return json.load(answer)["messages"]

    def report(self) -> dict[str, Any]:
        """Return all that the sandbox tells."""
        with urllib.request.urlopen(f"{self.sandbox_url}/_sandbox/messages") as answer:
            return json.load(answer)

    def fault(self, **fault: Any) -> None:
        """Arrange a fault in the sandbox."""
        request = urllib.request.Request(
            f"{self.sandbox_url}/_sandbox/faults",
            data=json.dumps(fault).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status in (200, 201)

    def wait_for(self, wanted, seconds: float = 60.0) -> None:
        """Wait until *wanted()* is true."""
        end = time.monotonic() + seconds
        while not wanted():
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")[-3000:]
            time.sleep(0.2)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Return one demo for the tests of this folder."""
    folder = tmp_path_factory.mktemp("demo")
    prepare_demo(folder)
    running = Demo(folder)
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.interrupt()


def _patiently(new_context: Any) -> Any:
    """Let the pages of a context wait: beside other tests a server may need long to begin."""

    def patient(**options: Any) -> Any:
        context = new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    return patient


@pytest.fixture(scope="module")
def browser():
    """
    Return Debian's Chromium, driven by Playwright.

    For one module only: while it is open an event loop runs in this thread, and Django would
    refuse its ORM to the tests of other folders.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_program("chromium"), args=CHROMIUM_FLAGS
        )
        chromium.new_context = _patiently(chromium.new_context)
        yield chromium
        chromium.close()


class Desk:
    """A browser window in which one person is logged in."""

    def __init__(self, browser, demo: Demo, username: str, **options: Any) -> None:
        self.demo = demo
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.goto(f"{demo.url}/admin/login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", demo.password(username))
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/admin/")

    def open_waiting(self, title: str) -> None:
        """Open the item with *title* from the list of what waits."""
        self.page.goto(f"{self.demo.url}/admin/measures/")
        self.page.click(f".otp-waiting a:has-text('{title}')")

    def slot(self, channel: str, action: str) -> None:
        """Press one of the buttons of a channel's schedule."""
        self.page.click(f"button[formaction$='/channels/{channel}/{action}/']")
        self.page.wait_for_load_state()


@pytest.fixture
def desk(browser, demo):
    """Return a function that logs someone in."""
    desks: list[Desk] = []

    def log_in(username: str, **options: Any) -> Desk:
        desks.append(Desk(browser, demo, username, **options))
        return desks[-1]

    yield log_in
    for opened in desks:
        opened.context.close()
