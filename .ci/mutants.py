"""
Breaks the rules one by one, in a copy under var/, and tells which breaks no test notices.

Exit 1 if in any module fewer than nine in ten are noticed. The survivors that we know are explained
in docs/reference/mutants.md.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / "var" / "mutants"
LEAST_PERCENT = 90
MUTMUT = [sys.executable, "-m", "mutmut"]
# What a test run noticed; `timeout` is a loop that no longer ends.
NOTICED = {"killed", "timeout", "segfault", "caught by type check"}


def copy() -> None:
    """Make the copy in which files are broken, so that the checkout stays as it is."""
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for folder in ("otp_policy", "tests"):
        shutil.copytree(ROOT / folder, COPY / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", COPY)


def mutmut(*arguments: str) -> str:
    """Run the tool in the copy and return what it says."""
    # The copy is what is to be imported, wherever `PYTHONPATH` points.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*MUTMUT, *arguments], cwd=COPY, env=environment, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        print(done.stdout[-4000:])
        sys.exit(f"mutmut {arguments[0]} ended with {done.returncode}")
    return done.stdout


def main() -> int:
    """Print one line for each module, then the survivors; return the exit code."""
    copy()
    mutmut("run", "--max-children", str(os.cpu_count() or 1))
    all_of, noticed = Counter(), Counter()
    survivors = []
    for line in mutmut("results", "--all", "true").splitlines():
        name, _, verdict = line.strip().partition(": ")
        module = ".".join(name.split(".")[:-1])
        all_of[module] += 1
        noticed[module] += verdict in NOTICED
        if verdict not in NOTICED:
            survivors.append((name, verdict))
    for module, count in sorted(all_of.items()):
        print(f"{module}: {noticed[module]} of {count}, {noticed[module] / count:.1%}")
    for name, verdict in survivors:
        print(f"\n{verdict}: {mutmut('show', name).strip()}")
    weak = [m for m, count in all_of.items() if noticed[m] * 100 < count * LEAST_PERCENT]
    return 1 if weak or not all_of else 0


if __name__ == "__main__":
    sys.exit(main())
