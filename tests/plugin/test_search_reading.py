"""Documents are read within bounds: one that is broken, or grows without end, keeps no other."""

import io
import os
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from otp_policy.wagtail.search import reading
from otp_policy.wagtail.search.reading import Reader
from tests.plugin.thai_files import thai_docx, thai_pdf

SENTENCE = "ปิดซ่อมสะพานข้ามคลองตั้งแต่วันจันทร์ที่ ๙ มิถุนายน น้ำท่วมก็ซ่อม"


@pytest.fixture
def reader() -> Any:
    with Reader() as one:
        yield one


def read(reader: Reader, data: bytes, name: str) -> tuple[str, str]:
    return reader.read(io.BytesIO(data), name=name)


def bomb() -> bytes:
    """Return a Word file of a few hundred kilobytes that unpacks to 300 megabytes."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        for _megabyte in range(300):
            part.write(b" " * (1 << 20))
    return data.getvalue()


def lying_bomb() -> bytes:
    """Return the same with a directory that says that it is small."""
    data = bytearray(bomb())
    size = (300 << 20).to_bytes(4, "little")
    assert size in data
    return bytes(data.replace(size, (1000).to_bytes(4, "little")))


def endless_pdf() -> bytes:
    """Return a PDF with a page of millions of operators."""
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(thai_pdf("หน้าหนึ่ง"))))
    stream = DecodedStreamObject()
    stream.set_data(b"BT /F1 1 Tf " + b"<0E01> Tj 1 0 Td " * 4_000_000 + b"ET")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(("write", "ending"), [(thai_pdf, "pdf"), (thai_docx, "docx")])
def test_every_mark_of_thai_is_read(reader, write, ending):
    text, problem = read(reader, write(SENTENCE), f"x.{ending}")
    assert SENTENCE in text
    assert problem == ""


def test_two_hundred_pages_are_read(reader):
    pages = [f"หน้าที่ {number} {SENTENCE}" for number in range(1, 201)]
    text, problem = read(reader, thai_pdf(*pages), "long.pdf")
    assert text.count(SENTENCE) == 200
    assert problem == ""


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (lambda: thai_pdf(SENTENCE)[:700], "cut.pdf"),
        (lambda: b"%PDF-1.7\n" + os.urandom(2000), "noise.pdf"),
        (lambda: b"", "empty.pdf"),
        (lambda: thai_docx(SENTENCE)[:200], "cut.docx"),
        (lambda: b"PK\x03\x04" + b"\xff" * 500, "noise.docx"),
        (bomb, "bomb.docx"),
        (lying_bomb, "lying.docx"),
    ],
)
def test_what_is_broken_is_told_and_the_next_is_read(reader, write, name):
    text, problem = read(reader, write(), name)
    assert (text.strip(), bool(problem)) == ("", True)
    assert SENTENCE in read(reader, thai_docx(SENTENCE), "next.docx")[0]


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read():
    with Reader(seconds=5.0) as reader:
        assert SENTENCE in read(reader, thai_pdf(SENTENCE), "first.pdf")[0]
        text, problem = read(reader, endless_pdf(), "endless.pdf")
        assert (text, problem) == ("", "takes too long, or too much memory")
        assert SENTENCE in read(reader, thai_docx(SENTENCE), "next.docx")[0]


def test_a_file_that_is_too_large_is_not_read(reader, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_BYTES", 100)
    assert read(reader, thai_docx(SENTENCE), "x.docx") == ("", "too large")
