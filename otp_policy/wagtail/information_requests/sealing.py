"""Keeps texts and files of a case encrypted, and opens them again for those who may."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from .encryption import decrypt, encrypt
from .models import InformationRequest, Sealed

__all__ = ["Identity", "SealedFile", "identity_of", "open_file", "open_text", "seal", "seal_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks, as far as they wanted to say. Kept out of the repr, and so out of logs."""

    name: str = ""
    address: str = ""
    phone: str = ""
    e_mail: str = ""

    def __repr__(self) -> str:
        return "Identity(…)"

    def __bool__(self) -> bool:
        return any((self.name, self.address, self.phone, self.e_mail))

    def as_text(self) -> str:
        """Return what is sealed."""
        names = ("name", "address", "phone", "e_mail")
        return json.dumps({name: getattr(self, name) for name in names}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file with its kind, as it was read from its bytes, and the name it came with."""

    name: str
    kind: str
    content: bytes

    def __repr__(self) -> str:
        return "SealedFile(…)"


def seal(case: InformationRequest, what: str, text: str) -> Sealed:
    """Keep *text* encrypted."""
    return _keep(case, what, text.encode())


def seal_file(case: InformationRequest, what: str, file: Any) -> Sealed:
    """Keep a file encrypted, its name with it: names of files name people."""
    head = json.dumps([file.name, file.kind], ensure_ascii=False).encode()
    return _keep(case, what, head + b"\n" + file.content)


def open_text(sealed: Sealed) -> str:
    """
    Return a text that was sealed.

    Raises:
        UnreadableError: If no key opens it.
    """
    return decrypt(bytes(sealed.token), bound_to=sealed.bound_to).decode()


def open_file(sealed: Sealed) -> SealedFile:
    """
    Return a file that was sealed.

    Raises:
        UnreadableError: If no key opens it.
    """
    head, _line, content = decrypt(bytes(sealed.token), bound_to=sealed.bound_to).partition(b"\n")
    name, kind = json.loads(head)
    return SealedFile(name, kind, content)


def identity_of(case: InformationRequest) -> Identity:
    """
    Return who asks; nothing if they did not say, or it is erased.

    Whoever shows it to a person uses `access.show_identity`, which records that.
    """
    sealed = case.sealed.filter(what=Sealed.What.IDENTITY).last()
    return Identity(**json.loads(open_text(sealed))) if sealed else Identity()


def _keep(case: InformationRequest, what: str, content: bytes) -> Sealed:
    sealed = Sealed(case=case, what=what, at=timezone.now())
    sealed.token = encrypt(content, bound_to=sealed.bound_to)
    sealed.save()
    return sealed
