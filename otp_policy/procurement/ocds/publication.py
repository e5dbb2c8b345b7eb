"""Who publishes, under which prefix: what is the same in every package of an agency."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta, timezone

from otp_policy.errors import PolicyError

__all__ = ["OcdsError", "Publication", "is_placeholder"]

_PREFIX = re.compile(r"ocds-[a-z0-9]{6}")
# The prefix of the standard's own examples, and what people write before they have one.
_PLACEHOLDERS = re.compile(r"ocds-(?:213czf|(.)\1{5}|abc123|123abc|123456|abcdef|prefix)")
_THAILAND = timezone(timedelta(hours=7))


class OcdsError(PolicyError, ValueError):
    """
    Something that cannot be published as OCDS.

    Args:
        code: What is wrong, as `prefix_placeholder` or `identity_number`.
        where: The place in the process or the release, as `awards[0].suppliers[1]`.
    """

    def __init__(self, code: str, *, where: str) -> None:
        super().__init__(f"{where}: {code}")
        self.code = code
        self.where = where


def is_placeholder(prefix: str) -> bool:
    """
    Tell whether a prefix only stands in for the one that is registered for the agency.

    >>> is_placeholder("ocds-000000"), is_placeholder("ocds-bq4ldt")
    (True, False)
    """
    return not _PREFIX.fullmatch(prefix) or _PLACEHOLDERS.fullmatch(prefix) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """
    What an agency says of itself in every package.

    Args:
        prefix: The `ocid` prefix that the Open Contracting Partnership registered for the agency.
        publisher: The name of the agency.
        publisher_uri: Its address, or empty.
        license: The address of the licence, or empty.
        policy: The address of the publication policy, or empty.
        identifier_scheme: The org-id.guide list that registration numbers of suppliers stand in;
            while it is empty none is published, because a number without its list says nothing.
        zone: The zone of the days; Thailand has no other.

    Raises:
        OcdsError: `prefix_malformed`, if the prefix is none at all.
    """

    prefix: str
    publisher: str
    publisher_uri: str = ""
    license: str = ""
    policy: str = ""
    identifier_scheme: str = ""
    zone: timezone = field(default=_THAILAND)

    def __post_init__(self) -> None:
        if not _PREFIX.fullmatch(self.prefix):
            raise OcdsError("prefix_malformed", where="prefix")

    def ocid(self, key: str) -> str:
        """
        Return the `ocid` of a process: the prefix and the key, of letters that any address takes.

        Raises:
            OcdsError: `key_malformed`, if the key holds anything else.
        """
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", key):
            raise OcdsError("key_malformed", where="key")
        return f"{self.prefix}-{key}"
