"""What every part of the suite shares. It imports no framework: the core's run uses it too."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"
RUN_FOLDER = "OTP_TEST_RUN_DIR"  # the variable that tells all processes of a run of its folder
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "rabbitmq": ("/usr/lib/rabbitmq/bin/rabbitmq-server",),  # off the path, as Debian has it
    "redis": ("redis-server",),
}


# A run of several processes ends soonest if none is left alone with one of these.
LONGEST_FIRST = (
    "walk/test_walk.py",
    "site/test_databases.py",
    "ungoverned/test_wagtails_own.py",
    "browser/test_main_job.py",
    "faults/test_killed_dispatcher.py",
    "site/test_worker.py",
    "browser/test_axe.py",
    "faults/test_dispatchers.py",
    "faults/test_campaign.py",
    "faults/test_demo.py",
    "site/test_audit.py",
    "walk/test_gate_mutants.py",
)


def _turn(item: pytest.Item) -> int:
    name = item.nodeid.partition("::")[0].removeprefix("tests/")
    return LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)


def find_program(name: str) -> str | None:
    """Return the path of a program, or of a file of the system, that tests need, or None."""
    if name.startswith("/proc/"):
        return name if Path(name).exists() else None
    for candidate in PROGRAMS.get(name, (name,)):
        if path := shutil.which(candidate):
            return path
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for what the processes of this run share, unless a run around it has one."""
    if RUN_FOLDER not in os.environ:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="otp-run-")
        config.add_cleanup(_remove_run_folder)
    # Every server of the run would make the web fonts again.
    os.environ.setdefault("OTP_FACES_DIR", f"{os.environ[RUN_FOLDER]}/faces")


def _remove_run_folder() -> None:
    shutil.rmtree(os.environ.pop(RUN_FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """Give SQLite a database that is migrated already: Django finds nothing left to do."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    from tests.migrated import fill_in_memory

    name = connection.creation._get_test_db_name()
    held = fill_in_memory(name, os.environ["DJANGO_SETTINGS_MODULE"])
    yield
    held.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; leave out what reads shared material where there is none."""
    assert all((REPOSITORY / "tests" / name).is_file() for name in LONGEST_FIRST)
    items.sort(key=_turn)
    if SHARED.is_dir():
        return
    left_out = [item for item in items if item.get_closest_marker("shared")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        print(f"\n{len(left_out)} tests left out: {SHARED.name}/ is not beside the repository")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs a missing program; on the integration server that is a failure."""
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if find_program(name) is None:
                reason = f"`{name}` is not there"
                if os.environ.get("CI") == "true":
                    pytest.fail(reason)
                pytest.skip(reason)


def need_modules(*names: str) -> None:
    """Skip the running test where a module is missing; on the integration server that fails."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
