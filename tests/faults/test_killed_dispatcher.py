"""What goes out goes out once, although whoever sends it is killed at the worst moment."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.faults.conftest import until

# Sends one message, and is stopped where Python tells of that event for the first time.
STOPS_ITSELF = """
import os, signal, sys
import django; django.setup()
from otp_policy.wagtail.syndication.drain import deliver
from otp_policy.wagtail.syndication.models import Delivery

def stop(event, args, stopped=[]):
    if event == {event!r} and not stopped:
        stopped.append(event)
        os.kill(os.getpid(), signal.SIGSTOP)

sys.addaudithook(stop)
deliver(Delivery.objects.get().pk)
"""


def is_stopped(process):
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()[0] == "T"


@pytest.mark.needs("/proc/self/stat")
@pytest.mark.parametrize("event", ["socket.connect", "http.client.send"])
def test_whoever_is_stopped_after_its_look_at_the_lease_posts_nothing_when_it_wakes(site, event):
    site.publish("facebook")
    command = [sys.executable, "-c", STOPS_ITSELF.format(event=event)]
    stopped = subprocess.Popen(command, env=site.environment, cwd=REPOSITORY)
    site.processes.append(stopped)
    until(lambda: is_stopped(stopped))
    assert site.states() == ["sending"]
    site.dispatcher()
    until(lambda: site.states() == ["sent"])  # by the other, who looked, and found nothing
    stopped.send_signal(signal.SIGCONT)
    assert stopped.wait(30) == 0
    assert len(site.sent("facebook")) == 1
    assert ("send", "not_sent") in site.rows(
        "SELECT kind, outcome FROM otp_policy_syndication_attempt"
    )
    assert site.states() == ["sent"]


@pytest.mark.parametrize("channel", ["line", "facebook"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_dispatcher_killed_in_the_call_leaves_one_message(site, channel, accepted):
    site.publish(channel)
    site.sandbox.fault(channel=channel, fault="hold", seconds=60, accepted=accepted)
    killed = site.dispatcher()
    until(lambda: site.sandbox.report()["held"] == 1)
    site.kill(killed)
    assert site.states() == ["sending"]
    site.dispatcher()
    until(lambda: site.states() == ["sent"])
    [message] = site.sent(channel)
    assert message["title"] == "ข่าวที่ 0"
    kinds = site.rows("SELECT kind, outcome FROM otp_policy_syndication_attempt ORDER BY id")
    assert kinds[0] == ("lease", "unknown")


def test_both_channels_held_and_the_dispatcher_killed_twice(site):
    site.publish("line", "facebook")
    for _ in range(2):
        for channel in ("line", "facebook"):
            site.sandbox.fault(channel=channel, fault="hold", seconds=60, accepted=True)
        killed = site.dispatcher()
        until(lambda: site.sandbox.report()["held"] >= 1)
        site.kill(killed)
        until(lambda: site.sandbox.report()["held"] == 0)
    site.sandbox.state.clear_faults()
    site.dispatcher()
    until(lambda: site.states() == ["sent", "sent"])
    assert [len(site.sent(channel)) for channel in ("line", "facebook")] == [1, 1]


def test_several_dispatchers_at_once_send_each_message_once(site):
    site.publish("line", "facebook", items=4)
    site.sandbox.fault(channel="facebook", fault="delay", seconds=0.5, times=3)
    site.sandbox.fault(channel="line", fault="reset", accepted=True, times=2)
    site.sandbox.fault(channel="facebook", fault="reset", accepted=True, times=2)
    for _ in range(3):
        site.dispatcher()
    until(lambda: set(site.states()) == {"sent"}, seconds=90)
    for channel in ("line", "facebook"):
        titles = sorted(message["title"] for message in site.sent(channel))
        assert titles == [f"ข่าวที่ {number}" for number in range(4)]
