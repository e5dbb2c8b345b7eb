"""
Notes in which tests each check of the gate makes a difference.

A plugin of pytest (`-p gate_reach`): it watches the checks while the tests run as they are. What
it notes is kept under var/ until a test file or the code changes, so that a mutant is shown to
those tests alone that can miss it.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "gate-reach"


class Watcher:
    """Runs beside the tests of one process and writes down what it saw in them."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[str, list[str]]] = {}
        self.failed: set[str] = set()
        self.now: set[str] = set()
        self.fingerprints: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        from gate_checks import mutants, watch

        files = {str(item.path.relative_to(ROOT)) for item in session.items}
        self.fingerprints = {file: fingerprint(file) for file in files}
        watch(mutants(), lambda name: self.now.add(name))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: Any) -> Iterator[None]:
        self.now = set()
        done = yield
        file = str(item.path.relative_to(ROOT))
        self.seen.setdefault(file, {})[item.nodeid] = sorted(self.now)
        if nextitem is None or nextitem.path != item.path:
            self._keep(file)
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def _keep(self, file: str) -> None:
        KEPT.mkdir(parents=True, exist_ok=True)
        tests = self.seen[file]
        failed = sorted(self.failed & set(tests))
        kept = {"of": self.fingerprints[file], "failed": failed, "tests": tests}
        # The tests of one file may have run in several processes.
        target = KEPT / f"{_named(file)}.{os.getpid()}.json"
        target.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Watch in the processes that run tests, and not in the one that hands them out."""
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        config.pluginmanager.register(Watcher(), "gate_reach_watcher")


def fingerprint(file: str) -> str:
    """Return a digest of a test file and of all that it tests."""
    found = hashlib.sha256(_code())
    found.update((ROOT / file).read_bytes())
    return found.hexdigest()


def _code(made: list[bytes] = []) -> bytes:  # noqa: B006, once in a process
    if not made:
        found = hashlib.sha256()
        folders = ("otp_policy", "home", "news", "procurement", "site", ".ci", "tests/exhibits")
        files = [path for name in folders for path in (ROOT / name).rglob("*.py")]
        for path in sorted([*files, *(ROOT / "tests").glob("*.py")]):
            if path.name != "gate_mutants.py":
                found.update(path.read_bytes())
        made.append(found.digest())
    return made[0]


def _named(file: str) -> str:
    """Return the name of a test file among those of other folders."""
    path = Path(file)
    return f"{path.parent.name}-{path.stem}"


def known(files: list[str]) -> tuple[dict[str, list[str]], set[str], list[str]]:
    """Return what is kept of *files*: checks by test, tests that fail, and the files not known."""
    tests: dict[str, list[str]] = {}
    failed: set[str] = set()
    unknown = []
    for file in files:
        kept = [json.loads(path.read_text("utf-8")) for path in KEPT.glob(f"{_named(file)}.*")]
        fresh = [one for one in kept if one["of"] == fingerprint(file)]
        if not fresh:
            unknown.append(file)
        for one in fresh:
            tests |= one["tests"]
            failed |= set(one["failed"])
    return tests, failed, unknown
