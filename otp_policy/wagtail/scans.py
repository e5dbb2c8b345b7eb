"""
Scans of signed sheets: which files are taken, and how one waits while its form is mended.

A browser forgets the chosen file of a form that comes back with a mistake. So a good scan is put
aside, and the form carries a signed note of it, for that person and that item, for a day.
"""

import posixpath
import uuid
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from .conf import largest_scan_bytes, private_storage

_PENDING = "otp_policy_scans_pending"
_SALT = "otp_policy.pending_scan"
_KEPT = timedelta(days=1)
_MOST_PIXELS = 120_000_000
_PDF, _JPEG, _PNG = "application/pdf", "image/jpeg", "image/png"
_ENDINGS = {_PDF: ".pdf", _JPEG: ".jpg", _PNG: ".png"}
_IMAGES = {"JPEG": _JPEG, "PNG": _PNG}

UNREADABLE = _("The scan is damaged or locked. Scan the signed memo again.")
WRONG_KIND = _("The scan has to be a PDF, JPEG or PNG file. This one is of another kind.")


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan whose kind was read from its bytes, never from its name."""

    content: bytes
    kind: str
    name: str

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes, in hexadecimal digits."""
        return sha256(self.content).hexdigest()

    def as_file(self) -> ContentFile:
        """Return the bytes under a name that tells nothing."""
        return ContentFile(self.content, name=f"{uuid.uuid4().hex}{_ENDINGS[self.kind]}")


def read_scan(upload: Any) -> Scan:
    """
    Return the uploaded file as a scan.

    Raises:
        ValidationError: If it is too large, damaged, locked, or of another kind.
    """
    largest = largest_scan_bytes()
    if upload.size > largest:
        raise ValidationError(
            _("The scan is larger than %(largest)s. Scan it with a lower resolution."),
            params={"largest": filesizeformat(largest)},
            code="too_large",
        )
    content = upload.read()
    kind = _pdf_kind(content) if content.startswith(b"%PDF-") else _image_kind(content)
    return Scan(content, kind, posixpath.basename(upload.name.replace("\\", "/"))[-255:])


def _pdf_kind(content: bytes) -> str:
    try:
        reader = PdfReader(BytesIO(content))
        whole = not reader.is_encrypted and len(reader.pages) > 0
    except (
        PyPdfError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ValidationError(UNREADABLE, code="unreadable") from error
    if not whole:
        raise ValidationError(UNREADABLE, code="unreadable")
    return _PDF


def _image_kind(content: bytes) -> str:
    try:
        with Image.open(BytesIO(content), formats=tuple(_IMAGES)) as image:
            kind, (width, height) = _IMAGES[image.format or ""], image.size
            if width * height > _MOST_PIXELS:
                raise ValidationError(UNREADABLE, code="unreadable")
            image.load()
    except (UnidentifiedImageError, KeyError) as error:
        raise ValidationError(WRONG_KIND, code="wrong_kind") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(UNREADABLE, code="unreadable") from error
    return kind


def put_aside(scan: Scan, *, user: Any, page_id: int) -> str:
    """Keep *scan* for a day, and return the signed note by which `take_up` finds it again."""
    _drop_old()
    stored = private_storage().save(f"{_PENDING}/{uuid.uuid4().hex}", ContentFile(scan.content))
    return signing.dumps([stored, scan.kind, scan.name, user.pk, page_id], salt=_SALT)


def take_up(note: str, *, user: Any, page_id: int) -> Scan | None:
    """Return the scan that *user* put aside for this item, or None if there is none any more."""
    try:
        stored, kind, name, owner, item = signing.loads(note, salt=_SALT, max_age=_KEPT)
    except (signing.BadSignature, ValueError):
        return None
    if (owner, item) != (user.pk, page_id) or not private_storage().exists(stored):
        return None
    with private_storage().open(stored, "rb") as handle:
        return Scan(handle.read(), kind, name)


def let_go(note: str) -> None:
    """Delete what was put aside, once it is kept with its decision."""
    try:
        stored = signing.loads(note, salt=_SALT)[0]
    except (signing.BadSignature, ValueError):
        return
    private_storage().delete(stored)


def _drop_old() -> None:
    storage, limit = private_storage(), timezone.now() - _KEPT
    try:
        names = storage.listdir(_PENDING)[1]
    except (FileNotFoundError, NotImplementedError):
        return
    for name in names:
        path = f"{_PENDING}/{name}"
        if storage.get_modified_time(path) < limit:
            storage.delete(path)
