"""`otp-policy check`: every defect of a policy, and with `--deep` what it makes possible."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from otp_policy.cli.output import FINDINGS, FINE, WRONG_USAGE, defect_lines, say
from otp_policy.errors import PolicyNotFoundError
from otp_policy.loader import Reading, read_policy

if TYPE_CHECKING:
    from otp_policy.explore import Breach, Exploration

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser("check", help="print every defect of a policy")
    parser.add_argument("policy", metavar="POLICY", help=policy)
    parser.add_argument(
        "--deep",
        action="store_true",
        help="explore every life of an item, and print the shortest way to break a promise",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the defects, and return the exit code."""
    try:
        reading = read_policy(arguments.policy)
        code = _print_defects(arguments.policy, reading)
    except PolicyNotFoundError as error:
        say(str(error))
        return WRONG_USAGE
    except ExceptionGroup as group:
        for line in defect_lines(arguments.policy, group):
            print(line)
        say(group.message)
        return FINDINGS
    return max(code, _print_exploration(reading)) if arguments.deep else code


def _print_defects(source: str, reading: Reading) -> int:
    try:
        reading.reader.finish(reading.defects)
    except ExceptionGroup as group:
        for line in defect_lines(source, group):
            print(line)
        say(group.message)
        return FINDINGS
    header = reading.document.policy
    say(f"{header.id}@{header.version}: no defect")
    return FINE


def _print_exploration(reading: Reading) -> int:
    """Print what the policy makes possible, whatever else is wrong with it."""
    if reading.reader.defects:
        say("not explored: mend first what could not be read")
        return FINDINGS
    # Imported here: a plain check never pays for it.
    from otp_policy.explore import explore

    explorations = tuple(explore(reading.document))
    for line in _proof_lines(explorations):
        print(line)
    for line in _breach_lines(explorations):
        print(line)
    if not explorations:
        say("not explored: on no day is there a first channel")
    sound = all(one.is_complete and not one.breaches for one in explorations)
    return FINE if explorations and sound else FINDINGS


def _proof_lines(explorations: Sequence[Exploration]) -> list[str]:
    """Return one line for each category and stretch of days that was explored."""
    lines = []
    for day, category in dict.fromkeys((one.starts_on, one.category) for one in explorations):
        own = [one for one in explorations if (one.starts_on, one.category) == (day, category)]
        if not all(one.is_complete for one in own):
            verdict = "not proved, there were too many states"
        else:
            verdict = "broken" if any(one.breaches for one in own) else "proved"
        states, moves = sum(one.states for one in own), sum(one.moves for one in own)
        lines.append(
            f"{verdict}: `{category}` from {day.isoformat()}: {states} states and {moves} moves, "
            "urgent and not, on every channel"
        )
    return lines


def _breach_lines(explorations: Sequence[Exploration]) -> list[str]:
    """Return each way to break a promise once, with everything that it breaks it for."""
    subjects: dict[Breach, list[str]] = {}
    for one in explorations:
        for breach in one.breaches:
            subjects.setdefault(breach, []).append(one.subject)
    lines = []
    for breach, broken in subjects.items():
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        lines.append(f"broken [{breach.promise}] in {broken[0]}{more}:")
        lines += [f"  {sentence}" for sentence in breach.trace]
    return lines
