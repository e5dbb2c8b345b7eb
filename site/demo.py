#!/usr/bin/env python3
"""
Runs the demo on this machine: sandbox, site and dispatcher on 127.0.0.1, until Ctrl-C.

Every start makes the same office anew. The migrated, empty database is kept as a template, so
that only the first start takes long.
"""

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

SITE = Path(__file__).resolve().parent
REPOSITORY = SITE.parent
VAR = Path(os.environ.get("DEMO_DIR", REPOSITORY / "var" / "demo"))
DATABASE = VAR / "site.sqlite3"
TEMPLATE = VAR / "migrated.sqlite3"
MANAGE = [sys.executable, str(SITE / "manage.py")]
STOP_SECONDS = 10
READY_SECONDS = 60


class DemoError(Exception):
    """The demo cannot run; the text says why."""


def main() -> int:
    """Run the demo and return an exit code."""
    port, sandbox_port = (
        int(os.environ.get("PORT", 8000)),
        int(os.environ.get("SANDBOX_PORT", 8100)),
    )
    # Set for SIGINT too: a process that a script put in the background starts with it ignored.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    services: list[Service] = []
    try:
        for number, variable in ((port, "PORT"), (sandbox_port, "SANDBOX_PORT")):
            _need_free(number, variable)
        environment = _environment(port, sandbox_port)
        _fresh_database(environment)
        services += _start(environment, port, sandbox_port)
        _print_guide(port, sandbox_port)
        while True:
            _note_processes(services)
            time.sleep(0.5)
            for service in services:
                service.keep_running()
    except KeyboardInterrupt:
        print("\nstopping", flush=True)
        return 0
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        for service in reversed(services):
            service.stop()


def _interrupt(*_: object) -> None:
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
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    ours = {
        "SECRET_KEY": key.read_text(encoding="utf-8"),
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
        "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{SITE}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
    }
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in ours.items())
    (VAR / "env.sh").write_text(lines, encoding="utf-8")
    (VAR / "env.sh").chmod(0o600)
    return {**os.environ, **ours}


def _fresh_database(environment: dict[str, str]) -> None:
    stamp, mark = _fingerprint(), VAR / "migrated.stamp"
    for leftover in VAR.glob("site.sqlite3*"):
        leftover.unlink()
    if not (TEMPLATE.exists() and mark.exists() and mark.read_text(encoding="utf-8") == stamp):
        print("preparing the database (once)", flush=True)
        _manage(environment, "migrate", "--verbosity", "0")
        shutil.move(DATABASE, TEMPLATE)
        mark.write_text(stamp, encoding="utf-8")
    shutil.copyfile(TEMPLATE, DATABASE)


def _fingerprint() -> str:
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
            self.command, env=self.environment, cwd=REPOSITORY, start_new_session=True
        )

    def keep_running(self) -> None:
        """Start the process again if it has ended; give up if it ends at once."""
        if self.process is None or self.process.poll() is None:
            return
        if time.monotonic() - self.started_at < 2:
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
        _manage(environment, "otp_demo")
        serve = ["waitress", "--listen", f"127.0.0.1:{port}", "--threads", "8"]
        services.append(
            Service(
                "site", [sys.executable, "-m", *serve, "otp_site.wsgi:application"], environment
            )
        )
        services.append(Service("dispatcher", [*MANAGE, "run_dispatcher"], environment))
        _wait_for(f"http://127.0.0.1:{port}/", services)
    except BaseException:
        for service in reversed(services):
            service.stop()
        raise
    return services


def _note_processes(services: list[Service]) -> None:
    """Write down which process is which, for whoever wants to end one and watch."""
    numbers = {service.name: service.pid for service in services}
    path = VAR / "processes.json"
    text = json.dumps(numbers) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


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
