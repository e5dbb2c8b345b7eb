"""One JSON line for each benchmark."""

from __future__ import annotations

import json

__all__ = ["line"]


def line(
    name: str,
    *,
    value: float,
    unit: str,
    peer: float | None,
    bound: str,
    better: str,
    holds: bool,
    detail: str,
) -> None:
    """
    Print one benchmark.

    Args:
        value: Ours, and `peer` theirs, in *unit*, measured in the same run.
        bound: What has to hold, in words of the two.
        better: `higher` or `lower`.
        holds: A bound that is not met says so; it is never dropped.
    """
    answer = {
        "name": name,
        "value": _rounded(value),
        "unit": unit,
        "peer": None if peer is None else _rounded(peer),
        "bound": bound,
        "better": better,
        "holds": holds,
        "detail": detail,
    }
    print(json.dumps(answer, ensure_ascii=False), flush=True)


def _rounded(number: float) -> float:
    return round(number) if number >= 1000 else float(f"{number:.4g}")
