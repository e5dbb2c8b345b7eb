"""Real servers, started here and ended here: temporary directories, free ports on 127.0.0.1."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, find_program
from tests.isolation import fresh_process

__all__ = ["fresh_process"]

# Debian's own starter insists on its user and its folder.
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, seconds: float = 30.0) -> None:
    """Wait until something listens on *port*."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nothing listens on {port}"
            time.sleep(0.1)


def stop(process: subprocess.Popen) -> None:
    """End a process that was started here."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """Start a Redis and return its address."""
    port = free_port()
    program = find_program("redis")
    assert program
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(process)


@pytest.fixture
def rabbitmq_url() -> Iterator[str]:
    """Start a RabbitMQ, with a port mapper of its own that is ended too, and return its address."""
    port, mapper_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="otp-mq-") as folder:
        plugins = Path(folder, "plugins")
        plugins.write_text("[].", encoding="utf-8")
        environment = {
            **os.environ,
            "HOME": folder,
            "ERL_EPMD_PORT": str(mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "otp@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": folder,
            "RABBITMQ_LOG_BASE": folder,
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none",
            "RABBITMQ_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        mapper = _quiet(["epmd", "-port", str(mapper_port), "-address", "127.0.0.1"], environment)
        server = _quiet([RABBITMQ], environment)
        try:
            wait_for_port(port, seconds=90)
            yield f"amqp://guest:guest@127.0.0.1:{port}//"
        finally:
            stop(server)
            stop(mapper)


def _quiet(command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def postgres_program(name: str) -> str | None:
    """Return one of PostgreSQL's programs; Debian keeps the server off the path."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    return shutil.which(name)


def unprivileged() -> dict[str, object]:
    """Return how to start a program that refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL with an empty database and return its address."""
    initdb, server = postgres_program("initdb"), postgres_program("postgres")
    if initdb is None or server is None:
        reason = "`postgresql` is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="otp-pg-") as folder:
        who = unprivileged()
        if who:
            os.chown(folder, who["user"], who["group"])
        data, port = f"{folder}/data", free_port()
        environment = {**os.environ, "HOME": folder}
        subprocess.run(
            [initdb, "-D", data, "-U", "otp", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            stdout=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            **who,
        )
        # Nothing of it has to outlive a crash of the machine.
        fast = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]
        options = [*fast, "-c", "listen_addresses=127.0.0.1"]
        process = subprocess.Popen(
            [server, "-D", data, "-p", str(port), "-k", folder, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            **who,
        )
        try:
            wait_for_port(port)
            yield f"postgres://otp@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(2)  # fast shutdown
            stop(process)


def manage(*arguments: str, environment: dict[str, str]) -> str:
    """Run a management command of the shipped site and return what it printed."""
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "site" / "manage.py"), *arguments],
        env={**os.environ, **environment},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
