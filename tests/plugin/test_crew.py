"""Workers take the next job as soon as one is answered; nobody waits for a whole batch."""

import threading
import time

from otp_policy.wagtail.syndication.crew import Crew, until


def test_a_slow_job_keeps_only_its_own_worker():
    jobs = [("slow", 1.0), *[("quick", 0.02)] * 20]
    done, under_way, most = [], [0], [0]
    lock = threading.Lock()

    def work(channel, seconds):
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(seconds)
        with lock:
            under_way[0] -= 1
            done.append(channel)

    def take(busy):
        if not jobs:
            return None
        channel, seconds = jobs.pop(0)
        return channel, lambda: work(channel, seconds)

    assert Crew(2, take).run(until(None, 30.0)) == 21
    assert done == ["quick"] * 20 + ["slow"]
    assert most[0] == 2


def test_a_job_that_fails_is_not_the_end_of_its_worker():
    jobs = [lambda: 1 / 0, lambda: done.append("next")]
    done = []
    assert Crew(1, lambda busy: ("line", jobs.pop(0)) if jobs else None).run(until(None, 30.0)) == 2
    assert done == ["next"]


def test_no_job_begins_after_the_order_to_stop_and_what_has_begun_is_heard_out():
    stopping, done = threading.Event(), []

    def work():
        stopping.set()
        time.sleep(0.05)
        done.append("begun")

    assert Crew(1, lambda busy: ("line", work)).run(until(stopping, 30.0)) == 1
    assert done == ["begun"]
    assert Crew(1, lambda busy: ("line", work)).run(until(None, 0.0)) == 0
