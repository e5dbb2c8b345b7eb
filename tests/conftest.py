"""What every part of the suite shares. It imports no framework: the core's run uses it too."""

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "rabbitmq": ("/usr/lib/rabbitmq/bin/rabbitmq-server",),  # off the path, as Debian has it
    "redis": ("redis-server",),
}


def find_program(name: str) -> str | None:
    """Return the path of a program, or of a file of the system, that tests need, or None."""
    if name.startswith("/proc/"):
        return name if Path(name).exists() else None
    for candidate in PROGRAMS.get(name, (name,)):
        if path := shutil.which(candidate):
            return path
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what reads the shared material where there is none, and say so."""
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
