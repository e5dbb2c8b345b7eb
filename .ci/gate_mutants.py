"""
Takes the checks of the gate out one by one, and tells which of them no test misses.

First the tests run as they are, while each check is watched: only a test in which it makes a
difference can miss it. Then each is taken out in a process of its own, which runs those tests
until one fails. The list is that of `gate_checks.py`; what was watched is kept under var/.

    python .ci/gate_mutants.py              all of them; exit 1 if one survives
    python .ci/gate_mutants.py --some 8     that many, evenly from the list
    python .ci/gate_mutants.py --only X     those with X in their name; several with commas
    python .ci/gate_mutants.py --near       of what merely runs, only the tests of its own name
    python .ci/gate_mutants.py --tests X,Y  with the tests of these files alone (two at least)
    python .ci/gate_mutants.py --part 1/2   the first half, for a processor of its own
    python .ci/gate_mutants.py --log FILE   note what is caught, and leave out what is noted there
    python .ci/gate_mutants.py --known      with the tests that were watched before, and no others
    python .ci/gate_mutants.py --list       the list
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import gate_reach
import pytest
from gate_checks import PACKAGE, ROOT, Mutant, mutants

FOLDER = ROOT / "tests" / "plugin"
# What the tests of page types hold of the gate.
AMONG_PAGES = "tests/pages/test_files.py"
# Where to look first for what merely runs; otherwise in the tests of its own name.
FIRST = {
    "adapters": ("gate", "separation", "decisions", "paper"),
    "delivery_forms": ("by_hand",),
    "digest": ("shown", "parts"),
    "flush": ("evidence_triggers",),
    "keepers": ("by_hand", "crew"),
    "lifecycle_forms": ("last_refusals",),
    "otp_adopt": ("adoption",),
    "otp_break_glass": ("break_glass",),
    "paper_forms": ("paper", "attack_paper"),
    "contributor": ("separation",),
    "contributor_answer": ("separation",),
    "contributor_uploader": ("separation",),
    "contributor_wagtaildocs": ("separation",),
    "contributor_wagtailimages": ("separation",),
    "correction": ("corrections",),
    "deactivated": ("separation",),
    "end_publication": ("gate", "withdrawals"),
    "note": ("corrections",),
    "note_saved": ("break_glass",),
    "office": ("office_changes",),
    "ratify": ("break_glass",),
    "screening": ("personal_data",),
    "search": ("public_search",),
    "submission": ("ledger_rows",),
    "taken_down": ("withdrawals",),
    "live_files": ("files", "file_privacy"),
    "draft_files": ("files", "file_privacy"),
    "deleted": ("edges",),
    "file_name": ("files",),
    "upload": ("files",),
    "judged": ("channel_previews",),
    "recall": ("withdrawals", "doors"),
    "role_group": ("office_changes",),
    "items": ("gate", "edges"),
    "whole_saves": ("parts", "forged_saves"),
    "urgent": ("urgency",),
}
# What the database does no process sees, nor what a table of names leaves out.
UNSEEN = ("no trigger", "triggers without", "said of files")
# A check that could not be taken out was not caught by any test.
NOT_TRIED = "not tried"
_LONGEST_SECONDS = 900


class Runner:
    """Runs the tests that can miss each check, in one child process for each mutant."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.survivors: list[str] = []
        self.tried = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        first = session.items[0]
        # The first test makes the database. It stays, but for what belongs to the test's module,
        # because one of another module is announced as next.
        other = next(item for item in session.items if item.path != first.path)
        _protocol(first, other)
        tests, failed, _unknown = gate_reach.known(_files(self.chosen))
        for name in sorted(failed):
            print(f"FAILS    as it is: {name}", flush=True)
            self.survivors.append(name)
        reach = _by_check(
            {name: tests[name] for name in items if name in tests and name not in failed}
        )
        by_module: dict[Path, list[tuple[Mutant, list]]] = defaultdict(list)
        for mutant in _chosen(self.chosen):
            found = [items[name] for name in _worth_trying(mutant, reach, self.chosen.near)]
            if not found:
                self._tell(mutant, "no test makes it matter", is_caught=False)
            else:
                by_module[found[0].path].append((mutant, found))
        for path, waiting in by_module.items():
            self._try_in(session, path, waiting)
        print(f"{self.tried - len(self.survivors)} of {self.tried} caught", flush=True)
        return True

    def pytest_internalerror(self, excrepr: object) -> None:
        print(excrepr, flush=True)

    def _try_in(self, session: pytest.Session, path: Path, waiting: list) -> None:
        """Try the mutants whose first test is in one module, which is set up once for all."""
        mine = [item for item in session.items if item.path == path]
        other = next(item for item in session.items if item.path != path)
        _protocol(mine[0], mine[-1])
        for mutant, tests in waiting:
            noticed = _run(mutant, tests, mine[-1], session)
            self._tell(mutant, noticed, is_caught=bool(noticed) and NOT_TRIED not in noticed)
        _protocol(mine[0], other)

    def _tell(self, mutant: Mutant, noticed: str, *, is_caught: bool) -> None:
        line = f"{'caught  ' if is_caught else 'SURVIVED'} {mutant.name}  {noticed}"
        print(line, flush=True)
        self.tried += 1
        if not is_caught:
            self.survivors.append(mutant.name)
        elif self.chosen.log:
            with open(self.chosen.log, "a", encoding="utf-8") as log:
                print(line, file=log)


def _files(chosen: argparse.Namespace) -> list[str]:
    found = [str(path.relative_to(ROOT)) for path in sorted(FOLDER.glob("test_*.py"))]
    found.append(AMONG_PAGES)
    return [file for file in found if not chosen.tests or _is_of(file, chosen.tests.split(","))]


def _chosen(chosen: argparse.Namespace) -> list[Mutant]:
    wanted = [part for part in chosen.only.split(",") if part] or [""]
    found = [mutant for mutant in mutants() if any(part in mutant.name for part in wanted)]
    if chosen.log and Path(chosen.log).exists():
        lines = Path(chosen.log).read_text(encoding="utf-8").splitlines()
        known = {line[9:].split("  ")[0] for line in lines}
        found = [mutant for mutant in found if mutant.name not in known]
    if chosen.some:
        step = max(1, len(found) // chosen.some)
        found = found[chosen.seed % step :: step]
    part, _, parts = chosen.part.partition("/")
    return found[int(part) - 1 :: int(parts)]


def _by_check(tests: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the tests by the check that matters in them, those with the fewest checks first."""
    reach: dict[str, list[str]] = defaultdict(list)
    for test in sorted(tests, key=lambda name: (len(tests[name]), name)):
        for check in tests[test]:
            reach[check].append(test)
    return reach


def _worth_trying(mutant: Mutant, reach: dict[str, list[str]], only_near: bool) -> list[str]:
    """Return the tests that can miss *mutant*, in the order in which they are tried."""
    names = [*mutant.near, *(name for part in mutant.near for name in FIRST.get(part, ()))]
    surely = sorted(reach[mutant.name], key=lambda test: not _is_of(test, names))
    runs = sorted(reach[f"({mutant.name})"], key=lambda test: not _is_of(test, names))
    if not surely and not runs and mutant.name.startswith(UNSEEN):
        runs = [test for tests in reach.values() for test in tests if _is_of(test, names)]
    if only_near:
        runs = [test for test in runs if _is_of(test, names)] or runs[:20]
    return list(dict.fromkeys([*surely, *runs]))


def _is_of(test: str, names: list[str]) -> bool:
    return Path(test.split("::")[0]).stem.removeprefix("test_") in names


def _protocol(item: pytest.Item, following: pytest.Item) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _run(mutant: Mutant, tests: list, last: pytest.Item, session: pytest.Session) -> str:
    """Return the name of the test that notices *mutant*, or nothing."""
    with tempfile.TemporaryFile("w+") as said:
        before = _stored_files()
        child = os.fork()
        if child == 0:
            _child(mutant, tests, last, session, said)
        _pid, status, used = os.wait4(child, 0)
        for path in _stored_files() - before:
            path.unlink(missing_ok=True)
        said.seek(0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
            # A machine with other things to do is no test that runs for ever.
            is_busy = used.ru_utime + used.ru_stime > _LONGEST_SECONDS / 2
            return "the tests never ended" if is_busy else f"{NOT_TRIED}: the tests took too long"
        return said.read()


def _stored_files() -> set[Path]:
    return {path for path in Path(os.environ["OTP_VAR_DIR"]).rglob("*") if path.is_file()}


def _child(mutant: Mutant, tests: list, last: pytest.Item, session: pytest.Session, said) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal.alarm(_LONGEST_SECONDS)
    try:
        assert last.config.pluginmanager.getplugin("django")
        from pytest_django.plugin import blocking_manager_key

        with last.config.stash[blocking_manager_key].unblock():
            mutant.apply()
            _forget()
        for item, following in zip(tests, [*tests[1:], last], strict=True):
            _protocol(item, following)
            if session.testsfailed:
                said.write(item.nodeid)
                break
    except BaseException as error:
        said.write(f"{NOT_TRIED}: {type(error).__name__}: {error}")
    said.flush()
    os._exit(0)


def _forget() -> None:
    """Forget the answers that the package has kept: the test that ran before asked already."""
    for name, module in list(sys.modules.items()):
        for value in list(vars(module).values()) if name.startswith(PACKAGE) else ():
            if callable(forget := getattr(value, "cache_clear", None)):
                forget()


def watch_the_tests(files: list[str], processes: int) -> None:
    """Run the test files that are not known yet as they are, with each check watched."""
    unknown = gate_reach.known(files)[2]
    if not unknown:
        return
    print(f"watching {len(unknown)} test files", flush=True)
    options = ["-q", "-p", "gate_reach", "-p", "no:randomly", "-p", "no:cacheprovider"]
    if processes > 1 and len(unknown) > 1:
        options += ["-n", str(processes), "--dist", "loadfile"]
    paths = os.pathsep.join([str(ROOT / ".ci"), str(ROOT), str(ROOT / "site")])
    subprocess.run(
        [sys.executable, "-m", "pytest", *unknown, *options],
        env=os.environ | {"PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        check=False,
    )


def main() -> int:
    """Run what is asked for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--some", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--near", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--tests", default="")
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--log", default="")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    chosen = parser.parse_args()
    if chosen.log:
        chosen.log = str(Path(chosen.log).resolve())
    os.chdir(ROOT)
    if chosen.list:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        print(*(mutant.name for mutant in mutants()), sep="\n")
        return 0
    if not chosen.known:
        watch_the_tests(_files(chosen), chosen.processes)
    runner = Runner(chosen)
    files = [name for name in _files(chosen) if name not in gate_reach.known([name])[2]]
    off = ("-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:terminalreporter")
    code = pytest.main([*files, "-q", "-s", *off], plugins=[runner])
    return 1 if code or runner.survivors else 0


if __name__ == "__main__":
    sys.exit(main())
