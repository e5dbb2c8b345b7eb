"""The demo leaves nothing running, however it is ended, and starts again what is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.faults.conftest import until
from tests.migrated import prepare_demo

DEMO = [sys.executable, str(REPOSITORY / "site" / "demo.py")]


class Demo:
    """A demo in a folder of its own, on free ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = _free_port(), _free_port()
        self.process: subprocess.Popen | None = None

    def environment(self, **more: str) -> dict[str, str]:
        ports = {"PORT": str(self.port), "SANDBOX_PORT": str(self.sandbox_port)}
        mine = {name: value for name, value in os.environ.items() if name != "MAKELEVEL"}
        quick = {"DEMO_DIR": str(self.folder), "DEMO_EXAMPLES": "0"}
        return {**mine, **ports, **quick, **more}

    def start(self, *before: str, **more: str) -> None:
        """Start it, through the command *before* if there is one, and wait until it is ready."""
        (self.folder / "processes.json").unlink(missing_ok=True)
        with (self.folder / "demo.log").open("wb") as log:
            self.process = subprocess.Popen(
                [*before, *DEMO],
                env=self.environment(**more),
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: (self.folder / "processes.json").exists(), seconds=180)

    def pids(self) -> dict[str, int]:
        return json.loads((self.folder / "processes.json").read_text(encoding="utf-8"))

    def said(self) -> str:
        return (self.folder / "demo.log").read_text(encoding="utf-8")

    def messages(self) -> list[dict]:
        url = f"http://127.0.0.1:{self.sandbox_port}/_sandbox/messages"
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)["messages"]

    def fails(self, **more: str) -> str:
        """Run a demo that cannot start and return what it says."""
        done = subprocess.run(
            DEMO,
            env=self.environment(**more),
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        return done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def runs(pid: int) -> bool:
    """Whether a process still runs; one that only waits to be reaped does not."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return the folder that all demos of this module share, one after the other."""
    folder = tmp_path_factory.mktemp("demo")
    prepare_demo(folder)
    return folder


@pytest.fixture
def demo(folder):
    """Return a demo that is ended afterwards."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("looks for processes in /proc")
    demo = Demo(folder)
    yield demo
    if demo.process is not None and demo.process.poll() is None:
        demo.process.send_signal(signal.SIGTERM)
        demo.process.wait(60)


@pytest.mark.parametrize("signals", [[signal.SIGINT] * 4, [signal.SIGTERM, signal.SIGINT]])
def test_a_second_ctrl_c_does_not_cut_the_stopping_short(demo, signals):
    demo.start()
    left = demo.pids()
    for number in signals:
        os.killpg(demo.process.pid, number)
        time.sleep(0.1)
    assert demo.process.wait(60) == 0
    assert "Traceback" not in demo.said()
    assert not [name for name, pid in left.items() if runs(pid)]


def test_a_demo_that_is_killed_takes_its_services_along(demo):
    demo.start()
    left = demo.pids()
    demo.process.kill()
    demo.process.wait(10)
    until(lambda: not any(runs(pid) for pid in left.values()), seconds=20)


def test_the_demo_ends_when_make_is_killed(demo):
    demo.start("sh", "-c", '"$@" & wait', "make", MAKELEVEL="1")
    left = demo.pids()
    demo.process.kill()
    demo.process.wait(10)
    until(lambda: not any(runs(pid) for pid in left.values()), seconds=40)


def test_a_dispatcher_that_is_killed_again_and_again_is_started_again(demo):
    demo.start()
    until(lambda: len(demo.messages()) == 2, seconds=60)
    for _ in range(3):
        killed = demo.pids()["dispatcher"]
        os.kill(killed, signal.SIGKILL)
        until(lambda killed=killed: demo.pids()["dispatcher"] != killed)
    assert demo.process.poll() is None
    time.sleep(3)
    assert sorted(row["channel"] for row in demo.messages()) == ["facebook", "line"]
    other = Demo(demo.folder)
    assert "a demo is running" in other.fails()


def test_a_port_that_cannot_be_had_is_said_to_be_so(demo):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port} is taken" in demo.fails(PORT=port)
        assert "SANDBOX_PORT=" in demo.fails(SANDBOX_PORT=port)
    assert "PORT=eighty is not" in demo.fails(PORT="eighty")
    same = str(_free_port())
    assert "are both" in demo.fails(PORT=same, SANDBOX_PORT=same)
