#!/usr/bin/env python3
"""
Runs the demo on this machine: sandbox, site and dispatcher on 127.0.0.1, until Ctrl-C.

Every start makes the same office anew. The migrated, empty database is kept as a template, so
that only the first start takes long.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

SITE = Path(__file__).resolve().parent
REPOSITORY = SITE.parent
VAR = Path(os.environ.get("DEMO_DIR", REPOSITORY / "var" / "demo"))
# The sandbox answers and shows at once, so that what is lost is found in seconds.
PATIENCE = {
    "OTP_POLICY_CONNECT_SECONDS": "2",
    "OTP_POLICY_READ_SECONDS": "15",
    "OTP_POLICY_LEASE_SECONDS": "20",
    "OTP_POLICY_LOOK_AGAIN_SECONDS": "2,4,8",
}
DATABASE = VAR / "site.sqlite3"
TEMPLATE = VAR / "migrated.sqlite3"
MARK = VAR / "migrated.stamp"
MANAGE = [sys.executable, str(SITE / "manage.py")]
# `DEMO_EXAMPLES=0` starts some seconds sooner, with the announcement and the waiting item alone.
WITHOUT = ["--without-examples"] if os.environ.get("DEMO_EXAMPLES") == "0" else []
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 10
PARENT = os.getppid()
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
READY_SECONDS = 60


class DemoError(Exception):
    """The demo cannot run; the text says why."""


def main() -> int:
    """Run the demo and return an exit code."""
    # Set for SIGINT too: a process that a script put in the background starts with it ignored.
    for name in STOP_SIGNALS:
        signal.signal(name, _interrupt)
    services: list[Service] = []
    lock: IO[bytes] | None = None
    try:
        port, sandbox_port = _ports()
        lock = _only_one()
        environment = _environment(port, sandbox_port)
        _fresh_database(environment)
        services += _start(environment, port, sandbox_port)
        _print_guide(port, sandbox_port)
        while True:
            _note_processes(services)
            time.sleep(0.5)
            _need_make()
            for service in services:
                service.keep_running()
    except KeyboardInterrupt:
        _say("\nstopping")
        return 0
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        _stop_all(services)
        if lock is not None:
            lock.close()


def _interrupt(*_: object) -> None:
    _listen_no_more()
    raise KeyboardInterrupt


def _listen_no_more() -> None:
    # Once is enough: a second Ctrl-C must not cut the stopping short and leave services behind.
    for name in STOP_SIGNALS:
        signal.signal(name, signal.SIG_IGN)


def _say(text: str) -> None:
    """Print *text*, unless the terminal is gone."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def _stop_all(services: list[Service]) -> None:
    _listen_no_more()
    for service in reversed(services):
        service.stop()


def _ports() -> tuple[int, int]:
    """Return the ports of the site and of the sandbox, which nobody else uses."""
    ports = []
    for variable, usual in (("PORT", "8000"), ("SANDBOX_PORT", "8100")):
        text = os.environ.get(variable) or usual
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise DemoError(f"{variable}={text} is not the number of a port")
        ports.append(int(text))
        _need_free(ports[-1], variable)
    if ports[0] == ports[1]:
        raise DemoError(f"PORT and SANDBOX_PORT are both {ports[0]}; choose two")
    return ports[0], ports[1]


def _only_one() -> IO[bytes]:
    """Return the lock that keeps a second demo away from the first one's database."""
    VAR.mkdir(parents=True, exist_ok=True)
    lock = (VAR / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DemoError(f"a demo is running in {VAR}; stop it, or set DEMO_DIR=…") from None
    return lock


def _need_make() -> None:
    """Stop when `make` was killed: nobody is left to be told of Ctrl-C."""
    if "MAKELEVEL" in os.environ and os.getppid() != PARENT:
        raise KeyboardInterrupt


def _need_free(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoError(
                f"port {port} is taken; choose another: {variable}=… make demo"
            ) from error


def _environment(port: int, sandbox_port: int) -> dict[str, str]:
    (VAR / "static").mkdir(parents=True, exist_ok=True)
    key = VAR / "secret-key"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        key.chmod(0o600)
    field_key = VAR / "field-key"
    if not field_key.exists():
        made = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        field_key.write_text(made, encoding="utf-8")
        field_key.chmod(0o600)
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    ours = {
        "SECRET_KEY": key.read_text(encoding="utf-8"),
        "FIELD_KEYS": field_key.read_text(encoding="utf-8"),
        "DEBUG": "0",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "OTP_VAR_DIR": str(VAR),
        "DATABASE_URL": f"sqlite:///{DATABASE}",
        "OTP_POLICY_FILE": "tpso",
        "WAGTAILADMIN_BASE_URL": f"http://127.0.0.1:{port}",
        "CELERY_BROKER_URL": "",
        "CACHE_URL": "locmemcache://",
        "EMAIL_URL": "dummymail://",
        "LINE_API_HOST": sandbox,
        "LINE_CHANNEL_ACCESS_TOKEN": "sandbox-line-token",
        "FACEBOOK_GRAPH_URL": f"{sandbox}/",
        "FACEBOOK_PAGE_ID": "104000000000001",
        "FACEBOOK_PAGE_TOKEN": "sandbox-page-token",
        **{name: os.environ.get(name, usual) for name, usual in PATIENCE.items()},
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{SITE}",
        "PYTHONUNBUFFERED": "1",
        # The office's time zone, whatever this machine's is, in the form that needs no database.
        "TZ": "ICT-7",
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
    }
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in ours.items())
    (VAR / "env.sh").write_text(lines, encoding="utf-8")
    (VAR / "env.sh").chmod(0o600)
    return {**os.environ, **ours}


def _fresh_database(environment: dict[str, str]) -> None:
    stamp = fingerprint()
    for leftover in VAR.glob("site.sqlite3*"):
        leftover.unlink()
    if not (TEMPLATE.exists() and MARK.exists() and MARK.read_text(encoding="utf-8") == stamp):
        print("preparing the database (once)", flush=True)
        _manage(environment, "migrate", "--verbosity", "0")
        shutil.move(DATABASE, TEMPLATE)
        MARK.write_text(stamp, encoding="utf-8")
    shutil.copyfile(TEMPLATE, DATABASE)


def fingerprint() -> str:
    """Return what the template depends on: the locked packages and our own migrations."""
    digest = hashlib.sha256((REPOSITORY / "requirements.lock").read_bytes())
    for path in sorted(REPOSITORY.glob("*/**/migrations/*.py")):
        if ".venv" not in path.parts[len(REPOSITORY.parts)]:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _manage(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([*MANAGE, *arguments], env=environment, cwd=REPOSITORY, check=False)
    if done.returncode:
        raise DemoError(f"`manage.py {arguments[0]}` failed")


def _end_with_the_demo() -> None:
    """Have Linux end this process when the demo is killed, which then can stop nothing itself."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Service:
    """A process of the demo, started again if it ends by itself."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.launch()

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self.process.pid if self.process else 0

    def launch(self) -> None:
        """Start the process, out of reach of the terminal's Ctrl-C: we stop it ourselves."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=REPOSITORY,
            start_new_session=True,
            preexec_fn=_end_with_the_demo,
        )

    def keep_running(self) -> None:
        """Start the process again if it has ended; give up if it ends at once by itself."""
        if self.process is None or self.process.poll() is None:
            return
        was_killed = self.process.returncode < 0
        if not was_killed and time.monotonic() - self.started_at < 2:
            raise DemoError(f"the {self.name} ends as soon as it starts")
        print(f"demo: the {self.name} ended and is started again", flush=True)
        self.launch()

    def stop(self) -> None:
        """End the process, the hard way if it does not listen."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _start(environment: dict[str, str], port: int, sandbox_port: int) -> list[Service]:
    services: list[Service] = []
    try:
        services.append(
            Service(
                "sandbox",
                [sys.executable, "-m", "otp_policy.channels.sandbox", "--port", str(sandbox_port)],
                environment,
            )
        )
        _wait_for(f"http://127.0.0.1:{sandbox_port}/_sandbox/messages", services)
        _manage(environment, "otp_demo", *WITHOUT)
        serve = ["waitress", "--listen", f"127.0.0.1:{port}", "--threads", "8"]
        services.append(
            Service(
                "site", [sys.executable, "-m", *serve, "otp_site.wsgi:application"], environment
            )
        )
        services.append(Service("dispatcher", [*MANAGE, "run_dispatcher"], environment))
        _wait_for(f"http://127.0.0.1:{port}/", services)
    except BaseException:
        _stop_all(services)
        raise
    return services


def _note_processes(services: list[Service]) -> None:
    """Write down which process is which, for whoever wants to end one and watch."""
    numbers = {service.name: service.pid for service in services}
    path = VAR / "processes.json"
    text = json.dumps(numbers) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        # Replaced as a whole, so that nobody reads half of it.
        draft = VAR / "processes.json.new"
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)


def _wait_for(url: str, services: list[Service]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except (urllib.error.URLError, OSError):
            for service in services:
                service.keep_running()
            time.sleep(0.2)
    raise DemoError(f"{url} does not answer")


def _print_guide(port: int, sandbox_port: int) -> None:
    site = f"http://127.0.0.1:{port}"
    print(
        f"""
  {site}/          the website, in Thai ({site}/en/ in English)
  {site}/admin/    the admin; accounts above and in var/demo/accounts.json
  http://127.0.0.1:{sandbox_port}/          what LINE and Facebook received

Try: log in as director.division-a, open the item under "Waiting for me", approve it,
and watch it appear on the website, on LINE and on Facebook.
Then log in as admin and try to publish something without an approval.

Ctrl-C stops everything.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
