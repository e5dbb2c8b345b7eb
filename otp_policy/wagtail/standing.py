"""
Publications that rest on something else than an approval: an order, or an emergency.

Both let one text be live as it stands, digest for digest, and approve nothing: not for a channel,
and not for a later correction. The public reads on the page what it rests on.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .models.adoption import Adoption
from .models.evidence import Approval, Publication

# By kind of approval: the row of the ledger that has to name page and digest.
LEDGER_ACTIONS = {
    Approval.Kind.BASELINE: "adopt",
    Approval.Kind.EMERGENCY: "publish_in_emergency",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the public reads beside an item that did not go out by its steps."""

    kind: str
    at: datetime
    order: str = ""
    order_on: date | None = None


def mark_of(publication: Publication | None) -> Mark | None:
    """Return the public mark of *publication*, or None where it went out by its steps."""
    if publication is None or publication.approval.kind not in LEDGER_ACTIONS:
        return None
    approval = publication.approval
    if approval.kind == Approval.Kind.EMERGENCY:
        return Mark(kind=approval.kind, at=publication.at)
    order = Adoption.objects.filter(order=approval.order).first()
    return Mark(
        kind=approval.kind,
        at=publication.at,
        order=approval.order,
        order_on=order.order_on if order else None,
    )


def awaits_ratification(page: Any) -> bool:
    """Tell whether *page* is live by an emergency, and its approval has yet to follow."""
    return Publication.objects.filter(
        page_id=page.pk or 0, ended_at=None, approval__kind=Approval.Kind.EMERGENCY
    ).exists()
