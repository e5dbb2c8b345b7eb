"""
The short code of a memo: what ties the signed sheet to one text, one item and one step.

Eight signs of an alphabet without look-alikes, the last one a check: since there are 31 signs, a
prime number, and every place has a weight of its own, one wrong sign or two that changed places
are always found. It is no secret. It changes with the text, so that a sheet that was signed for
an earlier text does not fit.
"""

import hashlib

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, no 1 I L
_SIGNS = 7
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


def code_for(action: str, page_id: int, digest: str) -> str:
    """
    Return the code of the memo that asks for *action* on the text that *digest* names.

    >>> code_for("approve", 77, "sha256:aa")
    '9FZC-ZFKG'
    """
    name = f"otp-policy paper 1|{page_id}|{action}|{digest}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest())
    values = []
    for _place in range(_SIGNS):
        number, value = divmod(number, len(ALPHABET))
        values.append(value)
    signs = "".join(ALPHABET[value] for value in (*values, _check(values)))
    return f"{signs[:4]}-{signs[4:]}"


def as_typed(text: str) -> str:
    """
    Return what somebody typed as the code is written; without its marks if it cannot be one.

    >>> as_typed(" 9fzc zfkg")
    '9FZC-ZFKG'
    """
    signs = "".join(text.translate(_THAI_DIGITS).upper().split()).replace("-", "")
    return f"{signs[:4]}-{signs[4:]}" if len(signs) == _SIGNS + 1 else signs


def is_well_formed(code: str) -> bool:
    """
    Tell whether the check sign of a code fits the others.

    >>> is_well_formed("9FZC-ZFKG"), is_well_formed("9FCZ-ZFKG"), is_well_formed("9FZC-ZFK")
    (True, False, False)
    """
    signs = code.replace("-", "")
    if len(signs) != _SIGNS + 1 or any(sign not in ALPHABET for sign in signs):
        return False
    values = [ALPHABET.index(sign) for sign in signs]
    return values[-1] == _check(values[:-1])


def _check(values: list[int]) -> int:
    weighted = sum(weight * value for weight, value in enumerate(values, start=1))
    return weighted % len(ALPHABET)
