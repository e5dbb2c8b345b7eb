"""
Proof that a person was shown the difference of a text: without it, no decision on several at once.

A signed token names the person, the item, the text, and what was live when the difference was
rendered. Another text, or another live one, is another difference.
"""

from typing import Any

from django.core import signing

__all__ = ["SHOWN_FOR_SECONDS", "proof_of_showing", "was_shown"]

SHOWN_FOR_SECONDS = 12 * 60 * 60
_SALT = "otp_policy.shown_difference"


def proof_of_showing(user: Any, page_id: int, *, digest: str, live_digest: str) -> str:
    """Return the proof that *user* is being shown a difference; only who renders it may ask."""
    return signing.dumps([user.pk, page_id, digest, live_digest], salt=_SALT)


def was_shown(proof: str, user: Any, page_id: int, *, digest: str, live_digest: str) -> bool:
    """Tell whether *proof* says that *user* was shown just this difference, today."""
    try:
        said = signing.loads(proof, salt=_SALT, max_age=SHOWN_FOR_SECONDS)
    except signing.BadSignature:
        return False
    return said == [user.pk, page_id, digest, live_digest]
