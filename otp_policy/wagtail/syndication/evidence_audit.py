"""
Finds evidence of the channels that is not as the ledger has it.

What was posted by hand, with its picture, and what was chosen of notices. The attempts are not in
the ledger one by one: the database's triggers watch over them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import file_digest
from typing import Any

from django.utils.translation import gettext as _

from otp_policy.wagtail.adapters import person
from otp_policy.wagtail.evidence_audit import actor_in, body_of, finding
from otp_policy.wagtail.models import LedgerEntry

from .models import FollowUpChoice, HandDelivery

_CHOICES = {"choose_notice": True, "choose_no_notice": False}
_BY_HAND = "delivered_by_hand"


def channel_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every such row or picture."""
    yield from _choices()
    yield from _deliveries_by_hand()
    yield from _pictures()


def _recorded(*actions: str) -> Iterator[tuple[LedgerEntry, Mapping[str, Any]]]:
    rows = LedgerEntry.objects.filter(action__in=actions).order_by("seq")
    for entry in rows.iterator():
        yield entry, body_of(entry.body)


def _choices() -> Iterator[dict[str, Any]]:
    said: Counter[Any] = Counter()
    last: dict[Any, LedgerEntry] = {}
    for entry, body in _recorded(*_CHOICES):
        what = (*(body.get(name) for name in _OF_CHOICE), _CHOICES[entry.action], actor_in(body))
        said[what] += 1
        last[what] = entry
    rows = FollowUpChoice.objects.select_related("approval", "withdrawal", "by").order_by("pk")
    for row in rows.iterator():
        what = _chosen(row)
        if not said[what]:
            sentence = _("The ledger does not have this choice of a notice, or has it otherwise.")
            yield finding("notice_choice_not_in_ledger", row, sentence, row.at)
        said[what] -= 1
    for what in (key for key, left in said.items() if left > 0):
        sentence = _("The ledger has a choice of a notice whose row is gone or was changed.")
        yield finding("notice_choice_missing", last[what], sentence, last[what].at)


_OF_CHOICE = ("page", "digest", "channel", "cost", "left")


def _chosen(row: FollowUpChoice) -> tuple[Any, ...]:
    decided = row.approval or row.withdrawal
    about = (decided.page_id, decided.digest) if decided else (None, None)
    return (*about, row.channel, row.cost, row.left, row.wants_notice, person(row.by))


def _deliveries_by_hand() -> Iterator[dict[str, Any]]:
    said = {_told(body): entry for entry, body in _recorded(_BY_HAND)}
    for row in HandDelivery.objects.select_related("delivery", "by").order_by("pk").iterator():
        delivery = row.delivery
        of = (delivery.page_id, delivery.channel, delivery.reference)
        if said.pop((*of, row.url, row.picture_sha256, row.at, person(row.by)), None) is None:
            what = _("The ledger does not have this delivery by hand, or has it otherwise.")
            yield finding("hand_delivery_not_in_ledger", row, what, row.recorded_at)
    for entry in said.values():
        what = _("The ledger has a delivery by hand whose row is gone or was changed.")
        yield finding("hand_delivery_missing", entry, what, entry.at)


def _told(body: Mapping[str, Any]) -> tuple[Any, ...]:
    names = ("page", "channel", "reference", "url", "picture_sha256")
    at = body.get("posted_at")
    posted_at = datetime.fromisoformat(at) if isinstance(at, str) else None
    return (*(body.get(name) for name in names), posted_at, actor_in(body))


def _pictures() -> Iterator[dict[str, Any]]:
    mend = _("Restore the file from a backup; its SHA-256 is in the ledger.")
    for row in HandDelivery.objects.order_by("pk").iterator():
        found = _sha256(row)
        if found is None:
            what = _("The picture of a delivery by hand is not in the storage any more.")
            yield finding("picture_missing", row, what, row.recorded_at, mend)
        elif found != row.picture_sha256:
            what = _("The picture of a delivery by hand is not the one that was recorded.")
            yield finding("picture_changed", row, what, row.recorded_at, mend)


def _sha256(row: HandDelivery) -> str | None:
    try:
        with row.picture.open("rb") as handle:
            return file_digest(handle, "sha256").hexdigest()
    except OSError:
        return None
