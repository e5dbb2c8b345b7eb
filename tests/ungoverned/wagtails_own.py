"""
Runs Wagtail's own tests, out of the installed package, with the plugin and without it.

    python -m tests.ungoverned.wagtails_own

compares everything that the plugin could touch. `DATABASE_ENGINE` and what else Wagtail's test
settings read (`DATABASE_NAME`, `DATABASE_USER`, …) choose PostgreSQL.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY

from .outcomes import PASSED

PAGES, COMMANDS = "wagtail.admin.tests.pages", "wagtail.tests.test_management_commands"
WORKFLOWS, MODEL = "wagtail.admin.tests.test_workflows", "wagtail.tests.test_page_model"

# Publish, unpublish, bulk, copy, move, delete, revert, schedule, alias, privacy, workflow, files.
SHORT = (
    f"{PAGES}.test_bulk_actions",
    f"{PAGES}.test_convert_alias",
    f"{PAGES}.test_copy_page",
    f"{PAGES}.test_delete_page",
    f"{PAGES}.test_move_page",
    f"{PAGES}.test_revisions",
    f"{PAGES}.test_unpublish_page",
    f"{WORKFLOWS}.TestApproveRejectPageWorkflow",
    f"{WORKFLOWS}.TestSubmitPageToWorkflow",
    f"{WORKFLOWS}.TestWorkflowStateEmailNotifier",
    "wagtail.admin.tests.test_privacy",
    f"{COMMANDS}.TestPublishScheduledPagesCommand",
    f"{COMMANDS}.TestPurgeRevisionsCommandForPages",
    f"{MODEL}.TestCreateAlias",
    f"{MODEL}.TestLiveRevision",
    "wagtail.tests.test_workflow",
    "wagtail.documents.tests.test_views",
    "wagtail.documents.tests.test_collection_privacy",
)
LONG = (
    "wagtail.admin.tests",
    "wagtail.api",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.tests",
    "wagtail.users",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the tests ended with the plugin, and which of them end otherwise without it."""

    outcomes: dict[str, str]
    differences: tuple[str, ...]
    log: str


def compare(labels: Sequence[str], *, whole: bool = False) -> Comparison:
    """
    Run the tests that *labels* name with the plugin, and without it.

    A test that passes with the plugin has nothing to be compared with, so that without it only
    the others run again; *whole* runs all of them on both sides, skipped tests included.
    """
    with tempfile.TemporaryDirectory(prefix="wagtails-own-") as folder:
        runs = _Runs(Path(folder))
        outcomes = runs.run("plugin", labels)
        again = [name for name, outcome in outcomes.items() if outcome != PASSED]
        without = runs.run("stock", labels if whole else again) if whole or again else {}
        names = sorted(outcomes.keys() | without.keys() if whole else again)
        differences = tuple(
            f"{name}: {without.get(name, 'absent')} without the plugin, "
            f"{outcomes.get(name, 'absent')} with it"
            for name in names
            if without.get(name) != outcomes.get(name)
        )
        return Comparison(outcomes=outcomes, differences=differences, log=runs.log("plugin"))


class _Runs:
    """Runs of Wagtail's tests that share a database which is migrated once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.migrated = "DATABASE_ENGINE" in os.environ

    def run(self, kind: str, labels: Sequence[str]) -> dict[str, str]:
        """Run *labels* with the settings of this *kind* and return how each test ended."""
        self._migrate()
        environment = self._environment(kind)
        if "OTP_TEST_DATABASE" in environment:
            shutil.copy(self.folder / "migrated.sqlite3", environment["OTP_TEST_DATABASE"])
        _django(["test", "--keepdb", *labels], environment, self.folder / f"{kind}.log")
        written = self.folder / f"{kind}.json"
        assert written.is_file(), self.log(kind)
        return json.loads(written.read_text(encoding="utf-8"))

    def log(self, kind: str) -> str:
        """Return what the run said."""
        path = self.folder / f"{kind}.log"
        return path.read_text(encoding="utf-8")[-20000:] if path.is_file() else ""

    def _migrate(self) -> None:
        if not self.migrated:
            environment = self._environment("stock", database="migrated")
            done = _django(["migrate", "-v0"], environment, self.folder / "stock.log")
            assert done == 0, self.log("stock")
            self.migrated = True

    def _environment(self, kind: str, database: str = "") -> dict[str, str]:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'site'}:{os.environ.get('PYTHONPATH', '')}",
            "DJANGO_SETTINGS_MODULE": f"tests.ungoverned.{kind}_settings",
            "OTP_OUTCOMES": str(self.folder / f"{kind}.json"),
            "PYTHONWARNINGS": "ignore",
            "TMPDIR": str(self.folder),
        }
        if "DATABASE_ENGINE" not in environment:
            file = self.folder / f"{database or kind}.sqlite3"
            environment["OTP_TEST_DATABASE"] = str(file)
        return environment


def _django(arguments: Sequence[str], environment: dict[str, str], log: Path) -> int:
    with log.open("w", encoding="utf-8") as stream:
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=REPOSITORY,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode


def main() -> int:
    """Compare everything, and say what differs."""
    found = compare(sys.argv[1:] or LONG, whole=True)
    passed = sum(outcome == PASSED for outcome in found.outcomes.values())
    print(f"{len(found.outcomes)} tests of Wagtail with the plugin: {passed} passed")
    if found.differences:
        print(found.log, *found.differences, sep="\n")
    print(f"{len(found.differences)} end otherwise without it")
    return 1 if found.differences else 0


if __name__ == "__main__":
    sys.exit(main())
