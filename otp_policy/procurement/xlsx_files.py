"""
Reads XLSX workbooks that anybody may have made, hostile ones too; needs `openpyxl`.

What a workbook unpacks to is bounded before anything is unpacked, and its sheets are read as
streams. No formula is ever worked out: the value that was saved with it counts, and a formula
without one, or with one that comes from another file, is told.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from otp_policy.procurement.findings import CellError, Code, Place, TableFinding
from otp_policy.procurement.grid import (
    MOST_COLUMNS,
    MOST_ROWS,
    Broken,
    CellValue,
    Grid,
    Line,
    is_blank,
)

__all__ = ["MOST_BYTES", "read_xlsx"]

MOST_BYTES = 10 * 1024 * 1024
_MOST_UNPACKED = 32 * 1024 * 1024
# Parts that are unpacked as a whole, and take many times their size then.
_MOST_OF_STRINGS = 6 * 1024 * 1024
_MOST_OF_ANOTHER = 2 * 1024 * 1024
_MOST_ROWS_WRITTEN = 100_000
_MOST_CELLS_WRITTEN = 600_000
_MOST_PARTS = 2000
_MOST_SHEETS = 60
_MOST_MERGED = 20_000
_MERGE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}mergeCell"
_DATA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheetData"
_ROW = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row"
# References to another workbook, and to another program.
_EXTERNAL = re.compile(r"\[[^\]]*\][^!]*!|\|")
# What the libraries raise, beside their own errors, when a workbook is damaged.
_DAMAGED = (
    InvalidFileException,
    ElementTree.ParseError,
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    AssertionError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
)

Merged = Mapping[int, Mapping[int, tuple[int, int]]]
"""For each row and column inside a merged range, the row and column whose value it shows."""


def read_xlsx(data: bytes) -> tuple[tuple[Grid, ...], tuple[TableFinding, ...]]:
    """
    Return the sheets of a workbook that say something, and what is wrong with the file.

    Hidden sheets are left out, and told. A merged cell shows its value in each of its rows.
    """
    try:
        _guard(data)
        grids, findings = _sheets(data)
    except CellError as error:
        return (), (TableFinding(code=error.code, place=Place()),)
    except _DAMAGED:
        return (), (TableFinding(code=Code.FILE_UNREADABLE, place=Place()),)
    return grids, findings


def _guard(data: bytes) -> None:
    """Refuse what unpacks to more than a form can be, and what defines entities of its own."""
    if len(data) > MOST_BYTES:
        raise CellError(Code.FILE_TOO_LARGE)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # `zipfile` never unpacks more of a part than the size that it declares.
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise CellError(Code.FILE_TOO_LARGE)
        for part in parts:
            if part.file_size > _most(part.filename):
                raise CellError(Code.FILE_TOO_LARGE)
            if part.filename.endswith((".xml", ".rels")) and b"<!" in _head(archive, part):
                raise CellError(Code.FILE_UNREADABLE)


def _most(name: str) -> int:
    """Return how large a part may be: only sheets are read as streams, and pictures not at all."""
    folded = name.casefold()
    if not folded.endswith((".xml", ".rels")) or "/worksheets/" in folded:
        return _MOST_UNPACKED
    return _MOST_OF_STRINGS if "sharedstrings" in folded else _MOST_OF_ANOTHER


def _head(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return what stands before the first element, where a document type would be declared."""
    with archive.open(part) as file:
        head = file.read(4096)
    # In UTF-16 every second byte is zero.
    return re.split(rb"<[A-Za-z]", head.replace(b"\x00", b""), maxsplit=1)[0]


def _sheets(data: bytes) -> tuple[tuple[Grid, ...], tuple[TableFinding, ...]]:
    formulas = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    values = load_workbook(io.BytesIO(data), read_only=True, keep_links=False, data_only=True)
    findings: list[TableFinding] = []
    grids = []
    try:
        if len(values.worksheets) > _MOST_SHEETS:
            raise CellError(Code.FILE_TOO_LARGE)
        for shown, written in zip(values.worksheets, formulas.worksheets, strict=True):
            if shown.sheet_state != "visible":
                findings.append(TableFinding(code=Code.SHEET_HIDDEN, place=Place(shown.title)))
                continue
            try:
                grids.append(Grid(shown.title, tuple(_lines(shown, written))))
            except _TooLargeError as error:
                place = Place(shown.title, error.row)
                findings.append(TableFinding(code=error.code, place=place))
    finally:
        formulas.close()
        values.close()
    return tuple(grids), tuple(findings)


class _TooLargeError(Exception):
    def __init__(self, code: Code, row: int) -> None:
        super().__init__(code.value)
        self.code = code
        self.row = row


def _lines(shown: Any, written: Any) -> Iterator[Line]:
    merged = _merged(shown)
    # A dimension that a workbook declares may be any; what counts is where its cells stand.
    shown.reset_dimensions()
    written.reset_dimensions()
    rows: dict[int, dict[int, CellValue]] = {}
    pairs = zip(
        shown.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS),
        written.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS),
        strict=True,
    )
    for number, (values, formulas) in enumerate(pairs, start=1):
        cells = dict(_cells(values, formulas))
        if not cells and number not in merged:
            continue
        repeated = _repeated(rows, merged.get(number, {}))
        rows[number] = cells
        every = {**repeated, **cells}
        if every and not set(every) <= set(repeated):
            yield Line(number, every, frozenset(repeated))


def _cells(values: Any, formulas: Any) -> Iterator[tuple[int, CellValue]]:
    for at, (value, formula) in enumerate(zip(values, formulas, strict=True), start=1):
        found = _cell(value, formula)
        if not is_blank(found):
            yield at, found


def _cell(value: Any, formula: Any) -> CellValue:
    if formula.data_type == "f":
        # The text of a formula over several cells stands in an object of its own.
        text = str(getattr(formula.value, "text", formula.value) or "")
        if _EXTERNAL.search(text):
            return Broken(Code.FORMULA_EXTERNAL)
        if value.value is None:
            return Broken(Code.FORMULA_WITHOUT_VALUE)
    if value.data_type == "e":
        return Broken(Code.FORMULA_ERROR)
    found: CellValue = value.value
    return found


def _repeated(
    rows: Mapping[int, Mapping[int, CellValue]], merged: Mapping[int, tuple[int, int]]
) -> dict[int, CellValue]:
    """Return the values that merged cells show in a row below the one that holds them."""
    found = {at: rows.get(row, {}).get(column) for at, (row, column) in merged.items()}
    return {at: value for at, value in found.items() if not is_blank(value)}


def _merged(sheet: Any) -> Merged:
    """
    Return the ranges merged over several rows, by each row but their first.

    Raises:
        _TooLargeError: If more stands in the sheet than any form holds.
    """
    merged: dict[int, dict[int, tuple[int, int]]] = {}
    covered = cells = rows = 0
    data: ElementTree.Element | None = None
    with sheet._get_source() as source:
        for event, element in ElementTree.iterparse(source, events=("start", "end")):
            if event == "start":
                data = element if element.tag == _DATA else data
            elif element.tag == _ROW and data is not None:
                rows += 1
                cells += len(element)
                _bounded(element, rows, cells)
                # Not only the row: what is left of millions of empty ones fills a memory too.
                data.clear()
            elif element.tag == _MERGE:
                left, top, _, bottom = range_boundaries(element.get("ref", ""))
                covered += bottom - top
                if covered > _MOST_MERGED:
                    raise CellError(Code.FILE_TOO_LARGE)
                for row in range(top + 1, bottom + 1):
                    merged.setdefault(row, {})[left] = (top, left)
    return merged


def _bounded(row: ElementTree.Element, rows: int, cells: int) -> None:
    number = int(row.get("r", rows))
    is_far_down = number > MOST_ROWS and any(len(cell) for cell in row)
    if is_far_down or rows > _MOST_ROWS_WRITTEN or cells > _MOST_CELLS_WRITTEN:
        raise _TooLargeError(Code.TOO_MANY_ROWS, number)
    for cell in row[MOST_COLUMNS:] if len(row) > MOST_COLUMNS else row[-1:]:
        name = cell.get("r")
        at = range_boundaries(name)[0] if name else len(row)
        if at > MOST_COLUMNS and len(cell):
            raise _TooLargeError(Code.TOO_MANY_COLUMNS, number)
