"""
Finds what looks like personal data in a text that is about to become public.

A warning and no judgement: whether it may be published is for a person to say. Found are
identity numbers of natural persons (by their check digit), telephone numbers, e-mail addresses
and bank accounts, with Thai digits too. Numbers that an office writes every day (budgets, dates,
order numbers, the registration numbers of companies) are left alone where their form allows it.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from dataclasses import field as hidden_field
from enum import StrEnum

__all__ = ["PersonalData", "PersonalDataKind", "find_personal_data", "identity_number_is_valid"]


class PersonalDataKind(StrEnum):
    """What a text seems to tell about somebody."""

    IDENTITY_NUMBER = "identity_number"
    E_MAIL = "e_mail"
    BANK_ACCOUNT = "bank_account"
    PHONE_NUMBER = "phone_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """
    One place where a text seems to hold personal data.

    `value` is the datum without its punctuation, to compare it with; it stays out of the repr,
    and belongs in no log and no ledger. `masked` and `excerpt` can be shown: the datum, and the
    words around it, without the characters that would tell it.
    """

    kind: PersonalDataKind
    field: str
    offset: int
    masked: str
    excerpt: str
    value: str = hidden_field(repr=False)


_EXCERPT_CHARACTERS = 24
_ASCII_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

# Spaces (no-break and zero-width ones too), hyphens, dashes and the soft hyphen.
_SPACES = " \t\u00a0\u2007\u2009\u200b\u202f"
_DASHES = "\\-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212"
_GAP = f"[{_SPACES}{_DASHES}]"
_GAPS = f"{_GAP}{{0,3}}"
# A number does not begin within another one, nor in the middle of a sum such as 1,234.50.
_START = rf"(?<![\dA-Za-z])(?<!\d[,.])(?<!\d[{_DASHES}])"
_END = r"(?![\dA-Za-z])(?![,.]\d)"

_IDENTITY = re.compile(
    _START
    + rf"(?:\d{_GAPS}\d{{4}}{_GAPS}\d{{5}}{_GAPS}\d{{2}}{_GAPS}\d|\d(?:{_GAP}\d){{12}})"
    + _END
)
_E_MAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}", re.ASCII
)
# Three, one, five and one digit: how Thai banks print an account.
_PRINTED_ACCOUNT = re.compile(_START + rf"\d{{3}}{_GAP}\d{_GAP}\d{{5}}{_GAP}\d" + _END)
# Any run of ten to fifteen digits, where the words before it speak of an account.
_ANY_ACCOUNT = re.compile(_START + rf"\d(?:{_GAP}?\d){{9,14}}" + _END)
_ACCOUNT_WORDS = re.compile(
    r"บัญชี|ธนาคาร|พร้อมเพย์|ออมทรัพย์|\bbank\b|\baccount\b|\ba/c\b|promptpay", re.IGNORECASE
)
_WORDS_BEFORE_ACCOUNT = 40
_ISO_DATE = re.compile(r"(?:19|20|25)\d\d-\d\d-\d\d(?!\d)")
_ABROAD = rf"(?:\+|00)66{_GAP}?(?:\(0\){_GAP}?)?"
_PUNCTUATED_DIGIT = rf"(?:[{_SPACES}{_DASHES}()]{{0,2}}\d)"
_AT_HOME = rf"\(?0{_GAP}?"
# A mobile number has eight digits after 06, 08 or 09; that of a house has seven after the others.
_PHONES = tuple(
    re.compile(_START + rf"(?:{_ABROAD}|{_AT_HOME})[{first}]{_PUNCTUATED_DIGIT}{{{count}}}" + _END)
    for first, count in (("689", 8), ("23457", 7))
)
_DOTTED_MOBILE = re.compile(r"(?<![\d.])0[689]\d\.\d{3}\.\d{4}(?!\.?\d)")


def find_personal_data(
    text: str, *, field: str, known: Collection[str] = ()
) -> tuple[PersonalData, ...]:
    """
    Return what in *text* looks like personal data, in the order of the text.

    Args:
        text: Plain text, not markup.
        field: The name of the place that the text comes from.
        known: What the office publishes as its own and nobody is asked about: telephone numbers,
            accounts and addresses in any punctuation, and domains such as `@example.go.th`.

    >>> [found.masked for found in find_personal_data("โทร. ๐๘๑-๒๓๔-๕๖๗๘", field="body")]
    ['xxx-xxx-xx๗๘']
    """
    plain = text.translate(_ASCII_DIGITS)
    spans = _spans(plain, frozenset(_value(entry) for entry in known))
    hidden = _hide_all(text, spans)
    return tuple(
        PersonalData(
            kind=kind,
            field=field,
            offset=start,
            masked=hidden[start:end],
            excerpt=_excerpt(hidden, start, end),
            value=_value(plain[start:end]),
        )
        for start, end, kind in spans
    )


def identity_number_is_valid(digits: str) -> bool:
    """
    Tell whether *digits* is the identity number of a natural person, by its check digit.

    A number that begins with 0 is that of a company or an agency, and 9 begins none.

    >>> identity_number_is_valid("1101700230708")
    True
    """
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()) or digits[0] in "09":
        return False
    weighted = zip(digits[:12], range(13, 1, -1), strict=True)
    total = sum(int(digit) * weight for digit, weight in weighted)
    return (11 - total % 11) % 10 == int(digits[12])


_Span = tuple[int, int, PersonalDataKind]


def _spans(plain: str, known: frozenset[str]) -> list[_Span]:
    """Return start, end and kind of what is found; what was found first keeps its characters."""
    found: list[_Span] = []
    taken = bytearray(len(plain))
    for kind, finder in _FINDERS:
        for start, end in finder(plain):
            if not any(taken[start:end]) and not _is_known(_value(plain[start:end]), known):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end, kind))
    return sorted(found)


def _is_known(value: str, known: frozenset[str]) -> bool:
    return value in known or ("@" in value and value[value.index("@") :] in known)


def _value(written: str) -> str:
    """Return a datum without its punctuation: digits alone, or an address in small letters."""
    plain = written.translate(_ASCII_DIGITS)
    if "@" in plain:
        return plain.lower()
    digits = re.sub(r"\D", "", plain.replace("(0)", ""))
    return re.sub(r"^(?:00)?66(?=[2-9]\d{7,8}$)", "0", digits)


def _identity_numbers(plain: str) -> Iterator[tuple[int, int]]:
    for found in _IDENTITY.finditer(plain):
        if identity_number_is_valid(_value(found[0])):
            yield found.span()


def _e_mails(plain: str) -> Iterator[tuple[int, int]]:
    for found in _E_MAIL.finditer(plain):
        yield found.span()


def _accounts(plain: str) -> Iterator[tuple[int, int]]:
    for found in _PRINTED_ACCOUNT.finditer(plain):
        yield found.span()
    for found in _ANY_ACCOUNT.finditer(plain):
        before = plain[max(0, found.start() - _WORDS_BEFORE_ACCOUNT) : found.start()]
        if _ACCOUNT_WORDS.search(before) and not _ISO_DATE.match(found[0]):
            yield found.span()


def _phones(plain: str) -> Iterator[tuple[int, int]]:
    for pattern in (*_PHONES, _DOTTED_MOBILE):
        for found in pattern.finditer(plain):
            yield found.span()


_FINDERS: tuple[tuple[PersonalDataKind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    (PersonalDataKind.IDENTITY_NUMBER, _identity_numbers),
    (PersonalDataKind.E_MAIL, _e_mails),
    (PersonalDataKind.BANK_ACCOUNT, _accounts),
    (PersonalDataKind.PHONE_NUMBER, _phones),
)


def _hide_all(text: str, spans: list[_Span]) -> str:
    """Return *text*, as long as before, with everything hidden that was found."""
    parts, at = [], 0
    for start, end, kind in spans:
        hide = _hide_address if kind is PersonalDataKind.E_MAIL else _hide_number
        parts += [text[at:start], hide(text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


def _hide_number(written: str) -> str:
    shown = [index for index, char in enumerate(written) if char.isdigit()][-2:]
    return "".join(
        "x" if char.isdigit() and index not in shown else char for index, char in enumerate(written)
    )


def _hide_address(written: str) -> str:
    name, _, domain = written.partition("@")
    return f"{name[0]}{'x' * (len(name) - 1)}@{domain}"


def _excerpt(hidden: str, start: int, end: int) -> str:
    before = hidden[max(0, start - _EXCERPT_CHARACTERS) : start]
    after = hidden[end : end + _EXCERPT_CHARACTERS]
    return " ".join(f"{before}{hidden[start:end]}{after}".split())
