"""Finds posts and orders that are not as the ledger has them: who may decide stands on these."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .evidence_audit import body_of, finding
from .models import DelegationOrder, LedgerEntry, Post
from .office_changes import values_of


def office_findings() -> Iterator[dict[str, Any]]:
    """
    Yield the words of a finding for every post or order that was changed behind the register.

    An account or a unit may lawfully get another name: what names them is not compared.
    """
    recorded = _recorded()
    for model in (Post, DelegationOrder):
        names = {field.name for field in model._meta.concrete_fields if field.is_relation}
        for row in model._base_manager.order_by("pk"):
            last = recorded.get(f"{model._meta.model_name} {row.pk}")
            if last is None or _without(last, names) != _without(values_of(row), names):
                what = _("This entry is not as the ledger has it, and decisions may stand on it.")
                yield finding("office_entry_not_in_ledger", row, what)


def _recorded() -> dict[str, dict[str, Any] | None]:
    """Return what the ledger says last of each entry."""
    found = {}
    rows = LedgerEntry.objects.filter(action="change_office").order_by("seq")
    for text in rows.values_list("body", flat=True).iterator():
        body = body_of(text)
        found[str(body.get("object"))] = body.get("new")
    return found


def _without(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


__all__ = ["office_findings"]
