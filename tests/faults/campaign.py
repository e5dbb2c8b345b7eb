"""
A fault campaign: every message on its channel once, whatever is killed, cut off or restarted.

    python -m tests.faults.campaign --deliveries 1000 --database postgresql --broker redis

It publishes items, lets two dispatchers (and, with a broker, four Celery workers) send what is
owed, and strikes at random instants, by a seed: kill -9, a process stopped for longer than its
lease, connections reset before and after acceptance, 500 after acceptance, slow and garbled
answers, and the database struck down. Then it leaves everybody alone and counts.

A service is trusted in one thing: what it accepted it shows within the last look
(`OTP_POLICY_LOOK_AGAIN_SECONDS`), so no answer is slower here than that.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from otp_policy.channels.sandbox import Sandbox
from otp_policy.channels.sandbox_faults import KINDS
from tests.conftest import REPOSITORY
from tests.faults.conftest import ACCOUNT, MAKE_OFFICE, MANAGE, PUBLISH, SECRETS
from tests.faults.conftest import _environment as environment_of
from tests.faults.servers import Postgres, Redis

CHANNELS = ("line", "facebook")
DISPATCHERS, WORKERS = 2, 4
SECONDS = {
    "OTP_POLICY_LEASE_SECONDS": "5",
    "OTP_POLICY_CONNECT_SECONDS": "0.5",
    "OTP_POLICY_READ_SECONDS": "1.5",
    "OTP_POLICY_LOOK_AGAIN_SECONDS": "1,2,2",
    "OTP_POLICY_WEBSITE_CHECK": "inside",
}
SETTLED = ("sent", "held", "failed", "cancelled")
SLOWEST_SECONDS = 2.2
# What each says when it begins to work.
BEGUN = {"dispatcher": b"dispatcher: running", "worker": b" ready."}
ROWS = """
import django; django.setup()
import json
from django.apps import apps
from otp_policy.wagtail.syndication.models import Attempt, Delivery
rows = list(Delivery.objects.values("pk", "channel", "reference", "retry_key", "state",
    "error_class", "detail", "attempts", "remote_id"))
said = list(Attempt.objects.values_list("detail", flat=True))
kinds = list(Attempt.objects.values_list("kind", "outcome"))
print(json.dumps({"rows": rows, "said": said, "kinds": kinds}, default=str))
"""
STATES = """
import django; django.setup()
import sys
from collections import Counter
from django.db import Error, connection
from otp_policy.wagtail.syndication.models import Delivery
import json
for _ in sys.stdin:
    try:
        print(json.dumps(Counter(Delivery.objects.values_list("state", flat=True))), flush=True)
    except Error:
        connection.close()
        print("{}", flush=True)
"""
RING = """
import django; django.setup()
import time
from otp_policy.wagtail.syndication.receivers import ring
while True:
    ring()
    time.sleep(0.5)
"""


@dataclass
class Field:
    """The site under fire: its processes, and what has been done to them."""

    folder: Path
    environment: dict[str, str]
    sandbox: Sandbox
    chance: random.Random
    postgres: Postgres | None
    has_broker: bool
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    # Where in its log each of them began.
    begun: dict[str, int] = field(default_factory=dict)
    struck: Counter[str] = field(default_factory=Counter)

    def start_all(self) -> None:
        """Start two dispatchers and, with a broker, four workers and who rings for them."""
        for number in range(DISPATCHERS):
            self.start(f"dispatcher-{number}")
        if self.has_broker:
            for number in range(WORKERS):
                self.start(f"worker-{number}")
            self.start("bell")

    def start(self, name: str) -> None:
        """Start, or start again, the process *name*."""
        with open(self.folder / f"{name}.log", "ab") as log:
            self.begun[name] = log.tell()
            self.processes[name] = subprocess.Popen(
                self._command(name),
                env={**self.environment, "LOG_LEVEL": "INFO", "PYTHONUNBUFFERED": "1"},
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )

    def _command(self, name: str) -> list[str]:
        if name == "bell":
            return [sys.executable, "-c", RING]
        if name.startswith("dispatcher"):
            return [*MANAGE, "run_dispatcher", "--interval", "0.2"]
        celery = [sys.executable, "-m", "celery", "-A", "otp_site", "worker", "-P", "solo"]
        return [*celery, "-c", "1", "-n", f"{name}@localhost", "--without-gossip", "-l", "INFO"]

    def strike(self) -> None:
        """Do one bad thing, chosen by the seed."""
        acts: list[tuple[int, Callable[[], str]]] = [(12, self._trouble)]
        if self._working():
            acts += [(3, self._kill), (1, self._suspend)]
        if self.postgres is not None:
            acts.append((1, self._restart_database))
        weights = [weight for weight, _ in acts]
        [act] = self.chance.choices([act for _, act in acts], weights)
        self.struck[act()] += 1

    def _working(self) -> list[str]:
        """Return who has begun: on a busy machine nobody would, if it were struck before that."""
        return [name for name in sorted(self.processes) if name != "bell" and self._has_begun(name)]

    def _has_begun(self, name: str) -> bool:
        said = (self.folder / f"{name}.log").read_bytes()[self.begun[name] :]
        return BEGUN[name.partition("-")[0]] in said

    def _someone(self) -> str:
        return self.chance.choice(self._working())

    def _kill(self) -> str:
        name = self._someone()
        self.processes[name].kill()
        self.processes[name].wait(20)
        self.start(name)
        return f"kill -9 {name.split('-')[0]}"

    def _suspend(self) -> str:
        name = self._someone()
        process = self.processes[name]
        process.send_signal(signal.SIGSTOP)
        time.sleep(self.chance.choice((0.5, 12.0)))  # longer than a lease and all looks, or not
        process.send_signal(signal.SIGCONT)
        return f"stopped {name.split('-')[0]}"

    def _restart_database(self) -> str:
        assert self.postgres is not None
        self.postgres.restart()
        return "database restarted"

    def _trouble(self) -> str:
        channel = self.chance.choice(CHANNELS)
        accepted = self.chance.random() < 0.5
        said = {"error": {"code": 2, "message": " ".join(SECRETS[channel])}}
        faults: list[dict[str, Any]] = [
            {"fault": "reset", "accepted": accepted},
            {"fault": "status", "status": 500, "body": said, "accepted": accepted},
            {"fault": "delay", "seconds": self.chance.uniform(0.1, SLOWEST_SECONDS)},
            {"fault": "hold", "seconds": SLOWEST_SECONDS, "accepted": accepted},
            {"fault": "html", "accepted": accepted, "headers": {"x-line-request-id": None}},
        ]
        if "half" in KINDS:
            faults.append({"fault": "half", "accepted": accepted})
        fault = self.chance.choice(faults)
        self.sandbox.fault(channel=channel, operation="send", times=2, **fault)
        when = "after" if accepted else "before"
        return fault["fault"] + ("" if fault["fault"] == "delay" else f" {when} acceptance")

    def stop(self) -> None:
        """End every process that was started here."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(20)


def run_python(code: str, environment: dict[str, str]) -> str:
    """Run *code* in a process of its own and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


class Watch:
    """Tells how many deliveries are in which state, from one process that stays."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", STATES],
            env=environment,
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def states(self) -> Counter[str]:
        """Return the states, or nothing while the database is away."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return Counter(json.loads(self._process.stdout.readline()))

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(10)


def prepare(folder: Path, sandbox: Sandbox, options: argparse.Namespace) -> dict[str, Any]:
    """Start the servers; return them with the environment of the site's processes."""
    postgres = Postgres() if options.database == "postgresql" else None
    redis = Redis(folder) if options.broker == "redis" else None
    environment = {**os.environ, **environment_of(folder, sandbox.url), **SECONDS}
    line = {"host": sandbox.url, "access_token": ACCOUNT.line_token}
    environment["OTP_POLICY_CHANNELS"] = json.dumps(
        {"line": {"adapter": "line", **line, "per_hour": 1_000_000}}
    )
    environment["LOG_LEVEL"] = "WARNING"
    if postgres is not None:
        environment["DATABASE_URL"] = postgres.url
    if redis is not None:
        environment["CELERY_BROKER_URL"] = redis.url
    return {"postgres": postgres, "redis": redis, "environment": environment}


def found(environment: dict[str, str]) -> None:
    """Make an office in an empty database."""
    command = [*MANAGE, "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, cwd=REPOSITORY, check=True)
    run_python(MAKE_OFFICE, environment)


def publish(environment: dict[str, str], items: int) -> None:
    """Publish *items*, each owed to every channel."""
    quiet = {**environment, "CELERY_BROKER_URL": ""}
    run_python(PUBLISH.format(items=items, channels=CHANNELS), quiet)


def fight(battle: Field, watch: Watch, total: int, seconds: float) -> Counter[str]:
    """Strike until most is settled or *seconds* are over, then wait for the rest."""
    # Whoever watches has started before the clock does: on a busy machine that takes long.
    states = watch.states()
    battle.start_all()
    end = time.monotonic() + seconds
    while time.monotonic() < end and sum(states[name] for name in SETTLED) < 0.97 * total:
        battle.strike()
        time.sleep(battle.chance.uniform(0.05, 0.6))
        states = watch.states()
    battle.sandbox.state.clear_faults()
    end = time.monotonic() + max(120.0, seconds)
    while time.monotonic() < end:
        states = watch.states()
        if sum(states[name] for name in SETTLED) == total:
            break
        time.sleep(0.5)
    return states


def verdict(battle: Field, total: int) -> dict[str, Any]:
    """Compare what the office believes with what the public got."""
    found = json.loads(run_python(ROWS, battle.environment))
    report = battle.sandbox.report()
    public = Counter(_name_of(message) for message in report["messages"])
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for row in found["rows"]:
        name = row["retry_key"] if row["channel"] == "line" else row["reference"]
        times = public.pop(name, 0)
        counts[row["state"]] += 1
        if times > 1:
            wrong.append(f"{name}: {times} times")
        elif row["state"] == "sent" and times != 1:
            wrong.append(f"{name}: sent, and not there")
        elif row["state"] in {"pending", "sending", "cancelled"}:
            wrong.append(f"{name}: lost as {row['state']} {row['detail']}")
    wrong += [f"{name}: nobody's" for name in public]
    if len(found["rows"]) != total:
        wrong.append(f"{len(found['rows'])} deliveries instead of {total}")
    wrong += [f"a token in {where}" for where in leaks(battle, found, report)]
    kinds = Counter(" ".join(kind) for kind in found["kinds"])
    return {
        "deliveries": total,
        "states": dict(counts),
        "struck": dict(sorted(battle.struck.items())),
        "attempts": dict(sorted(kinds.items())),
        "wrong": wrong,
    }


def _name_of(message: dict[str, Any]) -> str:
    """Return what names a message: LINE's retry key, or the reference in the post's text."""
    if message["channel"] == "line":
        return str(message["retry_key"])
    return str(message["text"]).split()[-1].strip("[]()")


def leaks(battle: Field, found: dict[str, Any], report: object) -> list[str]:
    """Return where a planted token is."""
    places = {path.name: path.read_bytes() for path in battle.folder.glob("*.log")}
    places["the database"] = json.dumps(found).encode()
    places["the sandbox"] = repr(report).encode()
    for path in battle.folder.glob("site.sqlite3*"):
        places[path.name] = path.read_bytes()
    secrets = [secret.encode() for many in SECRETS.values() for secret in many]
    return [name for name, text in places.items() if any(secret in text for secret in secrets)]


def run(options: argparse.Namespace, *, founded: Path | None = None) -> dict[str, Any]:
    """Run one campaign, on a copy of the SQLite file *founded* if there is one: its counts."""
    items = -(-options.deliveries // len(CHANNELS))
    total = items * len(CHANNELS)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="otp-campaign-") as name,
        Sandbox(account=ACCOUNT) as sandbox,
    ):
        folder = Path(name)
        made = prepare(folder, sandbox, options)
        servers = [server for server in (made["postgres"], made["redis"]) if server]
        battle = Field(
            folder=folder,
            environment=made["environment"],
            sandbox=sandbox,
            chance=random.Random(options.seed),
            postgres=made["postgres"],
            has_broker=made["redis"] is not None,
        )
        try:
            if founded is None:
                found(battle.environment)
            else:
                shutil.copyfile(founded, folder / "site.sqlite3")
            publish(battle.environment, items)
            watch = Watch(battle.environment)
            try:
                fight(battle, watch, total, options.seconds)
            finally:
                watch.stop()
                battle.stop()
            counts = verdict(battle, total)
        finally:
            for server in servers:
                server.stop()
    return {
        "database": options.database,
        "broker": options.broker,
        "seed": options.seed,
        **counts,
        "seconds": round(time.monotonic() - began),
    }


def main() -> int:
    """Run the campaign that the command line asks for; 1 if anything is lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.campaign")
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2562)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--broker", choices=["none", "redis"], default="none")
    parser.add_argument("--seconds", type=float, default=600.0, help="the longest that it strikes")
    # Ended from outside, it takes its servers along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    counts = run(parser.parse_args())
    print(json.dumps(counts, ensure_ascii=False), flush=True)
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
