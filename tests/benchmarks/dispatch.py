"""How fast a backlog drains while every answer takes half a second, and what waiting costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PAGES, CHANNELS, WORKERS = 25, 20, 4
ANSWER_SECONDS = 0.5
IDLE_SECONDS = 60
BOUND = 0.9
NAMES = [f"channel_{number:02}" for number in range(CHANNELS)]


class Service(ThreadingHTTPServer):
    """Takes broadcasts, and answers each half a second after it came."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.lock = threading.Lock()
        self.keys: list[str] = []
        self.first_at, self.last_at = 0.0, 0.0
        self.answering = 0.0  # seconds, over all answers


class _Answer(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        began = time.perf_counter()
        self.rfile.read(int(self.headers["Content-Length"]))
        if "/validate/" in self.path:  # asked at the approval, before the backlog is there
            self._say()
            return
        time.sleep(ANSWER_SECONDS - (time.perf_counter() - began))
        self._say()
        with self.server.lock:
            self.server.keys.append(self.headers["X-Line-Retry-Key"])
            self.server.first_at = self.server.first_at or began
            self.server.last_at = time.perf_counter()
            self.server.answering += self.server.last_at - began

    def _say(self) -> None:
        body = b"{}"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-line-request-id", str(uuid.uuid4()))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        return


def policy_with_channels(folder: Path) -> Path:
    """Write the shipped policy with as many channels more, each of the unit that owns LINE."""
    source = (ROOT / "otp_policy/data/policies/tpso.toml").read_text(encoding="utf-8")
    entry = next(part for part in source.split("[[channel]]") if '\ncode = "line"' in part)
    entry = entry.split("\n\n")[0]
    more = "".join(
        "\n\n[[channel]]" + entry.replace('code = "line"', f'code = "{name}"') for name in NAMES
    )
    path = folder / "policy.toml"
    path.write_text(source + more + "\n", encoding="utf-8")
    return path


def environment_of(folder: Path, port: int) -> dict[str, str]:
    """Return the environment of the site and of its dispatcher."""
    line = {"adapter": "line", "host": f"http://127.0.0.1:{port}", "access_token": "nobody"}
    return {
        **os.environ,
        "SECRET_KEY": "for-benchmarks-only",
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "OTP_VAR_DIR": str(folder),
        "OTP_POLICY_FILE": str(policy_with_channels(folder)),
        "OTP_POLICY_CHANNELS": json.dumps({name: {**line, "per_hour": 1000} for name in NAMES}),
        "OTP_POLICY_SEND_WORKERS": str(WORKERS),
        "LINE_CHANNEL_ACCESS_TOKEN": "",
        "CELERY_BROKER_URL": "",
        "OTP_POLICY_WEBSITE_CHECK": "inside",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }


def owe_everything() -> None:
    """Publish the pages, and owe each of them to every channel now."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from otp_policy.wagtail.models import Publication
    from tests.office import Office

    office = Office()
    for number in range(PAGES):
        office.publish(office.draft(title=f"ข่าวที่ {number}"))
    for publication in Publication.objects.all():
        _owe(publication, office["publisher.social"], office["pr.division-a"])


def _owe(publication: Any, unit: Any, division: Any) -> None:
    from django.utils import timezone

    from otp_policy.wagtail.models import Slot
    from otp_policy.wagtail.publishing import governed_page
    from otp_policy.wagtail.syndication.follow_ups import follow_publication

    now = timezone.now()
    slots = Slot.objects.bulk_create(
        Slot(
            page_id=publication.page_id,
            channel=name,
            at=now,
            state=Slot.State.CONFIRMED,
            proposed_by=division,
            confirmed_by=unit,
        )
        for name in NAMES
    )
    follow_publication(governed_page(publication.page_id), publication, slots)


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(service: Service, environment: dict[str, str]) -> tuple[float, float]:
    """Return how many messages a second went out, and the idle dispatcher's share of a core."""
    command = [sys.executable, str(ROOT / "site/manage.py"), "run_dispatcher"]
    dispatcher = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 300
        while len(service.keys) < PAGES * CHANNELS and time.monotonic() < end:
            time.sleep(0.1)
        took = service.last_at - service.first_at
        time.sleep(3)
        before = processor_seconds(dispatcher.pid)
        time.sleep(IDLE_SECONDS)
        idle = (processor_seconds(dispatcher.pid) - before) / IDLE_SECONDS
        return len(service.keys) / took, idle
    finally:
        dispatcher.terminate()
        dispatcher.wait(30)


def main() -> None:
    """Drain the backlog, then watch the dispatcher wait."""
    sys.path[:0] = [str(ROOT), str(ROOT / "site"), str(HERE)]
    from lines import line

    if "--owe" in sys.argv:
        owe_everything()
        return
    service = Service()
    threading.Thread(target=service.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(prefix="otp-policy-bench-") as folder:
        environment = environment_of(Path(folder), service.server_port)
        subprocess.run([sys.executable, __file__, "--owe"], env=environment, cwd=ROOT, check=True)
        value, idle = measure(service, environment)
    service.shutdown()
    answer_seconds = service.answering / len(service.keys)
    peer = WORKERS / answer_seconds
    once = len(set(service.keys)) == len(service.keys) == PAGES * CHANNELS
    line(
        "dispatch_rate",
        value=value,
        unit="messages/s",
        peer=peer,
        bound=f"value / peer >= {BOUND}, idle < 1 % of a core",
        better="higher",
        holds=once and value / peer >= BOUND and idle < 0.01,
        detail=(
            f"{value / peer:.3f} of workers / answer time ({answer_seconds:.3f} s); "
            f"{len(service.keys)} messages over {CHANNELS} channels, {WORKERS} workers, each "
            f"once: {once}; idle {idle * 100:.2f} % of a core over {IDLE_SECONDS} s"
        ),
    )


if __name__ == "__main__":
    main()
