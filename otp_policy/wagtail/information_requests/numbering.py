"""The number of a case within its Buddhist year, and the secret that goes with it."""

import re
import secrets
from datetime import date
from hashlib import sha256

from django.utils.crypto import constant_time_compare

from otp_policy.wagtail.conf import BUDDHIST_ERA_OFFSET

from .models import InformationRequest, RequestNumber

__all__ = ["case_of", "digest_of_secret", "new_secret", "take_number"]

# No letter that is taken for another: 0 and O, 1 and I.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_GROUPS, _IN_A_GROUP = 5, 4
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_REFERENCE = re.compile(r"\s*(\d{1,7})\s*/\s*(\d{4})\s*")


def take_number(on: date) -> tuple[int, int]:
    """
    Return the Buddhist year of *on*, and the next number in it; call it in the case's transaction.

    INVARIANT: no number twice and none left out. The row of the year is locked until the case is
    saved, and what is rolled back gives its number back.
    """
    year = on.year + BUDDHIST_ERA_OFFSET
    row, _is_new = RequestNumber.objects.select_for_update().get_or_create(year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return year, row.last


def new_secret() -> str:
    """Return a secret of a hundred bits, in groups that can be read over a telephone."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def digest_of_secret(secret: str, *, year: int, number: int) -> str:
    """
    Return what is kept of a secret.

    A hundred random bits cannot be guessed from their digest, so that no slow hash is needed.
    """
    typed = "".join(letter for letter in secret.upper().translate(_THAI_DIGITS) if letter.isalnum())
    return sha256(f"otp_policy.request:{year}:{number}:{typed}".encode()).hexdigest()


def case_of(reference: str, secret: str) -> InformationRequest | None:
    """Return the case of a number, as `12/2569` in either digits, if *secret* is its secret."""
    match = _REFERENCE.fullmatch(reference.translate(_THAI_DIGITS))
    if match is None:
        return None
    number, year = int(match[1]), int(match[2])
    case = InformationRequest.objects.filter(year=year, number=number).first()
    # As much work whether there is such a case or not.
    kept = case.secret_digest if case is not None else "0" * 64
    is_right = constant_time_compare(kept, digest_of_secret(secret, year=year, number=number))
    return case if is_right else None
