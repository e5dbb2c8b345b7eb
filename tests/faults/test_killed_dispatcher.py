"""What goes out goes out once, although whoever sends it is killed at the worst moment."""

import pytest

from tests.faults.conftest import until


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
