"""Choices that come from the policy file, in the reader's language."""

from otp_policy.vocabulary import SectionUse

from ..conf import current_policy
from ..labels import in_language, localised
from ..laws import section_choices


def label_of(kind: str, code: str) -> str:
    """Return the label of *code* in the reader's language; an unknown code stands for itself."""
    entry = getattr(current_policy(), kind).get(code)
    return in_language(entry.label) if entry else code


def _choices(kind: str) -> list[tuple[str, str]]:
    entries = getattr(current_policy(), kind)
    return [(code, localised(entry.label)) for code, entry in entries.items()]


# Callables, so that another agency's policy needs no migration.


def role_choices() -> list[tuple[str, str]]:
    """Return the roles of the policy."""
    return _choices("roles")


def delegable_role_choices() -> list[tuple[str, str]]:
    """Return the roles that a dated order may delegate."""
    roles = current_policy().roles
    return [(code, label) for code, label in _choices("roles") if roles[code].delegable]


def channel_choices() -> list[tuple[str, str]]:
    """Return the channels of the policy."""
    return _choices("channels")


def category_choices() -> list[tuple[str, str]]:
    """Return the disclosure categories of the policy."""
    return _choices("categories")


def kind_choices(category: str) -> list[tuple[str, str]]:
    """Return the kinds of information that the policy knows in *category*."""
    kinds = current_policy().kinds
    return [(code, label) for code, label in _choices("kinds") if kinds[code].category == category]


def legal_basis_choices() -> list[tuple[str, str]]:
    """Return the sections of the Official Information Act by which items must be published."""
    return section_choices(SectionUse.PUBLISH, SectionUse.INSPECT)
