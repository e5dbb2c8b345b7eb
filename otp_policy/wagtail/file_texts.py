"""The text inside documents, as far as a program can read it: PDF, Word, and plain text."""

import codecs
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import PurePath
from typing import Any, BinaryIO
from xml.etree import ElementTree

from django.utils.translation import gettext
from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from .pdf_letters import letters_of

_LARGEST_BYTES = 50 * 1024 * 1024
_MOST_PAGES = 1000
_MOST_SECONDS = 30.0
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text counts: whoever opens the file can bring it back.
_WORD_TEXT = frozenset({f"{_WORD}t", f"{_WORD}delText", f"{_WORD}instrText"})
_WORD_TEXT_SHOWN = frozenset({f"{_WORD}t"})
_SHOWN_PARTS = ("word/document.xml", "word/header", "word/footer", "word/footnotes")
# What stands in drawings and diagrams, and what is said of a picture to those who do not see it.
_DRAWN_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_SAID_OF_PICTURES = ("descr", "title")
_WORD_GAPS = frozenset({f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr"})


class UnreadableFileError(ValueError):
    """
    Raised for a file of which not all can be read: damaged, locked, scanned, or of another kind.

    Carries the texts that were read before, as `texts_of` returns them.
    """

    def __init__(self, problem: str, *, texts: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(problem)
        self.texts = list(texts)


# What the libraries raise, beside their own errors, when a file is damaged.
_DAMAGED = (
    PyPdfError,
    DependencyError,
    ElementTree.ParseError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
)


def texts_of(handle: BinaryIO, *, name: str) -> list[tuple[str, str]]:
    """
    Return the text of a file, as place inside it (or nothing) and text.

    Args:
        handle: The file, opened for reading bytes.
        name: Its name, whose ending tells what it is.

    Raises:
        UnreadableFileError: If none of it can be read, or not all of it.
    """
    return _read_with(_READERS, handle, name)


def shown_texts_of(handle: BinaryIO, *, name: str) -> list[tuple[str, str]]:
    """
    Return the text that a reader of the file is shown: no properties, and nothing deleted.

    Raises:
        UnreadableFileError: As `texts_of`.
    """
    return _read_with(_SHOWN_READERS, handle, name)


def _read_with(
    readers: dict[str, Callable[[Any], Iterator[tuple[str, str]]]], handle: BinaryIO, name: str
) -> list[tuple[str, str]]:
    read = readers.get(PurePath(name).suffix.lower())
    if read is None:
        raise UnreadableFileError(f"no reader for `{name}`")
    texts: list[tuple[str, str]] = []
    try:
        for found in read(handle):
            texts.append(found)
    except UnreadableFileError as error:
        raise UnreadableFileError(str(error), texts=texts) from error
    except _DAMAGED as error:
        raise UnreadableFileError(f"`{name}` is damaged or locked", texts=texts) from error
    if not any(text.strip() for _place, text in texts):
        raise UnreadableFileError(f"`{name}` holds no text")
    return texts


def _pdf(handle: BinaryIO, *, shown: bool = False) -> Iterator[tuple[str, str]]:
    reader = PdfReader(handle)
    if len(reader.pages) > _MOST_PAGES:
        raise UnreadableFileError("too many pages")
    if not shown:
        yield "", "\n".join(str(value) for value in (reader.metadata or {}).values())
    end, scanned, said = time.monotonic() + _MOST_SECONDS, 0, False
    for number, page in enumerate(reader.pages, start=1):
        if time.monotonic() > end:
            raise UnreadableFileError("takes too long")
        text = letters_of(page)
        scanned += not text.strip() and "/XObject" in _at(page, "/Resources", {})
        said = said or bool(text.strip())
        notes = "" if shown else "\n".join(_notes_on(page))
        yield gettext("page %(number)s") % {"number": number}, f"{text}\n{notes}"
    for value in (reader.get_form_text_fields() or {}).values():
        said = said or bool(value)
        yield gettext("form"), str(value or "")
    if scanned or not said:
        # A signed annex behind a typed letter: the letter's text says nothing of it.
        raise UnreadableFileError("pages without text")


def _notes_on(page: Any) -> Iterator[str]:
    """Yield what stands in the notes on a page, and where its links lead."""
    for reference in _at(page, "/Annots", ()):
        note = reference.get_object()
        yield str(_at(note, "/Contents", ""))
        yield str(_at(_at(note, "/A", {}), "/URI", ""))


def _at(node: Any, key: str, default: Any) -> Any:
    # Unlike `get`, the brackets of the library follow a reference to another object.
    return node[key] if key in node else default  # noqa: SIM401


def _docx(handle: BinaryIO, *, shown: bool = False) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(handle) as archive:
        folders = _SHOWN_PARTS if shown else ("word/", "docProps/", "customXml/")
        parts = [part for part in archive.infolist() if part.filename.startswith(folders)]
        if sum(part.file_size for part in parts) > _LARGEST_BYTES:
            raise UnreadableFileError("too large")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                is_text = part.filename.startswith("word/")
                tags = _WORD_TEXT_SHOWN if shown else _WORD_TEXT
                text = _text_of_part(archive.read(part), is_text=is_text, tags=tags)
                yield "", text
                if part.filename == "word/document.xml" and not text.strip():
                    raise UnreadableFileError("pictures without text")


def _text_of_part(data: bytes, *, is_text: bool, tags: frozenset[str]) -> str:
    # No word processor writes one, and entities in it can grow without end.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableFileError("a document type declaration")
    root = ElementTree.fromstring(data)
    if not is_text:  # properties of the file, such as its author
        return "\n".join(root.itertext())
    paragraphs: list[str] = []
    for element in root.iter():
        paragraphs += [
            f"\n{element.get(name)}\n" for name in _SAID_OF_PICTURES if element.get(name)
        ]
        if element.tag == f"{_WORD}p":
            paragraphs.append("\n")
        elif element.tag in tags or element.tag == _DRAWN_TEXT:
            paragraphs.append(element.text or "")
        elif element.tag in _WORD_GAPS:
            paragraphs.append("\t")
        elif target := element.get("Target", ""):
            paragraphs.append(f"\n{target}")  # where a link leads: `mailto:`, `tel:`
    return "".join(paragraphs)


def _plain(handle: BinaryIO) -> Iterator[tuple[str, str]]:
    data = handle.read(_LARGEST_BYTES + 1)
    if len(data) > _LARGEST_BYTES:
        raise UnreadableFileError("too large")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield "", data.decode("utf-16")  # "Unicode text", as spreadsheets save it
        return
    if b"\0" in data:
        raise UnreadableFileError("no plain text")
    try:
        yield "", data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield "", data.decode("cp874", errors="replace")


_READERS: dict[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".txt": _plain,
    ".csv": _plain,
}
_SHOWN_READERS = {
    **_READERS,
    ".pdf": partial(_pdf, shown=True),
    ".docx": partial(_docx, shown=True),
}
