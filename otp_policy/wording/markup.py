"""
A document as plain blocks, and the blocks as Markdown or as one accessible HTML page.

A cell is a tuple of lines; more than one line is a list of points. Every text is escaped here and
nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

__all__ = [
    "Block",
    "Cell",
    "Heading",
    "Items",
    "Note",
    "Paragraph",
    "Table",
    "to_html",
    "to_markdown",
]

Cell = tuple[str, ...]
"""Lines of text; several are points of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading; level 1 is the title and stands once."""

    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A paragraph about the document that is not part of it, set apart."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list whose items carry their own marks, as ๑)."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    A table: what it holds, the heads of its columns, its rows; the first cell heads its row.

    `languages` names, column by column, the language of what is not in that of the document.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    languages: tuple[str, ...] = ()


Block = Heading | Paragraph | Note | Items | Table

STYLE = (
    "body{max-width:60rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif;line-height:1.7}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "caption{text-align:start;font-weight:bold;padding:.3rem 0}"
    "th,td{border:1px solid #595959;padding:.4rem .6rem;text-align:start;vertical-align:top;"
    "font-weight:normal;overflow-wrap:anywhere}"
    # Wide enough that no Thai word of a narrow column is broken inside a syllable.
    "@media(min-width:40rem){th,td{min-width:5.5em}}"
    "thead th{font-weight:bold}ul.marked{list-style:none}"
    "aside{border-inline-start:.3rem solid #595959;padding-inline-start:1rem}"
)


def to_markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown with tables, one block a paragraph."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_plain(block.text)}"
        case Paragraph():
            return _start(_plain(block.text))
        case Note():
            return f"> {_start(_plain(block.text))}"
        case Items():
            return "\n".join(f"- {_start(_plain(item))}" for item in block.items)
        case Table():
            return _markdown_table(block)


def _markdown_table(table: Table) -> str:
    lines = [
        f"**{_plain(table.caption)}**\n",
        _row(_plain(name) for name in table.head),
        _row("---" for _ in table.head),
        *(_row(_markdown_cell(cell) for cell in row) for row in table.rows),
    ]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _markdown_cell(cell: Cell) -> str:
    if len(cell) < 2:
        return "".join(map(_plain, cell))
    return "<br>".join(f"● {_plain(line)}" for line in cell)


def _plain(text: str) -> str:
    """Return the text on one line, with nothing in it that Markdown would read."""
    return re.sub(r"([\\`*_\[\]<>|&~])", r"\\\1", " ".join(text.split()))


def _start(text: str) -> str:
    """Return the text so that its beginning is no mark of a list or a heading."""
    return re.sub(r"^([#+=-]|[0-9]+(?=[.)]))", lambda mark: _escaped(mark[1]), text)


def _escaped(mark: str) -> str:
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def to_html(blocks: Iterable[Block], *, lang: str) -> str:
    """Return the blocks as one HTML document that needs nothing else."""
    blocks = tuple(blocks)
    title = next((one.text for one in blocks if isinstance(one, Heading) and one.level == 1), "")
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{escape(lang)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            *(_html(block) for block in blocks),
            "</main>",
            "</body>",
            "</html>\n",
        ]
    )


def _html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Note():
            return f"<aside><p>{escape(block.text)}</p></aside>"
        case Items():
            items = "".join(f"<li>{escape(item)}</li>" for item in block.items)
            # The role gives the list back to readers that drop it where there are no bullets.
            return f'<ul class="marked" role="list">{items}</ul>'
        case Table():
            return _html_table(block)


def _html_table(table: Table) -> str:
    languages = table.languages or ("",) * len(table.head)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    rows = "\n".join(f"<tr>{_html_row(row, languages)}</tr>" for row in table.rows)
    return (
        f"<table>\n<caption>{escape(table.caption)}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _html_row(row: tuple[Cell, ...], languages: tuple[str, ...]) -> str:
    cells = []
    for at, (cell, language) in enumerate(zip(row, languages, strict=True)):
        name, scope = ("th", ' scope="row"') if at == 0 else ("td", "")
        spoken = f' lang="{escape(language)}"' if language and cell else ""
        cells.append(f"<{name}{scope}{spoken}>{_html_cell(cell)}</{name}>")
    return "".join(cells)


def _html_cell(cell: Cell) -> str:
    if len(cell) < 2:
        return "".join(map(escape, cell))
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in cell)}</ul>"
