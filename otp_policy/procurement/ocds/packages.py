"""Packages: releases, or records with all their releases, as an agency puts them out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from otp_policy.procurement.ocds.publication import OcdsError, Publication, is_placeholder
from otp_policy.procurement.ocds.records import compiled, versioned
from otp_policy.procurement.ocds.releases import Release, is_untouched
from otp_policy.procurement.ocds.values import Writer, filled

__all__ = ["record_package", "release_package"]

VERSION = "1.1"


def release_package(
    releases: Iterable[Release],
    *,
    uri: str,
    published_at: datetime,
    publication: Publication,
    is_final: bool,
) -> dict[str, Any]:
    """
    Return a package of releases.

    Args:
        releases: Releases of any processes.
        uri: Where the package is to be found.
        published_at: When it is put out: not before any of its releases.
        publication: Who publishes.
        is_final: Whether it is put out for everybody, and no draft.

    Raises:
        OcdsError: `prefix_placeholder` for a final package under a prefix that only stands in for
            a registered one; `release_changed`, `release_repeated`, `release_of_another_publisher`
            or `published_before_release` for a release that does not belong in it.
    """
    found = [*releases]
    _acceptable(found, published_at=published_at, publication=publication, is_final=is_final)
    return _head(uri, published_at, publication) | {"releases": found}


def record_package(
    histories: Iterable[Sequence[Release]],
    *,
    uri: str,
    published_at: datetime,
    publication: Publication,
    is_final: bool,
) -> dict[str, Any]:
    """
    Return a package of records: for each process all its releases, compiled and versioned too.

    Raises:
        OcdsError: As `release_package`; and `record_repeated` for two histories of one process.
    """
    found = [[*history] for history in histories if history]
    every = [release for history in found for release in history]
    _acceptable(every, published_at=published_at, publication=publication, is_final=is_final)
    ocids = [history[0]["ocid"] for history in found]
    if len(set(ocids)) < len(ocids):
        raise OcdsError("record_repeated", where="records")
    records = [
        {
            "ocid": ocid,
            "releases": history,
            "compiledRelease": compiled(history),
            "versionedRelease": versioned(history),
        }
        for ocid, history in zip(ocids, found, strict=True)
    ]
    return _head(uri, published_at, publication) | {"records": records}


def _head(uri: str, published_at: datetime, publication: Publication) -> dict[str, Any]:
    written = Writer(publication).instant(published_at, where="published_at")
    publisher = filled({"name": publication.publisher, "uri": publication.publisher_uri})
    return filled(
        {
            "uri": uri,
            "version": VERSION,
            "publishedDate": written,
            "publisher": publisher,
            "license": publication.license,
            "publicationPolicy": publication.policy,
        }
    )


def _acceptable(
    releases: Sequence[Mapping[str, Any]],
    *,
    published_at: datetime,
    publication: Publication,
    is_final: bool,
) -> None:
    if is_final and is_placeholder(publication.prefix):
        raise OcdsError("prefix_placeholder", where="prefix")
    seen: set[str] = set()
    for index, release in enumerate(releases):
        where = f"releases[{index}]"
        if not str(release.get("ocid")).startswith(f"{publication.prefix}-"):
            raise OcdsError("release_of_another_publisher", where=where)
        if not is_untouched(release):
            raise OcdsError("release_changed", where=where)
        if release["id"] in seen:
            raise OcdsError("release_repeated", where=where)
        seen.add(release["id"])
        if datetime.fromisoformat(release["date"]) > published_at:
            raise OcdsError("published_before_release", where=where)
