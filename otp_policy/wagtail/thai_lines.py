"""Breaking Thai text into lines of a width, by ICU's dictionary where it is installed."""

from collections.abc import Callable, Iterator

from .comparison.clusters import clusters

try:
    from icu4py.breakers import LineBreaker
except ImportError:  # the extra `search` is not installed: any cluster may end a line
    LineBreaker = None


def broken_lines(text: str, *, width: float, measure: Callable[[str], float]) -> list[str]:
    """
    Return *text* in lines no wider than *width*; a piece that is wider by itself is torn.

    Args:
        text: One paragraph.
        width: How wide a line may be, in the unit of *measure*.
        measure: Returns how wide a text is.
    """
    lines = [""]
    for piece in _pieces(" ".join(text.split()), width=width, measure=measure):
        if lines[-1] and measure((lines[-1] + piece).rstrip()) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(text: str, *, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    for piece in LineBreaker(text, "th") if LineBreaker else clusters(text):
        if measure(piece.rstrip()) > width:
            yield from clusters(piece)
        else:
            yield piece
