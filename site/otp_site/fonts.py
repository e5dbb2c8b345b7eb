"""
The faces that pages load, made from the installed package: Thai and Latin letters, as WOFF2.

A whole face of Sarabun is four times as large. They are made once, by whoever asks first, such as
`collectstatic` or the server that starts.
"""

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import fontpkg_sarabun
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

__all__ = ["FACES", "LETTERS", "FaceFinder"]

FACES = ("Regular", "Italic", "SemiBold")
LETTERS = (
    range(0x0020, 0x007F),  # Latin
    range(0x00A0, 0x0180),  # Latin with its marks
    range(0x0E00, 0x0E80),  # Thai
    range(0x2000, 0x2070),  # dashes, quotation marks, spaces of no width
    range(0x20A0, 0x20C0),  # currencies
    range(0x2190, 0x2194),  # arrows
    (0x2122, 0x2212, 0x25CC),  # trade mark, minus, the circle beneath a lone mark
)


class FaceFinder(BaseFinder):
    """Finds `sarabun/Sarabun-Regular.woff2` and its like among the static files."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(_made() / name) for name in _names() if name == path]
        return found if find_all else (found or [[]])[0]

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        storage = FileSystemStorage(location=_made())
        for name in _names():
            yield name, storage


def _names() -> list[str]:
    return [f"sarabun/Sarabun-{face}.woff2" for face in FACES]


@cache
def _made() -> Path:
    """Return the folder of the faces, which is another one for other letters."""
    sources = [fontpkg_sarabun.ROOT / "files" / f"Sarabun-{face}.ttf" for face in FACES]
    what = repr((LETTERS, [(file.name, sha256(file.read_bytes()).hexdigest()) for file in sources]))
    folder = Path(settings.FACES_DIR) / sha256(what.encode()).hexdigest()[:12]
    for source, name in zip(sources, _names(), strict=True):
        if not (folder / name).exists():
            _make(source, folder / name)
    return folder


def _make(source: Path, target: Path) -> None:
    """Write the face at *target* in one go: several servers may start at once."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False)
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[letter for letters in LETTERS for letter in letters])
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".part")
    os.close(handle)
    subset.save_font(font, draft, options)
    os.chmod(draft, 0o644)
    os.replace(draft, target)
