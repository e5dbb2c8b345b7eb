"""The short form of the fault campaign; `make faults` runs the long one."""

import argparse

from tests.faults.campaign import run
from tests.migrated import founded


def test_whatever_is_killed_or_cut_off_each_message_is_there_once_or_waits_visibly():
    options = argparse.Namespace(
        deliveries=24, seed=7, database="sqlite", broker="none", seconds=25.0
    )
    counts = run(options, founded=founded())
    assert counts["wrong"] == [], counts
    assert counts["deliveries"] == sum(counts["states"].values()) == 24
    assert sum(counts["struck"].values()) >= 6, counts
