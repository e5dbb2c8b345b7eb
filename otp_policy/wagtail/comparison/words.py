"""Which words of a line were taken out and which were put in, in pieces that can be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise

from .clusters import clusters, phrases

__all__ = ["Mark", "Run", "compare_words", "opcodes"]

# Beyond these the comparison gets coarser, so that no text can keep the server busy.
_MOST_PAIRS = 100_000
_FAR_TOO_MANY_PAIRS = 10_000_000
_MOST_CLUSTERS = 600
# Fewer clusters in common between two changes are an accident of spelling, and are hard to read.
_LEAST_IN_COMMON = 3
# Below this share in common a phrase was written anew.
_LEAST_ALIKE = 0.4


class Mark(StrEnum):
    """What became of a run of text, or of a line."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Run:
    """Text that was kept, taken out or put in as a whole."""

    mark: Mark
    text: str


def compare_words(before: str, after: str) -> tuple[Run, ...]:
    """
    Return the runs that make *after* of *before*; no cluster of characters is ever torn.

    Without the added runs they are *before*, and without the removed ones *after*.
    """
    old, new = phrases(before), phrases(after)
    runs: list[Run] = []
    for tag, i1, i2, j1, j2 in opcodes(old, new):
        out, into = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag == "equal":
            runs.append(Run(Mark.SAME, out))
        elif tag == "replace":
            runs += _inside(out, into)
        else:
            runs.append(Run(Mark.REMOVED, out) if out else Run(Mark.ADDED, into))
    return tuple(_tidy(runs))


def opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield difflib's steps from *old* to *new*, in bounded time."""
    start = _length_in_common(old, new)
    end = _length_in_common(old[start:][::-1], new[start:][::-1])
    if start:
        yield "equal", 0, start, 0, start
    old_end, new_end = len(old) - end, len(new) - end
    middle_old, middle_new = old[start:old_end], new[start:new_end]
    pairs = len(middle_old) * len(middle_new)
    if pairs > _FAR_TOO_MANY_PAIRS:
        yield "replace", start, old_end, start, new_end
    else:
        matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=pairs > _MOST_PAIRS)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            yield tag, i1 + start, i2 + start, j1 + start, j2 + start
    if end:
        yield "equal", old_end, len(old), new_end, len(new)


def _length_in_common(old: Sequence[str], new: Sequence[str]) -> int:
    length = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        length += 1
    return length


def _inside(before: str, after: str) -> list[Run]:
    """Compare a phrase that was changed cluster by cluster, unless it was written anew."""
    anew = [Run(Mark.REMOVED, before), Run(Mark.ADDED, after)]
    old, new = clusters(before), clusters(after)
    if max(len(old), len(new)) > _MOST_CLUSTERS:
        return anew
    runs: list[Run] = []
    for tag, i1, i2, j1, j2 in opcodes(old, new):
        out, into = "".join(old[i1:i2]), "".join(new[j1:j2])
        if tag == "equal" and i2 - i1 >= _LEAST_IN_COMMON:
            runs.append(Run(Mark.SAME, out))
        else:
            runs += [run for run in (Run(Mark.REMOVED, out), Run(Mark.ADDED, into)) if run.text]
    kept = sum(len(run.text) for run in runs if run.mark is Mark.SAME)
    return runs if 2 * kept >= _LEAST_ALIKE * (len(before) + len(after)) else anew


def _tidy(runs: list[Run]) -> Iterator[Run]:
    """Join neighbours: in each change first all that was taken out, then all that was put in."""
    out, into, same = "", "", ""
    for run, following in pairwise([*runs, Run(Mark.SAME, "")]):
        if run.mark is Mark.SAME and not _is_gap(run, out or into, following):
            yield from _change(out, into)
            out, into = "", ""
            same += run.text
            if following.mark is not Mark.SAME:
                yield Run(Mark.SAME, same)
                same = ""
        else:
            out += run.text if run.mark is not Mark.ADDED else ""
            into += run.text if run.mark is not Mark.REMOVED else ""
    yield from _change(out, into)
    if same:
        yield Run(Mark.SAME, same)


def _is_gap(run: Run, changed: str, following: Run) -> bool:
    """Tell whether *run* is white space between two changes: they read better as one."""
    return bool(changed) and following.mark is not Mark.SAME and not run.text.strip()


def _change(out: str, into: str) -> Iterator[Run]:
    if out:
        yield Run(Mark.REMOVED, out)
    if into:
        yield Run(Mark.ADDED, into)
