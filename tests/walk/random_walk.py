"""
A random walk: nothing is public without its approval, whatever is tried, in whatever order.

Accounts of every role and code without any try every door, beside the lawful steps; after each
action an oracle of the test's own reads what the public gets. `make test` takes 500 actions,
always the same ones (`test_walk.py`); `make attack` takes `ATTACK_ACTIONS`, from `ATTACK_SEED`.
"""

import os
import random
import traceback
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.walk import code, doors
from tests.walk.states import Snapshot
from tests.walk.walk import NAMES, Walk, name_of

STEPS = 50
ACTIONS = int(os.environ.get("ATTACK_ACTIONS", "500"))
SEED = os.environ.get("ATTACK_SEED", "")
ROUNDS = 5
# Hypothesis begins with a walk of first choices only, so what costs least comes first.
KINDS = ("code", "code", "go on", "go on", "go on", "go on", "door", "superuser", "write")
ALL = (*doors.DOORS, *code.WAYS)
NUMBERS = st.integers(0, 419)


class Office(RuleBasedStateMachine):
    """Hypothesis chooses who comes next, to which door, about which item."""

    walk: Walk
    taken = 0
    # What went wrong first. A walk that is taken again comes to other doors, and may go well.
    failure: Exception | None = None

    @initialize()
    def begin(self):
        if Office.goes_on():
            self.walk.begin()

    # One rule: Hypothesis leaves some rules out of a walk, and all need the lawful steps.
    @rule(
        kind=st.sampled_from(KINDS), which=NUMBERS, who=st.sampled_from(NAMES), n=NUMBERS, m=NUMBERS
    )
    def act(self, kind, which, who, n, m):
        if not Office.goes_on():
            return
        Office.taken += 1
        if Office.taken % 500 == 0 and ACTIONS > 500:
            print(f"{Office.taken} actions; {dict(self.walk.saw)}", flush=True)
        try:
            self._act(kind, which, who, n, m)
        except Exception as error:
            Office.failure = error
            raise

    def _act(self, kind: str, which: int, who: str, n: int, m: int) -> None:
        if kind == "write" and len(self.walk.pages()) < 5:
            self.walk.new_item(n)
        elif kind in ("write", "go on"):
            self.walk.go_on(n)
        elif kind == "code":
            self.walk.through(self._among(code.WAYS, which), "", n, m)
        else:
            door = self._among(doors.DOORS, which)
            self.walk.through(door, "admin" if kind == "superuser" else who, n, m)

    def _among(self, ways: tuple[Any, ...], which: int) -> Any:
        """Return one of those tried least so far, so that no walk leaves a door out."""
        ranked = sorted(ways, key=lambda way: self.walk.tried[name_of(way)])
        half = ranked[: (len(ranked) + 1) // 2]
        return half[which % len(half)]

    @staticmethod
    def goes_on() -> bool:
        """Tell whether there are actions left to take, and nothing went wrong."""
        return Office.taken < ACTIONS and Office.failure is None


@pytest.fixture(scope="module", autouse=True)
def database_as_it_was(django_db_setup, django_db_blocker, tmp_path_factory):
    """Put the database back when all is done: a walk commits, and is cleaned up by emptying."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")):
        with django_db_blocker.unblock():
            before = Snapshot()
        yield
        with django_db_blocker.unblock():
            before.restore()
            before.close()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_ever_public_without_its_approval(caplog):
    caplog.set_level(
        "CRITICAL", "django.request"
    )  # every page that is not there is as it should be
    walk = Walk()
    Office.walk, Office.taken, Office.failure = walk, 0, None
    first = int(SEED or (random.randrange(1 << 32) if ACTIONS != 500 else 0))
    print(f"ATTACK_SEED={first} ATTACK_ACTIONS={ACTIONS}", flush=True)
    for chosen in range(first, first + ROUNDS):
        if Office.taken < ACTIONS:
            _walk_on(chosen)
    print(f"{Office.taken} actions; {dict(walk.saw)}; {dict(walk.tried)}")
    assert Office.taken >= ACTIONS
    # A walk on which nothing goes live proves nothing, nor one that comes to few doors.
    assert walk.saw["went live"] >= ACTIONS // 100
    left_out = sorted({name_of(way) for way in ALL} - set(walk.tried))
    assert not left_out or ACTIONS < 500, left_out
    missing = {"corrected", "approve withdrawal", "withdrawn", "under review"} - set(walk.saw)
    assert not missing or ACTIONS < 500, missing


def _walk_on(chosen: int) -> None:
    """Let Hypothesis take what is left of the actions, from a seed."""
    try:
        run_state_machine_as_test(
            seed(chosen)(Office),
            settings=settings(
                max_examples=2 + 2 * ACTIONS // STEPS,
                stateful_step_count=STEPS,
                database=None,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                print_blob=False,
            ),
        )
    except Exception:
        # Hypothesis takes a walk again before it tells that it failed, and says of one that then
        # goes well, or that stops earlier than the first time, only that it is unreliable.
        if Office.failure is None:
            raise
        told = "\n".join(Office.walk.story)
        pytest.fail(
            f"action {Office.taken}: {Office.failure!r}\n{told}\n"
            + "".join(traceback.format_exception(Office.failure)),
            pytrace=False,
        )
