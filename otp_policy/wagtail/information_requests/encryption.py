"""
Encrypts what is personal, with `cryptography`'s Fernet: AES-128-CBC and HMAC-SHA-256.

What is encrypted is bound to its case and its use, so that nobody with the database alone can
show one person's data under another's number.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.core.exceptions import ImproperlyConfigured

from .conf import field_keys

__all__ = ["UnreadableError", "cipher", "decrypt", "encrypt", "rotate"]


class UnreadableError(Exception):
    """Raised when no key at hand opens what is kept, or it was kept for something else."""


def cipher() -> MultiFernet:
    """
    Return what encrypts with the first key and decrypts with all.

    Raises:
        ImproperlyConfigured: If there is no key, or one is none; the key itself is not told.
    """
    return _cipher(field_keys())


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("there is no key for personal data (`FIELD_KEYS`)")
    made = []
    for number, key in enumerate(keys, start=1):
        try:
            made.append(Fernet(key))
        except ValueError:
            # Without the cause: it might tell the key.
            problem = f"key {number} of FIELD_KEYS is not 32 bytes in url-safe base64"
            raise ImproperlyConfigured(problem) from None
    return MultiFernet(made)


def encrypt(content: bytes, *, bound_to: str) -> bytes:
    """Return *content*, to be opened again for *bound_to* alone."""
    return cipher().encrypt(bound_to.encode() + b"\0" + content)


def decrypt(token: bytes, *, bound_to: str) -> bytes:
    """
    Return what `encrypt` was given.

    Raises:
        UnreadableError: If no key opens it, or it is bound to something else.
    """
    try:
        plain = cipher().decrypt(token)
    except InvalidToken:
        raise UnreadableError("no key opens it") from None
    bound, _nul, content = plain.partition(b"\0")
    if bound != bound_to.encode():
        raise UnreadableError("it was kept for something else")
    return content


def rotate(token: bytes) -> bytes:
    """
    Return the same, encrypted with the first key.

    Raises:
        UnreadableError: If no key opens it.
    """
    try:
        return cipher().rotate(token)
    except InvalidToken:
        raise UnreadableError("no key opens it") from None
