"""
Takes the checks of the gate out one by one, and tells which of them no test misses.

Each is taken out in a process of its own, which then runs the tests that should notice. The list
is that of `gate_checks.py`.

    python .ci/gate_mutants.py            all of them; exit 1 if one survives
    python .ci/gate_mutants.py --some 8   that many, evenly from the list
    python .ci/gate_mutants.py --only X   those with X in their name
    python .ci/gate_mutants.py --near     quickly: only the tests that should notice first
    python .ci/gate_mutants.py --list     the list
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import pytest
from gate_checks import ROOT, Mutant, mutants

TESTS = tuple(
    f"tests/plugin/test_{name}.py"
    for name in (
        "gate", "forged_saves", "triggers", "structure", "shown", "parts", "routes", "doors",
        "editor_doors", "decisions", "schedule", "files", "audit", "office_changes",
        "corrections", "separation", "break_glass", "personal_data", "withdrawals", "notices",
        "paper",
    )
)  # fmt: skip


# Where to look first; whatever is not named here is looked for in the tests of its own name.
FIRST = {
    "collections": ("routes",),
    "contributor": ("separation",),
    "correction": ("corrections",),
    "document_forms": ("shown", "routes"),
    "emergency": ("break_glass",),
    "end_publication": ("gate", "withdrawals"),
    "file_uses": ("files",),
    "file_views": ("files", "routes"),
    "governed_live": ("structure", "shown"),
    "keep_paper": ("paper",),
    "note": ("corrections",),
    "office": ("office_changes",),
    "pages": ("forged_saves", "gate", "routes"),
    "publishing": ("schedule", "forged_saves", "decisions"),
    "ratify": ("break_glass",),
    "receivers": ("forged_saves", "decisions", "files"),
    "revisions": ("parts", "gate"),
    "screening": ("personal_data",),
    "whole_saves": ("parts",),
}


# A check that could not be taken out was not caught by any test.
NOT_TRIED = "not tried"


class Runner:
    """Runs the tests once as they are, and then in one child process for each mutant."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.survivors: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session) -> bool:
        items = [item for item in session.items if "transactional_db" not in item.fixturenames]
        # The first test makes the database. It stays, but for what belongs to the test's module,
        # because one of another module is announced as next.
        _protocol(items[0], next(item for item in items if item.path != items[0].path))
        nothing = Mutant("nothing", (), lambda: None)
        if session.testsfailed or (noticed := _run(nothing, items[:: len(items) // 3], session)):
            print("The tests fail as they are")
            self.survivors.append(nothing.name)
            return True
        found = mutants()
        found = [mutant for mutant in found if self.chosen.only in mutant.name]
        if self.chosen.some:
            step = max(1, len(found) // self.chosen.some)
            found = found[self.chosen.seed % step :: step]
        for mutant in found:
            noticed = _run(mutant, items, session, only_near=self.chosen.near)
            is_caught = bool(noticed) and not noticed.startswith(NOT_TRIED)
            print(f"{'caught  ' if is_caught else 'SURVIVED'} {mutant.name}  {noticed}", flush=True)
            if not is_caught:
                self.survivors.append(mutant.name)
        print(f"{len(found) - len(self.survivors)} of {len(found)} caught", flush=True)
        return True


def _protocol(item, following) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _run(mutant: Mutant, items: list, session, *, only_near: bool = False) -> str:
    """Return the name of the test that notices *mutant*, or nothing."""
    first = [*mutant.near, *(name for part in mutant.near for name in FIRST.get(part, ()))]
    ordered = sorted(items, key=lambda item: not _is_of(item, first))
    if only_near:
        ordered = [item for item in ordered if _is_of(item, first)] or ordered
    with tempfile.TemporaryFile("w+") as said:
        child = os.fork()
        if child == 0:
            _child(mutant, ordered, session, said)
        os.waitpid(child, 0)
        said.seek(0)
        return said.read()


def _is_of(item, names: list[str]) -> bool:
    return item.path.stem.removeprefix("test_") in names


def _child(mutant: Mutant, ordered: list, session, said) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    try:
        blocker = ordered[0].config.pluginmanager.getplugin("django")
        assert blocker
        from pytest_django.plugin import blocking_manager_key

        with ordered[0].config.stash[blocking_manager_key].unblock():
            mutant.apply()
        for item, following in zip(ordered, [*ordered[1:], ordered[0]], strict=True):
            _protocol(item, following)
            if session.testsfailed:
                said.write(item.nodeid)
                break
    except BaseException as error:
        said.write(f"{NOT_TRIED}: {type(error).__name__}: {error}")
    said.flush()
    os._exit(0)


def main() -> int:
    """Run what is asked for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--some", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--near", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    os.chdir(ROOT)
    if chosen.list:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        print(*(mutant.name for mutant in mutants()), sep="\n")
        return 0
    runner = Runner(chosen)
    files = [name for name in TESTS if Path(name).is_file()]
    options = [
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:terminalreporter",
    ]
    code = pytest.main([*files, *options], plugins=[runner])
    return 1 if code or runner.survivors else 0


if __name__ == "__main__":
    sys.exit(main())
