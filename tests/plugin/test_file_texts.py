"""What a program reads in a file, and when it says that it did not read all of it."""

import zipfile
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from otp_policy.wagtail.file_texts import UnreadableFileError, texts_of
from otp_policy.wagtail.pdf_letters import letters_of
from tests.plugin.test_personal_data import a_docx, a_pdf, paragraph
from tests.plugin.thai_files import thai_pdf

PHONE = "081-234-5678"


def text_of(data: bytes, name: str) -> str:
    return "\n".join(text for _place, text in texts_of(BytesIO(data), name=name))


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def writer_of(*lines: str) -> PdfWriter:
    writer = PdfWriter()
    writer.append(PdfReader(BytesIO(a_pdf(*lines))))
    return writer


def with_picture(writer: PdfWriter) -> None:
    page = writer.add_blank_page(width=595, height=842)
    names = DictionaryObject({NameObject("/scan"): ArrayObject()})
    resources = DictionaryObject({NameObject("/XObject"): names})
    # By reference, as scanners write it.
    page[NameObject("/Resources")] = writer._add_object(resources)


def test_a_pdf_tells_its_properties_and_notes():
    writer = writer_of("Annual plan")
    writer.add_metadata({"/Author": f"Tel {PHONE}"})
    writer.add_annotation(0, FreeText(text="call 089-876-5432", rect=(10, 10, 200, 40)))
    page = writer.pages[0]
    page[NameObject("/Annots")] = writer._add_object(page["/Annots"])
    text = text_of(written(writer), "plan.pdf")
    assert PHONE in text
    assert "089-876-5432" in text


def test_a_scanned_page_behind_a_typed_one_is_not_passed_over():
    writer = writer_of(f"Letter, tel {PHONE}")
    with_picture(writer)
    with pytest.raises(UnreadableFileError) as caught:
        text_of(written(writer), "letter.pdf")
    assert any(PHONE in text for _place, text in caught.value.texts)


def test_a_scanned_pdf_with_properties_holds_no_text():
    writer = PdfWriter()
    with_picture(writer)
    writer.add_metadata({"/Title": "scan0001"})
    with pytest.raises(UnreadableFileError):
        text_of(written(writer), "scan.pdf")


def test_a_blank_pdf_with_properties_holds_no_text():
    writer = PdfWriter()
    writer.add_blank_page(width=595, height=842)
    with pytest.raises(UnreadableFileError):
        text_of(written(writer), "blank.pdf")


def test_a_docx_tells_its_properties_and_what_is_said_of_pictures():
    drawing = (
        '<w:p><w:r><d xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        f'descr="โทร {PHONE}"><a:t>089-876-5432</a:t></d></w:r></w:p>'
    )
    out = BytesIO(a_docx(paragraph("แผน") + drawing))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("docProps/core.xml", "<core><creator>someone@example.com</creator></core>")
    text = text_of(out.getvalue(), "plan.docx")
    assert PHONE in text
    assert "089-876-5432" in text
    assert "someone@example.com" in text


def test_a_docx_of_pictures_alone_holds_no_text():
    out = BytesIO(a_docx("<w:p></w:p>"))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("docProps/app.xml", "<Properties><App>Word</App></Properties>")
        archive.writestr("word/_rels/document.xml.rels", '<R><r Target="media/image1.png"/></R>')
    with pytest.raises(UnreadableFileError):
        text_of(out.getvalue(), "scan.docx")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "cp874"])
def test_plain_text_is_read_in_every_encoding_of_an_office(encoding):
    data = f"โทร {PHONE}".encode(encoding)
    assert text_of(data, "list.csv") == f"โทร {PHONE}"


def test_bytes_that_are_no_text_are_not_passed_over():
    with pytest.raises(UnreadableFileError):
        text_of(f"tel {PHONE}".encode("utf-16-le"), "list.txt")


RAISED = "ตั้งแต่วันที่เปิดน้ำท่วมก็ซ่อมที่ป่าฝั่งโน้น"


def test_a_raised_mark_of_a_pdf_is_read_by_the_letters_beside_it():
    data = thai_pdf(RAISED)
    # The glyphs alone do not tell it.
    assert RAISED not in PdfReader(BytesIO(data)).pages[0].extract_text()
    assert RAISED in text_of(data, "plan.pdf")


def test_letters_of_older_thai_fonts_are_read_as_what_they_show():
    assert letters_of(PdfReader(BytesIO(thai_pdf("ป\uf70aา ฐ\uf714 \uf70f"))).pages[0]) == "ป่า ฐ้ ญ"
