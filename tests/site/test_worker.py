"""With a broker, a Celery worker does the dispatcher's round when it is woken."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from otp_policy.channels.sandbox import Account, Sandbox
from otp_policy.wagtail.syndication.conf import drain_seconds
from otp_policy.wagtail.syndication.tasks import dispatch
from tests.conftest import REPOSITORY
from tests.faults.conftest import SECONDS
from tests.migrated import copy_founded
from tests.site.conftest import stop

PUBLISH = """
import django; django.setup()
from tests.office import Office
from otp_policy.wagtail.syndication.tasks import dispatch
office = Office.as_founded()
page = office.draft(title="ข่าวผ่านตัวกลาง")
office.agree(page, "website", "line", "facebook")
office.approve(page)
dispatch.delay()  # as `ring` does, but waiting for a broker that is busy
"""
TWO_BEATS = """
import django; django.setup()
import time
from otp_policy.wagtail.syndication.receivers import ring
while True:
    ring()
    ring()
    time.sleep(0.5)
"""
PUBLISH_SILENTLY = """
import django; django.setup()
from tests.office import Office
office = Office.as_founded()
for number in range({items}):
    page = office.draft(title=f"ข่าวที่ {{number}}")
    office.agree(page, "website", "line", "facebook")
    office.approve(page)
"""
BEAT = [sys.executable, "-m", "celery", "-A", "otp_site", "beat", "-l", "INFO", "--pidfile="]
WAKE = [sys.executable, "-c", PUBLISH]
BEATS = [sys.executable, "-c", TWO_BEATS]
WORKER = [sys.executable, "-m", "celery", "-A", "otp_site", "worker", "-c", "1", "-P", "solo"]


def environment_of(broker_url, tmp_path, sandbox):
    """Return the environment of a site on SQLite with a broker and a sandbox."""
    return {
        "SECRET_KEY": "for-tests-only",
        "OTP_VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "CELERY_BROKER_URL": broker_url,
        "LINE_API_HOST": sandbox.url,
        "LINE_CHANNEL_ACCESS_TOKEN": Account().line_token,
        "FACEBOOK_GRAPH_URL": f"{sandbox.url}/",
        "FACEBOOK_PAGE_ID": Account().page_id,
        "FACEBOOK_PAGE_TOKEN": Account().page_token,
        "OTP_POLICY_WEBSITE_CHECK": "inside",
        "DJANGO_SETTINGS_MODULE": "otp_site.settings",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}",
    }


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("redis_url", marks=pytest.mark.needs("redis")),
        pytest.param("rabbitmq_url", marks=pytest.mark.needs("rabbitmq")),
    ],
)
def test_a_worker_publishes_and_sends_when_it_is_woken(broker, request, tmp_path):
    broker_url = request.getfixturevalue(broker)
    with Sandbox(account=Account()) as sandbox:
        environment = environment_of(broker_url, tmp_path, sandbox)
        copy_founded(tmp_path / "site.sqlite3")
        environment = {**os.environ, **environment}
        worker = _start(WORKER, environment)
        try:
            subprocess.run(WAKE, env=environment, cwd=REPOSITORY, check=True)
            _until(lambda: len(sandbox.report()["messages"]) == 2)
        finally:
            stop(worker)
        channels = sorted(row["channel"] for row in sandbox.report()["messages"])
        assert channels == ["facebook", "line"]


def test_the_limits_of_a_task_hold_each_other(settings):
    assert settings.CELERY_TASK_ACKS_LATE
    assert settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_TASK_IGNORE_RESULT
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    # The last call that a round begins ends before the task is told to stop.
    longest = drain_seconds() + sum(settings.OTP_POLICY_CHANNEL_TIMEOUT)
    assert longest < settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT
    assert 30 <= settings.CELERY_BEAT_SCHEDULE["sweep"]["schedule"] <= 60
    assert not getattr(dispatch, "autoretry_for", ())


@pytest.mark.parametrize(
    "broker",
    [
        pytest.param("redis_url", marks=pytest.mark.needs("redis")),
        pytest.param("rabbitmq_url", marks=pytest.mark.needs("rabbitmq")),
    ],
)
def test_a_worker_killed_in_the_call_leaves_one_message(broker, request, tmp_path):
    broker_url = request.getfixturevalue(broker)
    with Sandbox(account=Account()) as sandbox:
        environment = {**os.environ, **environment_of(broker_url, tmp_path, sandbox), **SECONDS}
        # So that both are still waiting when the worker dies, on whatever machine.
        environment |= {"OTP_POLICY_READ_SECONDS": "20", "OTP_POLICY_LEASE_SECONDS": "22"}
        copy_founded(tmp_path / "site.sqlite3")
        for channel in ("line", "facebook"):
            sandbox.fault(channel=channel, fault="hold", seconds=600, accepted=True)
        worker = _start(WORKER, environment)
        started = [worker, _start(BEATS, environment)]
        try:
            subprocess.run(WAKE, env=environment, cwd=REPOSITORY, check=True)
            _until(lambda: sandbox.report()["held"] == 2)
            worker.kill()
            worker.wait(20)
            sandbox.state.clear_faults()
            started += [_start(WORKER, environment) for _ in range(2)]
            _until(lambda: _states(tmp_path) == ["sent", "sent"])
        finally:
            for process in started:
                if process.poll() is None:
                    stop(process)
        channels = sorted(row["channel"] for row in sandbox.report()["messages"])
        assert channels == ["facebook", "line"]


@pytest.mark.needs("redis")
def test_two_beats_and_two_workers_send_each_item_once(redis_url, tmp_path):
    items = 4
    with Sandbox(account=Account()) as sandbox:
        sandbox.configure(latency_seconds=0.3)  # so that the rounds of both overlap
        environment = {**os.environ, **environment_of(redis_url, tmp_path, sandbox)}
        copy_founded(tmp_path / "site.sqlite3")
        silent = {**environment, "CELERY_BROKER_URL": ""}  # nobody rings: the sweep has to find it
        publish = [sys.executable, "-c", PUBLISH_SILENTLY.format(items=items)]
        subprocess.run(publish, env=silent, cwd=REPOSITORY, check=True)
        environment["DJANGO_SETTINGS_MODULE"] = "tests.site.quick_beat"
        logs = [tmp_path / f"beat-{number}.log" for number in range(2)]
        started = [_start(WORKER, environment) for _ in range(2)]
        started += [_start([*BEAT, "-s", f"{log}.schedule"], environment, log=log) for log in logs]
        try:
            _until(lambda: _states(tmp_path) == ["sent"] * items * 2)
            # Both go on, and find nothing more to send.
            for log in logs:
                before = _sweeps(log)
                _until(lambda log=log, before=before: _sweeps(log) >= before + 2)
        finally:
            for process in started:
                stop(process)
        sent = Counter((row["channel"], row["title"]) for row in sandbox.report()["messages"])
        assert set(sent.values()) == {1}
        assert len(sent) == items * 2


def _sweeps(log):
    return log.read_text().count("Sending due task sweep")


def _start(command, environment, *, log=Path(os.devnull)):
    with open(log, "ab") as told:
        return subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdout=told, stderr=told)


# Long, for a machine that does much else besides: what happens here needs a fraction of it.
def _until(happened, seconds=300.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


def _states(folder):
    connection = sqlite3.connect(folder / "site.sqlite3", timeout=20)
    try:
        rows = connection.execute("SELECT state FROM otp_policy_syndication_delivery").fetchall()
    finally:
        connection.close()
    return [state for (state,) in rows]


RING = """
import django, time; django.setup()
from otp_policy.wagtail.syndication.receivers import ring
began = time.monotonic()
ring()
print(time.monotonic() - began)
"""


@pytest.mark.parametrize("listens", [True, False])
@pytest.mark.parametrize("scheme", ["redis://:planted-pass@", "amqp://u:planted-pass@"])
def test_a_broker_that_says_nothing_holds_nobody_up(scheme, listens, tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen(8)
        environment = {
            "SECRET_KEY": "for-tests-only",
            "OTP_VAR_DIR": str(tmp_path),
            "CELERY_BROKER_URL": f"{scheme}127.0.0.1:{silent.getsockname()[1]}/",
            "DJANGO_SETTINGS_MODULE": "otp_site.settings",
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}",
        }
        done = subprocess.run(
            [sys.executable, "-c", RING],
            env={**os.environ, **environment},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0
    assert "the broker did not answer" in done.stderr
    assert float(done.stdout) < (5.0 if listens else 1.0)
    assert "planted-pass" not in done.stdout + done.stderr
