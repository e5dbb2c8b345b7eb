"""The site from a gunicorn of its own, on the loopback."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def gunicorn(*, threads: int) -> Iterator[int]:
    """Serve the site that the environment names from one worker; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "otp_site.wsgi:application"]
    how = ["--bind", f"127.0.0.1:{port}", "--threads", str(threads), "--log-level", "error"]
    server = subprocess.Popen([*command, *how], cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the site does not answer")
