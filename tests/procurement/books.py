"""Workbooks as offices make them, and as those who wish them ill do."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable

from openpyxl import Workbook

from otp_policy.procurement.monthly_summary import read_monthly_summaries
from otp_policy.procurement.xlsx_files import read_xlsx

__all__ = [
    "HEADINGS",
    "added",
    "book",
    "read",
    "rewritten",
    "saved",
    "title",
    "told",
    "with_shared_strings",
]

HEADINGS = [
    "ลำดับที่",
    "งานที่จัดซื้อหรือจัดจ้าง",
    "วงเงินที่จะซื้อหรือจ้าง",
    "ราคากลาง",
    "วิธีซื้อหรือจ้าง",
    "ผู้เสนอราคา",
    "ราคาที่เสนอ",
    "ผู้ได้รับการคัดเลือก",
    "ราคาที่ตกลง",
    "เหตุผลที่คัดเลือกโดยสรุป",
    "เลขที่สัญญา",
    "วันที่สัญญา",
]


def title(month: str) -> list[str]:
    return [f"แบบสรุปผลการดำเนินการจัดซื้อจัดจ้างในรอบเดือน {month}"]


def book(sheets: dict[str, Iterable[list[object]]]) -> Workbook:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a workbook each of whose parts is what *change* makes of its name and bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part.filename)))
    return out.getvalue()


def added(data: bytes, name: str, content: bytes) -> bytes:
    """Return a workbook with one part more, that nothing refers to."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def with_shared_strings(data: bytes) -> bytes:
    """Return a workbook whose texts stand in a part of their own, as Excel writes them."""
    texts: list[bytes] = []

    def shared(cell: re.Match[bytes]) -> bytes:
        texts.append(cell["text"])
        return b'<c%st="s"><v>%d</v></c>' % (cell["head"], len(texts) - 1)

    def change(name: str, part: bytes) -> bytes:
        if "worksheets" in name:
            return re.sub(
                rb'<c(?P<head>[^>]*)t="inlineStr"><is><t[^>]*>(?P<text>[^<]*)</t></is></c>',
                shared,
                part,
            )
        if name == "[Content_Types].xml":
            kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
            override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/>' % kind
            return part.replace(b"</Types>", override + b"</Types>")
        return part

    rewrote = rewritten(data, change)
    # A text in two faces, as Excel writes it where a word is bold.
    items = b"".join(b"<si><r><t>%s</t></r></si>" % text for text in texts)
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return added(rewrote, "xl/sharedStrings.xml", b"<sst %s>%s</sst>" % (space, items))


def read(data: bytes, **more):
    grids, findings = read_xlsx(data)
    return read_monthly_summaries(grids, findings=findings, **more)


def told(reading) -> list[tuple[str, str, str]]:
    return [(one.code, one.place.sheet, one.place.cell) for one in reading.findings]
