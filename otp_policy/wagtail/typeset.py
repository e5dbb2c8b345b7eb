"""PDF files: tagged for readers that speak, in a face with Thai letters, by a layout of typst."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

__all__ = ["can_typeset", "pdf_fonts", "typeset"]


def pdf_fonts() -> tuple[str, str] | None:
    """
    Return the folder and the family of the face of PDF files (`OTP_POLICY_PDF_FONTS`).

    Without a face with Thai letters there are no PDF files.
    """
    fonts = getattr(settings, "OTP_POLICY_PDF_FONTS", None)
    return (str(fonts[0]), str(fonts[1])) if fonts else None


def can_typeset() -> bool:
    """Tell whether PDF files can be made: typst is installed, and a face is set."""
    return pdf_fonts() is not None and importlib.util.find_spec("typst") is not None


def typeset(layout: Path, name: str, said: Mapping[str, Any]) -> bytes:
    """
    Return a PDF file, the same bytes for the same content.

    Args:
        layout: A file of typst's, which reads the content as JSON from `sys.inputs`.
        name: What the layout calls it there. It goes in as data and never as markup.

    Raises:
        RuntimeError: If no face is set.
        ImportError: If typst is missing.
    """
    fonts = pdf_fonts()
    if fonts is None:
        raise RuntimeError("no face for PDF files is set (`OTP_POLICY_PDF_FONTS`)")
    import typst

    folder, family = fonts
    made = typst.compile(
        layout.read_bytes(),
        format="pdf",
        font_paths=[folder],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
        sys_inputs={name: json.dumps({**said, "family": family}, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)  # one document makes one file
    return made
