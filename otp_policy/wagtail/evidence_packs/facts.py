"""
The facts of one item as plain values: who asked for what, who decided, and what became of it.

What was taken off the public, or hidden from it, is told of and not shown: its text may hold what
it was withdrawn for.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.utils import translation

from otp_policy.pack_proof import STATED
from otp_policy.wagtail.item_texts import texts_of_fields
from otp_policy.wagtail.ledger_export import as_entry
from otp_policy.wagtail.models import Approval, LedgerEntry, PaperDecision, Slot
from otp_policy.wagtail.models.evidence import Contribution
from otp_policy.wagtail.public_pages import text_of_publication
from otp_policy.wagtail.versions import Version, versions_of

__all__ = ["difference_of", "facts_of"]


def facts_of(page: Any, *, until: int) -> dict[str, Any]:
    """
    Return everything that is known of how *page* was asked for, decided, published and delivered.

    Args:
        page: A specific governed page.
        until: The number of the last entry of the ledger that counts.
    """
    versions = versions_of(page.pk, with_people=True)
    entries = list(LedgerEntry.objects.filter(page_id=page.pk, seq__lte=until).order_by("seq"))
    decisions = [_decision(as_entry(row)) for row in entries]
    return {
        "page": page.pk,
        "title": page.title,
        "title_en": getattr(page, "title_en", ""),
        "category": page.disclosure_category,
        "kind": page.disclosure_kind,
        "unit": page.owning_unit.code,
        "unit_th": page.owning_unit.name_th,
        "unit_en": page.owning_unit.name_en,
        "url": page.announced_url(),
        "is_live": page.live,
        "request": _request(page, decisions),
        "slots": [_slot(row) for row in _slots(page)],
        "approvals": [_approval(row) for row in _approvals(page)],
        "papers": [_paper(row) for row in _papers(page)],
        "versions": [_version(one) for one in versions],
        "deliveries": _deliveries(page),
        "decisions": decisions,
    }


def difference_of(page: Any) -> list[dict[str, str]] | None:
    """Return which fields the last correction changed; None for a first text, or a hidden one."""
    versions = versions_of(page.pk)
    if len(versions) < 2 or not all(one.is_readable for one in versions[-2:]):
        return None
    before = text_of_publication(page, versions[-2].publication)
    if before is None:
        return None
    old, new = _texts(before), _texts(page)
    return [
        {"field": name, "before": old.get(name, ""), "after": new.get(name, "")}
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _texts(page: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for label, text in texts_of_fields(page):
        found[label] = f"{found[label]}\n{text}" if label in found else text
    return found


def _decision(entry: dict[str, Any]) -> dict[str, Any]:
    body = entry["body"] or {}
    return {"seq": entry["seq"], **{name: body.get(name) for name in STATED}}


def _person(user: Any) -> dict[str, str] | None:
    if user is None:
        return None
    return {"id": str(user.pk), "username": user.get_username(), "name": user.get_full_name()}


def _at(instant: Any) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None


def _request(page: Any, decisions: Iterable[dict[str, Any]]) -> dict[str, Any]:
    rows = Contribution.objects.filter(page_id=page.pk).select_related("user").order_by("at", "pk")
    people = {row.user_id: _person(row.user) for row in rows}
    asked = [row for row in decisions if row["action"] == "submit"]
    return {
        "prepared_by": list(people.values()),
        "submitted": [{"by": row["actor"], "at": row["at"]} for row in asked],
    }


def _slots(page: Any) -> Any:
    rows = Slot.objects.filter(page_id=page.pk).order_by("channel", "at", "pk")
    return rows.select_related("proposed_by", "confirmed_by")


def _slot(row: Slot) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "at": _at(row.at),
        "state": row.state,
        "note": row.note,
        "proposed_by": _person(row.proposed_by),
        "confirmed_by": _person(row.confirmed_by),
    }


def _approvals(page: Any) -> Any:
    rows = Approval.objects.filter(page_id=page.pk).order_by("at", "pk")
    return rows.select_related("by", "paper")


def _approval(row: Approval) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "by": _person(row.by),
        "role": row.role,
        "unit": row.unit,
        "order": row.order,
        "capacity": row.capacity,
        "policy": row.policy,
        "comment": row.comment,
        "digest": row.digest,
        "at": _at(row.at),
    }


def _papers(page: Any) -> Any:
    rows = PaperDecision.objects.filter(page_id=page.pk).order_by("recorded_at", "pk")
    return rows.select_related("signed_by", "recorded_by")


def _paper(row: PaperDecision) -> dict[str, Any]:
    return {
        "action": row.action,
        "outcome": row.outcome,
        "code": row.code,
        "digest": row.digest,
        "signed_by": _person(row.signed_by),
        "signed_on": row.signed_on.isoformat(),
        "role": row.role,
        "unit": row.unit,
        "order": row.order,
        "capacity": row.capacity,
        "recorded_by": _person(row.recorded_by),
        "scan_sha256": row.scan_sha256,
    }


def _version(one: Version) -> dict[str, Any]:
    row = one.publication
    return {
        "number": one.number,
        "digest": row.digest,
        "published_at": _at(row.at),
        "agreed_at": _at(row.scheduled_at),
        "published_by": _person(row.publisher),
        "ended_at": _at(row.ended_at),
        "attested_at": _at(row.attested_at),
    }


def _deliveries(page: Any) -> list[dict[str, Any]]:
    if not apps.is_installed("otp_policy.wagtail.syndication"):
        return []
    delivery = apps.get_model("otp_policy_syndication", "Delivery")
    rows = delivery.objects.filter(page_id=page.pk).order_by("created_at", "pk")
    return [_delivery(row) for row in rows.select_related("by_hand__by").prefetch_related("log")]


def _label(row: Any, language: str) -> str:
    with translation.override(language):
        return str(row.get_state_display())


def _delivery(row: Any) -> dict[str, Any]:
    # What a service said in its own words is left out: nobody knows what stands in it.
    by_hand = getattr(row, "by_hand", None)
    return {
        "channel": row.channel,
        "operation": row.operation,
        "state": row.state,
        "state_words": {language: _label(row, language) for language in ("th", "en")},
        "reference": row.reference,
        "url": row.url,
        "permalink": row.permalink,
        "remote_id": row.remote_id,
        "sent_at": _at(row.sent_at),
        "attempts": [
            {"at": _at(one.at), "kind": one.kind, "outcome": one.outcome} for one in row.log.all()
        ],
        "by_hand": by_hand
        and {
            "by": _person(by_hand.by),
            "at": _at(by_hand.at),
            "url": by_hand.url,
            "picture_sha256": by_hand.picture_sha256,
        },
    }
