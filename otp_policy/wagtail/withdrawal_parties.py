"""Who had a hand in a withdrawal, and of which text it is: nobody approves the own request."""

import json

from wagtail.models import Revision

from .adapters import person
from .models.evidence import LedgerEntry, Publication
from .models.lifecycle import Withdrawal

__all__ = ["contributors_to", "published_title"]


def contributors_to(withdrawal: Withdrawal) -> tuple[str, ...]:
    """
    Return who asked for the withdrawal, or hid the item, and who wrote its reason.

    The reason of an item that went down by another door may come from somebody else; the ledger
    has who gave it (annex 1 step 5 with step 3).
    """
    parties = {person(withdrawal.asked_by)}
    rows = LedgerEntry.objects.filter(page_id=withdrawal.page_id, action="give_reason")
    for body in map(json.loads, rows.values_list("body", flat=True)):
        if body["digest"] == withdrawal.digest and body["actor"]:
            parties.add(body["actor"]["id"])
    return tuple(sorted(parties - {""}))


def published_title(publication: Publication, field: str = "title") -> str:
    """Return the title with which *publication* was approved, or nothing where it is lost."""
    # As it is stored: its page may be gone already.
    stored = Revision.objects.filter(pk=publication.revision_id).values_list("content", flat=True)
    return str((stored.first() or {}).get(field) or "")
