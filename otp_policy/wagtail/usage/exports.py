"""The figures as CSV and XLSX; no word that somebody typed becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext
from openpyxl import Workbook

from otp_policy.wagtail.disclosure.rows import harmless_cell

from .figures import Figures, Line

__all__ = ["to_csv", "to_xlsx"]

_LONGEST_SHEET_NAME = 31


def tables(figures: Figures) -> list[tuple[str, list[Sequence[Any]]]]:
    """Return each table with its heading and its lines, the first of which names the columns."""
    times = gettext("times")
    lines: list[tuple[str, str, Iterable[Line]]] = [
        (gettext("By time"), gettext("day or month"), figures.by_time),
        (gettext("By category"), gettext("category"), figures.by_category),
        (gettext("Pages"), gettext("page"), figures.pages),
        (gettext("Downloads"), gettext("file"), figures.downloads),
        (gettext("Words searched for"), gettext("words"), figures.words),
        (gettext("Words without a result"), gettext("words"), figures.words_without_result),
    ]
    found: list[tuple[str, list[Sequence[Any]]]] = [
        (heading, [(column, times), *((line.label, line.number) for line in rows)])
        for heading, column, rows in lines
    ]
    heads = (
        gettext("Channel"),
        gettext("Messages"),
        gettext("Reached"),
        gettext("Saw it"),
        gettext("Followed its link"),
    )
    channels = [
        (one.label, one.messages, one.reached, one.saw, one.followed) for one in figures.channels
    ]
    found.append((gettext("Channels"), [heads, *channels]))
    return found


def to_csv(figures: Figures) -> str:
    """Return all tables below each other; a mark at the head lets spreadsheets read the Thai."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([figures.first.isoformat(), figures.last.isoformat()])
    for heading, rows in tables(figures):
        writer.writerow([])
        writer.writerow([heading])
        writer.writerows([[harmless_cell(value) for value in row] for row in rows])
    return "\ufeff" + out.getvalue()


def to_xlsx(figures: Figures) -> bytes:
    """Return a workbook with a sheet for each table."""
    book = Workbook()
    book.remove(book.active)
    for heading, rows in tables(figures):
        sheet = book.create_sheet(heading[:_LONGEST_SHEET_NAME])
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"
        sheet.column_dimensions["A"].width = 60
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
