"""StreamFields compared block by block: what came, went, moved, or reads otherwise."""

from difflib import SequenceMatcher
from typing import Any

from django.utils.encoding import force_str
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock

from .lines import Line
from .parts import Part, compare_part
from .rich_text import Named, lines_of_html

__all__ = ["compare_blocks", "lines_of_block"]

# What the editor keeps about a block for itself.
_KEPT_ASIDE = frozenset({"id", "type"})


def compare_blocks(
    definition: Any, before: list[Any], after: list[Any], *, named: Named
) -> tuple[Part, ...]:
    """
    Return a part for every block of both lists.

    Args:
        definition: The StreamField's block.
        before: Its blocks as the database keeps them: `type`, `value`, and perhaps `id`.
        after: The same, of the draft.
        named: What to call what a block refers to.
    """
    pairs = _pairs(before, after)
    parts = []
    for old, new in pairs:
        block, number = (after[new] if new is not None else before[old or 0]), new
        heading = _heading(definition, block, number)
        parts.append(
            compare_part(
                None if old is None else _lines(definition, before[old], named),
                None if new is None else _lines(definition, after[new], named),
                heading=heading,
                has_moved=(old, new) in _moved(pairs),
            )
        )
    return tuple(parts)


def _heading(definition: Any, block: Any, number: int | None) -> str:
    kind = block.get("type", "") if isinstance(block, dict) else ""
    child = definition.child_blocks.get(kind)
    label = str(capfirst(force_str(child.label))) if child is not None else kind
    if number is None:
        return _("Block: %(kind)s") % {"kind": label}
    return _("Block %(number)s: %(kind)s") % {"number": number + 1, "kind": label}


def _pairs(before: list[Any], after: list[Any]) -> list[tuple[int | None, int | None]]:
    """Pair blocks by their id, then what is left by its place; ordered as the draft reads."""
    by_id = {_id(block): index for index, block in enumerate(before) if _id(block)}
    found = {new: by_id[_id(block)] for new, block in enumerate(after) if _id(block) in by_id}
    left = [index for index in range(len(before)) if index not in set(found.values())]
    new_ones = [index for index in range(len(after)) if index not in found]
    matcher = SequenceMatcher(
        None, [_key(before[index]) for index in left], [_key(after[index]) for index in new_ones]
    )
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            for old, new in zip(left[i1:i2], new_ones[j1:j2], strict=False):
                if tag == "equal" or _may_be_one(before[old], after[new]):
                    found[new] = old
    pairs: list[tuple[int | None, int | None]] = [(found.get(n), n) for n in range(len(after))]
    gone = [index for index in range(len(before)) if index not in set(found.values())]
    for index in gone:
        place = next(
            (p for p, (old, _n) in enumerate(pairs) if old is not None and old > index), None
        )
        pairs.insert(len(pairs) if place is None else place, (index, None))
    return pairs


def _may_be_one(old: Any, new: Any) -> bool:
    """Tell whether two blocks in one place may be one: those with an id of their own are two."""
    return _kind(old) == _kind(new) and not (_id(old) and _id(new))


def _id(block: Any) -> str:
    return str(block.get("id") or "") if isinstance(block, dict) else ""


def _kind(block: Any) -> str:
    return str(block.get("type", "")) if isinstance(block, dict) else ""


def _key(block: Any) -> str:
    return repr((_kind(block), block.get("value") if isinstance(block, dict) else block))


def _moved(pairs: list[tuple[int | None, int | None]]) -> set[tuple[int | None, int | None]]:
    """Return the pairs that changed their order: all but the longest row that kept it."""
    kept = [pair for pair in pairs if None not in pair]
    rows: list[list[tuple[int | None, int | None]]] = []
    for pair in kept:
        before = [row for row in rows if (row[-1][0] or 0) < (pair[0] or 0)]
        rows.append([*max(before, key=len, default=[]), pair])
    return set(kept) - set(max(rows, key=len, default=[]))


def _lines(definition: Any, block: Any, named: Named) -> list[Line]:
    if not isinstance(block, dict):
        return lines_of_block(None, block, named=named)
    child = definition.child_blocks.get(block.get("type"))
    return lines_of_block(child, block.get("value"), named=named)


def lines_of_block(definition: Any, value: Any, *, named: Named, role: str = "") -> list[Line]:
    """Return the lines of one block's value, whatever is inside it."""
    if value is None or value == "":
        return []
    if isinstance(definition, blocks.RichTextBlock):
        return lines_of_html(str(value), named=named)
    if isinstance(definition, BaseTypedTableBlock) and isinstance(value, dict):
        return _lines_of_table(definition, value, named)
    if isinstance(definition, blocks.BaseStreamBlock) and isinstance(value, list):
        return [line for block in value for line in _lines(definition, block, named)]
    if isinstance(definition, blocks.ListBlock) and isinstance(value, list):
        values = [_value_of_item(item) for item in value]
        child = definition.child_block
        return [line for item in values for line in lines_of_block(child, item, named=named)]
    if isinstance(definition, blocks.BaseStructBlock) and isinstance(value, dict):
        return _lines_of_struct(definition, value, named)
    if isinstance(definition, blocks.ChooserBlock):
        return [Line(named(definition.model_class._meta.label_lower, str(value)), role)]
    return _lines_of_data(value, role)


def _value_of_item(item: Any) -> Any:
    return item["value"] if isinstance(item, dict) and item.get("type") == "item" else item


def _lines_of_struct(definition: Any, value: dict[str, Any], named: Named) -> list[Line]:
    lines = []
    for name, inner in value.items():
        child = definition.child_blocks.get(name)
        label = str(capfirst(force_str(child.label))) if child is not None else name
        for line in lines_of_block(child, inner, named=named):
            lines.append(Line(f"{label}: {line.text}", line.role))
    return lines


def _lines_of_table(definition: Any, table: dict[str, Any], named: Named) -> list[Line]:
    columns = table.get("columns") or []
    lines = [Line(str(table["caption"]), "caption")] if table.get("caption") else []
    lines.append(
        Line(" | ".join(str(column.get("heading", "")) for column in columns), "table heading")
    )
    for row in table.get("rows") or []:
        cells = []
        for column, value in zip(columns, row.get("values") or [], strict=False):
            child = definition.child_blocks.get(column.get("type"))
            cell = lines_of_block(child, value, named=named)
            cells.append(" / ".join(line.text for line in cell))
        lines.append(Line(" | ".join(cells), "table row"))
    return lines


def _lines_of_data(value: Any, role: str) -> list[Line]:
    if isinstance(value, dict):
        pairs = ((key, _lines_of_data(inner, role)) for key, inner in value.items())
        return [
            Line(f"{key}: {line.text}", role)
            for key, lines in pairs
            if key not in _KEPT_ASIDE
            for line in lines
        ]
    if isinstance(value, list):
        return [line for inner in value for line in _lines_of_data(inner, role)]
    return [Line(line, role) for line in str(value).splitlines() if line.strip()]
