"""
Moves of collections: who may read the files inside comes from the collections above them.

Wagtail moves a collection by SQL, without a signal or a hook. A move that changes who may read
the files of a live governed page is refused, as a restriction put on them is (annex 1 step 5).
"""

import functools
from typing import Any

from wagtail.models import Collection, CollectionViewRestriction

from .shown import refuse_for_files


def guard_moves() -> None:
    """Make the move of a collection ask the gate first, once."""
    if not hasattr(Collection.move, "_otp_policy_guard"):
        Collection.move = _guarded(Collection.move)


def _guarded(move):
    @functools.wraps(move)
    def guarded(self, target: Any, pos: str | None = None, **kwargs):
        if _restrictions(self.get_parent()) != _restrictions(_parent_after(target, pos)):
            refuse_for_files(self)
        return move(self, target, pos=pos, **kwargs)

    guarded._otp_policy_guard = True
    return guarded


def _parent_after(target: Any, pos: str | None) -> Any:
    return target if (pos or "").endswith("child") else target.get_parent()


def _restrictions(collection: Any) -> set[int]:
    """Return the keys of the restrictions on *collection* and on those above it."""
    if collection is None:
        return set()
    above = collection.get_ancestors(inclusive=True)
    rows = CollectionViewRestriction.objects.filter(collection__in=above)
    return set(rows.values_list("pk", flat=True))
