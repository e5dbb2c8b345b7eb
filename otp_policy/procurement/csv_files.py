"""Reads and writes CSV: UTF-8 with and without its mark, Windows-874, and Excel's UTF-16."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from otp_policy.procurement.findings import CellError, Code, Place, TableFinding
from otp_policy.procurement.grid import MOST_COLUMNS, MOST_ROWS, CellValue, Grid, Line, is_blank

__all__ = ["MOST_BYTES", "harmless", "read_csv", "written_csv"]

MOST_BYTES = 20 * 1024 * 1024
_DELIMITERS = ",;\t"
_LINES_TO_JUDGE = 40
# What a spreadsheet runs when a cell begins with it, in ASCII and in full width.
_FORMULA = "=+-@\t\r＝＋－＠"
_RUNS = re.compile(f"[ \u00a0]*[{re.escape(_FORMULA)}]")
_HARMLESS = re.compile(f"'+[ \u00a0]*[{re.escape(_FORMULA)}]")


def read_csv(data: bytes) -> tuple[tuple[Grid, ...], tuple[TableFinding, ...]]:
    """
    Return the one sheet of a CSV file, or what is wrong with the file.

    Rows are counted as a spreadsheet shows them: a text of several lines is in one row. An
    apostrophe that keeps a text from being run as a formula is taken away again.
    """
    try:
        return (Grid("", tuple(_lines(data))),), ()
    except CellError as error:
        return (), (TableFinding(code=error.code, place=Place()),)
    except _BrokenRowError as error:
        return (), (TableFinding(code=error.code, place=Place("", error.row)),)


class _BrokenRowError(Exception):
    def __init__(self, code: Code, row: int) -> None:
        super().__init__(code.value)
        self.code = code
        self.row = row


def _lines(data: bytes) -> Iterator[Line]:
    if len(data) > MOST_BYTES:
        raise CellError(Code.FILE_TOO_LARGE)
    text = _decoded(data)
    row = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for row, values in enumerate(reader, start=1):
            taken = enumerate(map(_taken, values), start=1)
            cells: dict[int, CellValue] = {at: value for at, value in taken if not is_blank(value)}
            if not cells:
                continue
            if row > MOST_ROWS:
                raise _BrokenRowError(Code.TOO_MANY_ROWS, row)
            if max(cells) > MOST_COLUMNS:
                raise _BrokenRowError(Code.TOO_MANY_COLUMNS, row)
            yield Line(row, cells)
    except csv.Error as error:
        # A quotation mark that is never closed would swallow all the rows behind it.
        raise _BrokenRowError(Code.FILE_UNREADABLE, row + 1) from error


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _with(data, (encoding,))
    return _with(data, ("utf-8-sig", "cp874"))


def _with(data: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # A workbook that was only renamed is full of what no text holds.
        if "\x00" not in text:
            return text
    raise CellError(Code.ENCODING_UNKNOWN)


def _delimiter(text: str) -> str:
    """Return the character that parts the most cells of the first lines, outside of quotes."""
    sample = text.split("\n", _LINES_TO_JUDGE)[:_LINES_TO_JUDGE]
    return max(_DELIMITERS, key=lambda delimiter: _parted(sample, delimiter))


def _parted(sample: Sequence[str], delimiter: str) -> int:
    count = 0
    try:
        for row in csv.reader(sample, delimiter=delimiter, strict=True):
            count += len(row) - 1
    except csv.Error:
        # Another delimiter breaks the quotation marks at once; the right one at the sample's end.
        pass
    return count


def _taken(value: str) -> str:
    return value[1:] if _HARMLESS.match(value) else value


def harmless(text: str) -> str:
    """
    Return *text* so that no spreadsheet runs it as a formula; `read_csv` gives back what it was.

    >>> harmless("=HYPERLINK(A1)"), harmless("งานจ้าง")
    ("'=HYPERLINK(A1)", 'งานจ้าง')
    """
    return f"'{text}" if _RUNS.match(text) or _HARMLESS.match(text) else text


def written_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows of text as a CSV file for spreadsheets: UTF-8 with its mark, and harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode()
