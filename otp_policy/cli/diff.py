"""`otp-policy diff`: what changes for whom between two policies."""

from __future__ import annotations

import argparse
import json

from otp_policy.cli.output import FINDINGS, FINE, policy_or_stop, say

__all__ = ["add", "run"]


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], *, policy: str) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "diff",
        help="say what changes for whom between two policies",
        description="Print each difference as a sentence, what changes rights or duties first. "
        "Exit 0 if there is none, 1 if there is any.",
    )
    parser.add_argument("old", metavar="OLD", help=policy)
    parser.add_argument("new", metavar="NEW", help=policy)
    parser.add_argument("--json", action="store_true", help="print one JSON list")
    parser.add_argument("--lang", choices=("th", "en", "both"), default="both")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the differences, and return the exit code."""
    # Imported here: only this command pays for it.
    from otp_policy.diff import difference_to_json, differences

    found = differences(policy_or_stop(arguments.old), policy_or_stop(arguments.new))
    if arguments.json:
        values = [difference_to_json(one) for one in found]
        print(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        for one in found:
            if arguments.lang != "en":
                print(one.sentence.th)
            if arguments.lang != "th":
                print(one.sentence.en)
    if not found:
        say("no difference")
        return FINE
    minor = sum(one.minor for one in found)
    differ = f"{len(found)} difference{'' if len(found) == 1 else 's'}"
    say(f"{differ}, {minor} of them in wording or citation only")
    return FINDINGS
