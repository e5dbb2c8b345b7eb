"""The tutorial's commands are run, and its answers held to what they print."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .test_cli import PLAIN, ROOT

TUTORIAL = ROOT / "docs" / "tutorial" / "your-measures-in-half-an-hour.md"
SHELL = shutil.which("bash")


def steps(text):
    """Return each command of the console blocks with the answer that the text gives."""
    found = []
    for block in re.findall(r"(?ms)^```console\n(.*?)^```", text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append([line[2:], ""])
            elif line.startswith(">") and is_open(found[-1][0]):
                found[-1][0] += "\n" + line[1:].removeprefix(" ")
            else:
                found[-1][1] += line + "\n"
    return found


def is_open(command):
    """Return whether a text that the shell is to read has not come to its end."""
    return "<<'END'" in command and not command.endswith("\nEND")


def answered(folder, commands):
    """Run the commands one after another and return what each of them prints."""
    program = f'otp-policy() {{ "{sys.executable}" -m otp_policy "$@"; }}\n'
    where = folder
    for command in commands:
        done = subprocess.run(
            [SHELL, "-c", f'{program}{command}\npwd > "{folder}/where"'],
            cwd=where,
            env={**PLAIN, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=60,
        )
        where = Path((folder / "where").read_text(encoding="utf-8").strip())
        yield done.stdout.decode()


@pytest.mark.needs("bash")
def test_the_tutorial_says_what_the_commands_print(tmp_path):
    told = steps(TUTORIAL.read_text(encoding="utf-8"))
    for name in ("new", "check", "decide", "diff", "replay", "render"):
        assert any(command.startswith(f"otp-policy {name} ") for command, _ in told)
    printed = answered(tmp_path, [command for command, _ in told])
    for (command, expected), answer in zip(told, printed, strict=True):
        assert answer == expected, command
    assert (tmp_path / "our-measures" / "annex.html").stat().st_size > 1000
