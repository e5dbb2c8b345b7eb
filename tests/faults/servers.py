"""The database and the broker of a campaign, which may be struck down and come back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import find_program
from tests.site.conftest import free_port, postgres_program, stop, unprivileged, wait_for_port


class Postgres:
    """A PostgreSQL of its own in a temporary folder."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="otp-pg-")
        self.port, self._who = free_port(), unprivileged()
        if self._who:
            os.chown(self.folder, self._who["user"], self._who["group"])
        self._environment = {**os.environ, "HOME": self.folder}
        initdb = [str(postgres_program("initdb")), "-D", f"{self.folder}/data", "-U", "otp"]
        subprocess.run(
            [*initdb, "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            env=self._environment,
            cwd=self.folder,
            **self._who,
        )
        self._start()

    @property
    def url(self) -> str:
        """Return the address of its empty database."""
        return f"postgres://otp@127.0.0.1:{self.port}/postgres"

    def _start(self) -> None:
        command = [str(postgres_program("postgres")), "-D", f"{self.folder}/data"]
        where = ["-p", str(self.port), "-k", self.folder, "-c", "listen_addresses=127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, *where],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            cwd=self.folder,
            **self._who,
        )
        wait_for_port(self.port)

    def restart(self) -> None:
        """Cut every connection at once, as a power cut would, and start again."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        self._start()

    def stop(self) -> None:
        """End it and leave nothing."""
        self._process.send_signal(signal.SIGINT)
        stop(self._process)
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis:
    """A Redis of its own, which keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        command = [str(find_program("redis")), "--port", str(self.port), "--bind", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, "--save", "", "--dir", str(folder)], stdout=subprocess.DEVNULL
        )
        wait_for_port(self.port)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """End it."""
        stop(self._process)
