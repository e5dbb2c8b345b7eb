"""Files with Thai in them, as office programs and browsers write them."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject
from pypdf.generic import NumberObject as Number

from otp_policy.thai_text.folding import is_mark
from tests.plugin.test_personal_data import a_docx, paragraph

__all__ = ["thai_docx", "thai_pdf"]

_UNKNOWN = 0xE000  # the glyphs of raised marks: no letter leads to them, so that no map names them
_MAP = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
    "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    "3 beginbfrange <0000> <00FF> <0000> <0E00> <0EFF> <0E00> <F700> <F71A> <F700> endbfrange\n"
    "endcmap CMapName currentdict /CMap defineresource pop end end"
)


def thai_docx(*lines: str) -> bytes:
    """Return a Word file with a paragraph for each line."""
    return a_docx("".join(paragraph(line) for line in lines))


def thai_pdf(*pages: str) -> bytes:
    """
    Return a PDF with a page for each text.

    As browsers and office programs write it: a mark that stands on a mark or on a tall letter is a
    glyph that no letter leads to, and the letters stand beside it as `ActualText`.
    """
    writer = PdfWriter()
    font = writer._add_object(_font(writer))
    for text in pages:
        page = writer.add_blank_page(width=595, height=842)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(_stream(_shown(text)))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _shown(text: str) -> str:
    lines = "\n".join(
        f"1 0 0 1 40 {780 - 20 * number} Tm {_line(line)}"
        for number, line in enumerate(text.splitlines())
    )
    return f"BT /F1 12 Tf\n{lines}\nET"


def _line(line: str) -> str:
    parts, before = [], ""
    for letter in line:
        if is_mark(letter) and (is_mark(before) or before in "ปฝฟฬ"):
            said = f"FEFF{ord(letter):04X}"
            parts.append(f"/Span << /ActualText <{said}> >> BDC <{_UNKNOWN:04X}> Tj EMC")
        else:
            parts.append(f"<{ord(letter):04X}> Tj")
        before = letter
    return "\n".join(parts)


def _font(writer: PdfWriter) -> DictionaryObject:
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): NameObject("/Thai"),
            NameObject("/DW"): Number(500),
        }
    )
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/Thai"),
            NameObject("/Encoding"): NameObject("/Identity-H"),
            NameObject("/DescendantFonts"): ArrayObject([writer._add_object(descendant)]),
            NameObject("/ToUnicode"): writer._add_object(_stream(_MAP)),
        }
    )


def _stream(text: str) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(text.encode("ascii"))
    return stream
