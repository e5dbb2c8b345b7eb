"""
Broken policy files, seeded: each gives a policy or every defect of the file, and soon.

Run by itself for a few hundred thousand inputs (`make fuzz`); the suite runs some hundreds.
`FUZZ_COUNT` and `FUZZ_SEED` say how many, and which.
"""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from otp_policy.errors import PolicyDataError
from otp_policy.loader import SHIPPED, parse_policy, shipped_policies
from otp_policy.policy import Policy

__all__ = ["SLOWEST", "fuzz", "outcome", "small_policy"]

SLOWEST = 5.0
"""Seconds of processor time that one input may take at most, whatever it is."""

LONGEST = 200_000

WORDS = (
    "news", "website", "2019-05-25", "0001-01-01", "9999-12-31", "2019-02-30", "true", '""', "0",
    "-1", "99999999999999999999", "1e400", "nan", "inf", "[]", "{}", "[[rule]]", "[policy]",
    '"ก"', '"\\u0000"', '"\\ud800"', "\u202e", "\ufeff", "'''", '"""', "=", ".", "#",
    "\x00", "\r",
    "effective_from = 9999-12-31", "effective_until = 0001-01-01", "actions = []",
    "1979-05-27T07:32:00Z",
    "category = \"news\"", "urgent_only = true", "roles = []", "timezone = \"Mars/Olympus\"",
)  # fmt: skip
TOKEN = re.compile(r'"[^"\n]*"|[\w-]+|\S')

Mutation = Callable[[str, random.Random], "str | bytes"]


def small_policy(text: str, chance: random.Random) -> str:
    """Return the text with most of its entries left out, so that an input takes little time."""
    blocks = re.split(r"(?m)^(?=\[)", text)
    keep = chance.choices((0.03, 0.1, 0.3, 1.0), (10, 6, 2, 1))[0]
    return "".join(block for block in blocks if chance.random() < keep)


def _flip(text: str, chance: random.Random) -> bytes:
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _swap(text: str, chance: random.Random) -> str:
    found = [match.span() for match in TOKEN.finditer(text)]
    if len(found) < 2:
        return text
    (a, b), (c, d) = sorted(chance.sample(found, 2))
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def _replace(text: str, chance: random.Random) -> str:
    found = [match.span() for match in TOKEN.finditer(text)]
    if not found:
        return chance.choice(WORDS)
    begin, end = chance.choice(found)
    return text[:begin] + chance.choice(WORDS) + text[end:]


def _insert(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + chance.choice(WORDS) + text[place:]


def _truncate(text: str, chance: random.Random) -> str:
    return text[: chance.randint(0, len(text))]


def _repeat(text: str, chance: random.Random) -> str:
    blocks = re.split(r"(?m)^(?=\[)", text)
    place = chance.randrange(len(blocks))
    blocks[place] *= chance.choice((2, 3, 20))
    return "".join(blocks)


def _drop_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
    return "".join(lines)


def _move_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return "".join(lines)


def _huge_number(text: str, chance: random.Random) -> str:
    digits = "9" * chance.choice((20, 400, 5_000))
    return re.sub(r"= \d+$", f"= {digits}", text, count=1, flags=re.MULTILINE) or digits


def _deep(text: str, chance: random.Random) -> str:
    depth = chance.choice((10, 500, 5_000))
    opened, closed = chance.choice((("[", "]"), ("{a=", "}")))
    kept = closed * depth if chance.random() < 0.5 else ""
    return f"{text}\ndeep = {opened * depth}{kept}\n"


def _dotted(text: str, chance: random.Random) -> str:
    return f"{'.'.join('a' * chance.choice((5, 500, 3_000)))} = 1\n{text}"


def _characters(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    some = (
        chr(chance.choice((chance.randrange(0xD800), chance.randrange(0x10000, 0x110000))))
        for _ in range(chance.randint(1, 5))
    )
    return text[:place] + "".join(some) + text[place:]


def _noise(text: str, chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(0, 200))


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _swap, _replace, _replace, _insert, _truncate, _repeat, _drop_line, _drop_line,
    _move_line, _huge_number, _deep, _dotted, _characters, _noise,
)  # fmt: skip


def outcome(data: bytes | str) -> str:
    """
    Return what came of one input: `policy`, or the code of its first defect.

    Raises:
        AssertionError: If it took too long, or a group held what is no defect with its place.
        Exception: Whatever else came out: a fault of the library.
    """
    began = time.process_time()
    try:
        policy = parse_policy(data, source="fuzz")
        assert isinstance(policy, Policy)
        return "policy"
    except ExceptionGroup as group:
        for defect in group.exceptions:
            assert isinstance(defect, PolicyDataError), repr(defect)
            assert defect.code, str(defect)
            assert defect.where, str(defect)
            assert defect.instead, str(defect)
        return group.exceptions[0].code  # type: ignore[attr-defined]
    finally:
        assert time.process_time() - began < SLOWEST, "too slow"


def inputs(count: int, seed: int):
    """Return *count* broken files, always the same for the same seed."""
    texts = [Path(SHIPPED, f"{name}.toml").read_text("utf-8") for name in shipped_policies()]
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        data: str | bytes = small_policy(chance.choice(texts), chance)
        for _ in range(chance.choice((1, 1, 2, 4))):
            text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
            data = chance.choice(MUTATIONS)(text[:LONGEST], chance)
        yield number, data


def fuzz(count: int, *, seed: int) -> tuple[Counter[str], list[tuple[int, str]]]:
    """Return how often each outcome came, and the numbers of the inputs that broke the library."""
    outcomes: Counter[str] = Counter()
    broken: list[tuple[int, str]] = []
    for number, data in inputs(count, seed):
        if number and number % 10_000 == 0:
            print(f"{number} inputs, {len(broken)} broke the library", file=sys.stderr)
        try:
            outcomes[outcome(data)] += 1
        except Exception as error:
            broken.append((number, repr(error)[:200]))
    return outcomes, broken


def main() -> int:
    """Run the long form: print what came out, and return 1 if anything broke."""
    count = int(os.environ.get("FUZZ_COUNT", "300000"))
    seed = int(os.environ.get("FUZZ_SEED", "2562"))
    outcomes, broken = fuzz(count, seed=seed)
    for code, times in outcomes.most_common():
        print(f"{times:8} {code}")
    for number, error in broken[:20]:
        print(f"input {number} of seed {seed}: {error}", file=sys.stderr)
    print(f"{count} inputs of seed {seed}: {len(broken)} broke the library")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
