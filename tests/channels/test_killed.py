"""A sender that is killed in the middle of a request: what its successor does, and the count."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from otp_policy.channels.base import OutcomeState, Reconciled

SENDER = """
import json, sys
from importlib import import_module
asked = json.load(sys.stdin)
module = import_module("otp_policy.channels." + asked["module"])
adapter = getattr(module, asked["adapter"])(getattr(module, asked["config"])(**asked["settings"]))
adapter.send(asked["payload"], key=asked["key"])
"""


@pytest.fixture
def send_and_die(sandbox, account):
    """Send in a process of its own, which is killed while the sandbox holds the request."""
    settings = {
        "line": {"host": sandbox.url, "access_token": account.line_token},
        "facebook": {
            "graph_url": sandbox.url,
            "page_id": account.page_id,
            "page_token": account.page_token,
            "app_secret": account.app_secret,
        },
    }

    def run(name, *, payload, key, accepted):
        sandbox.fault(channel=name, fault="hold", seconds=60, accepted=accepted)
        kind = name.capitalize()
        asked = {"module": name, "adapter": f"{kind}Adapter", "config": f"{kind}Config"}
        asked |= {"settings": settings[name], "payload": payload, "key": key}
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER],
            stdin=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        sender.stdin.write(json.dumps(asked))
        sender.stdin.close()
        end = time.monotonic() + 15
        while not sandbox.report()["held"] and time.monotonic() < end:
            time.sleep(0.02)
        assert sandbox.report()["held"] == 1
        sender.kill()
        sender.wait(5)

    return run


@pytest.mark.parametrize("accepted", [True, False])
def test_line_is_sent_again_with_the_same_key(sandbox, line, notice, key, send_and_die, accepted):
    payload = line.render(notice)
    send_and_die("line", payload=payload, key=key, accepted=accepted)
    assert line.send(payload, key=key).state is OutcomeState.SENT
    assert len(sandbox.report()["messages"]) == 1


@pytest.mark.parametrize("accepted", [True, False])
def test_facebook_is_read_back_before_it_is_sent_again(
    sandbox, facebook, notice, key, send_and_die, accepted
):
    payload, since = facebook.render(notice), datetime.now(UTC)
    send_and_die("facebook", payload=payload, key=key, accepted=accepted)
    answer = facebook.reconcile(payload, key=key, since=since)
    assert answer.state is (Reconciled.FOUND if accepted else Reconciled.ABSENT)
    if answer.state is Reconciled.ABSENT:
        assert facebook.send(payload, key=key).state is OutcomeState.SENT
    assert len(sandbox.report()["messages"]) == 1
