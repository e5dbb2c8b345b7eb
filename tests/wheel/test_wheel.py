"""The wheel: the library and its plugin alone, and a core that runs with nothing else installed."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, version

import pytest

from tests.conftest import REPOSITORY

SOURCES = ("otp_policy", "home", "news", "procurement", "site", "tests")
FILES = ("pyproject.toml", "README.md", "LICENSE")
QUESTION = {
    "on": "2026-11-23",
    "action": "prepare",
    "actor": {"id": "u1", "posts": [{"role": "pr_representative", "unit": "division-a"}]},
    "item": {"category": "news", "unit": "division-a", "digest": "sha256:aa"},
}


def run(*command, **options):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, check=False, **options
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy, with what is installed and no index."""
    try:
        major = int(version("setuptools").partition(".")[0])
    except PackageNotFoundError:
        major = 0
    if major < 77:
        reason = "the wheel is built with setuptools 77 or newer"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    copy = tmp_path_factory.mktemp("copy")
    leave = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in SOURCES:
        shutil.copytree(REPOSITORY / name, copy / name, ignore=leave)
    for name in FILES:
        shutil.copy(REPOSITORY / name, copy)
    run(
        sys.executable, "-m", "pip", "wheel", "--no-index", "--no-deps", "--no-build-isolation",
        "--wheel-dir", copy / "dist", copy,
    )  # fmt: skip
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """Return the folder of programs of an environment that holds the wheel alone."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps",
        "--disable-pip-version-check", wheel,
    )  # fmt: skip
    return folder / "bin"


def test_the_wheel_holds_the_library_and_its_data_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"otp_policy"}
    # Whatever lies beside the modules is needed where they run.
    kept = {
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "otp_policy").rglob("*")
        if path.is_file() and path.suffix not in (".pyc", ".pyo")
    }
    assert kept - names == set()
    for needed in (
        "otp_policy/py.typed",
        "otp_policy/data/policies/tpso.toml",
        "otp_policy/wagtail/locale/th/LC_MESSAGES/django.mo",
    ):
        assert needed in names


def test_the_core_needs_nothing_but_the_wheel(bare, tmp_path):
    # Neither the checkout nor what this interpreter has is on the path.
    alone = {"cwd": tmp_path, "env": {"PATH": str(bare)}}
    assert str(bare.parent) in run(
        bare / "python", "-c", "import otp_policy; print(otp_policy.__file__)", **alone
    )
    run(bare / "otp-policy", "check", "tpso", **alone)
    answer = json.loads(
        run(bare / "otp-policy", "decide", "tpso", input=json.dumps(QUESTION).encode(), **alone)
    )
    assert answer == {"allowed": True, "reasons": [], "policy": "tpso@2019-05-25"}


def test_the_verifier_that_the_wheel_writes_runs_alone(bare, tmp_path):
    alone = {"cwd": tmp_path, "env": {"PATH": str(bare)}}
    written = run(bare / "otp-policy", "verify", "--script", **alone)
    (tmp_path / "verify_ledger.py").write_text(written, encoding="utf-8")
    (tmp_path / "ledger.jsonl").write_bytes(b"")
    run(bare / "python", "-I", "-S", "verify_ledger.py", "ledger.jsonl", **alone)
