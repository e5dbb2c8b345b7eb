"""Loading, importing, exploring and streaming: what the library costs outside a decision."""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from lines import line
from questions import fresh_questions

import otp_policy.loader
from otp_policy import load_policy
from otp_policy.loader import parse_policy
from otp_policy.questions import question_to_json

ROUNDS = 20
FEW, MANY = 100_000, 1_000_000
DISTINCT = 20_000
"""Different questions in the stream; they come round again, and nothing is remembered of them."""
STREAM_GROWTH = 1.0
DEEP_SECONDS = 10.0


def _best(work: Callable[[], object]) -> float:
    """Return the least processor time of a few rounds, in seconds."""
    return min(_seconds(work) for _ in range(ROUNDS))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def load_vs_tomllib() -> None:
    """Load and check the shipped policy, beside the parser alone on the same text."""
    text = Path(otp_policy.loader.SHIPPED, "tpso.toml").read_text(encoding="utf-8")
    peer = _best(lambda: tomllib.loads(text))
    value = _best(lambda: parse_policy(text, source="tpso"))
    line(
        "load_vs_tomllib",
        value=value * 1000,
        unit="ms",
        peer=peer * 1000,
        bound="value / peer <= 10",
        better="lower",
        holds=value / peer <= 10,
        detail=f"{value / peer:.1f} x the parser alone, {len(text)} characters",
    )


def import_time() -> None:
    """Start an interpreter that imports the library, beside a bare one."""
    starts: dict[str, list[float]] = {"pass": [], "import otp_policy": []}
    for _ in range(ROUNDS):
        for code, seconds in starts.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            seconds.append(time.perf_counter() - began)
    bare, ours = (min(seconds) * 1000 for seconds in starts.values())
    middle = [statistics.median(seconds) * 1000 for seconds in starts.values()]
    line(
        "import_time",
        value=ours,
        unit="ms",
        peer=bare,
        bound="value - peer <= 30",
        better="lower",
        holds=ours - bare <= 30,
        detail=f"{ours - bare:.1f} ms above a bare interpreter at best, "
        f"{middle[1] - middle[0]:.1f} ms in the middle of {ROUNDS}",
    )


def check_deep() -> None:
    """Explore the life of an item under the shipped policy."""
    is_there = importlib.util.find_spec("otp_policy.explore") is not None
    code, seconds = None, float("inf")
    if is_there:
        began = time.perf_counter()
        command = [sys.executable, "-m", "otp_policy", "check", "--deep", "tpso"]
        code = subprocess.run(command, capture_output=True, check=False).returncode
        seconds = time.perf_counter() - began
    line(
        "check_deep",
        value=seconds if is_there else 0,
        unit="s",
        peer=None,
        bound=f"value < {DEEP_SECONDS:g}, exit 0",
        better="lower",
        holds=code == 0 and seconds < DEEP_SECONDS,
        detail=f"exit {code}" if is_there else "`check --deep` is not there yet",
    )


def decide_stream() -> None:
    """Stream a tenth of a million and a million lines through the command."""
    policy = load_policy("tpso")
    lines = b"".join(
        json.dumps(question_to_json(question), ensure_ascii=False).encode() + b"\n"
        for question in fresh_questions(policy, count=DISTINCT, seed=0)
    )
    (few, _), (many, seconds) = (_streamed(lines, count) for count in (FEW, MANY))
    line(
        "decide_stream",
        value=many - few,
        unit="MiB",
        peer=few,
        bound=f"value <= {STREAM_GROWTH:g}: growth of the peak from {FEW} to {MANY} lines",
        better="lower",
        holds=many - few <= STREAM_GROWTH,
        detail=f"peak {few:.1f} and {many:.1f} MiB; {MANY / seconds:.0f} lines/s",
    )


def _streamed(lines: bytes, count: int) -> tuple[float, float]:
    """Return the peak memory of the command in MiB, and how long it took in seconds."""
    began = time.perf_counter()
    command = [sys.executable, str(Path(__file__).with_name("peak.py")), "decide", "tpso"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        for _ in range(count // DISTINCT):
            process.stdin.write(lines)
        process.stdin.close()
        peak = float(process.stderr.read())
    if process.returncode:
        raise RuntimeError(f"the stream ended with exit {process.returncode}")
    return peak / 1024, time.perf_counter() - began


def main() -> None:
    """Print the lines."""
    load_vs_tomllib()
    import_time()
    check_deep()
    decide_stream()


if __name__ == "__main__":
    main()
