"""Records: the releases of a process merged into how it stands now; needs `ocdsmerge`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocdsmerge import Merger

from otp_policy.procurement.ocds.releases import Release

__all__ = ["compiled", "versioned"]

# The merge rules of OCDS 1.1 for the fields that `sections` writes. Without them the library would
# fetch the schema over the network; with the schema at hand, a test compares the two.
_RULES = {
    ("id",): "omitWhenMerged",
    ("date",): "omitWhenMerged",
    ("tag",): "omitWhenMerged",
}


def compiled(releases: Sequence[Release]) -> dict[str, Any]:
    """Return how the process of these releases stands after the last of them."""
    merged: dict[str, Any] = Merger(merge_rules=_RULES).create_compiled_release([*releases])
    return merged


def versioned(releases: Sequence[Release]) -> dict[str, Any]:
    """
    Return every value that the process of these releases ever had, and since when.

    English names are left out: the official schema takes no version of a name by language.
    """
    plain = [{**release, "parties": _in_one_language(release)} for release in releases]
    merged: dict[str, Any] = Merger(merge_rules=_RULES).create_versioned_release(plain)
    return merged


def _in_one_language(release: Release) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in party.items() if key != "name_en"}
        for party in release["parties"]
    ]
