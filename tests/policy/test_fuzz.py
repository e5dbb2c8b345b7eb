"""The short form of the fuzzing: a few hundred broken files, always the same."""

import importlib.util
from pathlib import Path

FUZZ = Path(__file__).parent.parent / "fuzz" / "toml.py"
COUNT, SEED = 250, 2562


def load():
    spec = importlib.util.spec_from_file_location("fuzz_toml", FUZZ)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_broken_file_gives_a_policy_or_its_defects_and_nothing_else():
    outcomes, broken = load().fuzz(COUNT, seed=SEED)
    assert not broken
    assert outcomes.total() == COUNT
    # The inputs reach the checks of meaning, not the parser alone.
    assert len(outcomes) > 8
    assert outcomes["not_toml"] < COUNT * 3 / 4
