"""Putting a pack together: the facts, the ledger's chain, what is served, and both readings."""

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils import timezone

from otp_policy.ledger import canonical_json, entry_line
from otp_policy.pack_proof import EVIDENCE_FORMAT, MOST_LINKS
from otp_policy.packs import LARGEST_JSON, sha256_of, write_pack
from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.ledger_export import Head, as_entry, head
from otp_policy.wagtail.models import LedgerEntry
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.recording import record

from .documents import html_of, pdf_of
from .facts import difference_of, facts_of
from .matrix import MatrixRow
from .models import InstrumentRow
from .serving import Served, served_of

__all__ = ["ITEM", "Pack", "build_pack", "evidence_of", "pages_of", "pdf_alone", "subject_of"]

ITEM: dict[str, Any] = {"kind": "item"}
_AT_ONCE = 2000
_IN_MEMORY = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A finished pack: the open file, the SHA-256 that is noted elsewhere, and its name."""

    file: BinaryIO
    sha256: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts, with what is served of each item, up to the ledger's `head`."""

    facts: dict[str, Any]
    served: list[Served]
    head: Head


def subject_of(row: MatrixRow, *, left_out: int) -> dict[str, Any]:
    """Return what a pack of a row of the instrument says that it is about."""
    item: InstrumentRow = row.row
    return {
        "kind": "assessment_item",
        "fiscal_year": item.instrument.fiscal_year,
        "code": item.code,
        "heading_th": item.label_th,
        "heading_en": item.label_en,
        "answer": str(row.answer),
        "explanation": row.explanation,
        "url": row.url,
        "is_checked": item.is_checked,
        "checked_at": item.checked_at.isoformat(timespec="seconds") if item.checked_at else None,
        "source": item.source,
        "left_out": left_out,
    }


def evidence_of(pages: Iterable[Any], *, subject: dict[str, Any]) -> Evidence:
    """Return the facts of *pages*, as `evidence.json` states them."""
    last, items, everything = head(), [], []
    for page in pages:
        served = served_of(page)
        facts = facts_of(page, until=last.seq)
        difference = difference_of(page) if served.facts else None
        items.append({**facts, "served": served.facts, "difference": difference})
        everything.append(served)
    facts = {
        "format": EVIDENCE_FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "policy": current_policy().label,
        "subject": subject,
        "ledger": {"seq": last.seq, "head": last.hash},
        "items": items,
    }
    return Evidence(facts=facts, served=everything, head=last)


def build_pack(
    pages: list[Any], user: Any, *, subject: dict[str, Any], stem: str, page_id: int | None = None
) -> Pack:
    """
    Return the pack of *pages* as an open file, and note its SHA-256 in the ledger.

    Raises:
        ValueError: If it would be larger than a pack may be.
    """
    evidence = evidence_of(pages, subject=subject)
    members = dict(_documents(evidence.facts))
    members["ledger.jsonl"] = _chain({page.pk for page in pages}, evidence.head)
    for served in evidence.served:
        members.update(served.members)
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    digest = write_pack(out, sorted(members.items()))
    out.seek(0)
    record(
        "make_evidence_pack",
        user=user,
        page_id=page_id,
        pack=f"sha256:{digest}",
        pages=sorted(page.pk for page in pages),
        ledger_head=evidence.head.hash,
        subject=subject.get("code", ""),
    )
    return Pack(file=out, sha256=digest, name=f"{stem}-{digest[:16]}.zip")


def pdf_alone(pages: Iterable[Any], *, subject: dict[str, Any]) -> bytes | None:
    """Return the facts of *pages* as a PDF file, or None where none can be made."""
    facts = evidence_of(pages, subject=subject).facts
    return pdf_of(facts, facts_sha256=sha256_of([canonical_json(facts)]))


def pages_of(page_ids: Iterable[int]) -> list[Any]:
    """Return the governed pages with these keys, in their order; those that are gone left out."""
    return [page for key in page_ids if (page := governed_page(key)) is not None]


def _documents(facts: dict[str, Any]) -> Iterator[tuple[str, Iterable[bytes]]]:
    data = canonical_json(facts)
    if len(data) > LARGEST_JSON:
        raise ValueError("too large for a pack")
    digest = sha256_of([data])
    yield "evidence.json", [data]
    yield "index.html", [html_of(facts, facts_sha256=digest)]
    pdf = pdf_of(facts, facts_sha256=digest)
    if pdf is not None:
        yield "evidence.pdf", [pdf]


def _chain(page_ids: set[int], last: Head) -> Iterator[bytes]:
    """Yield the ledger from the first entry of these pages to its head, others as bare links."""
    own = LedgerEntry.objects.filter(page_id__in=page_ids, seq__lte=last.seq)
    bodies = {row.seq: row for row in own.order_by()}
    first = min(bodies, default=last.seq)
    if last.seq - first >= MOST_LINKS:
        raise ValueError("too large for a pack")
    links = LedgerEntry.objects.filter(seq__gte=first, seq__lte=last.seq)
    columns = links.order_by("seq").values_list("seq", "previous", "hash")
    for seq, previous, stated in columns.iterator(_AT_ONCE):
        row = bodies.get(seq)
        link = {"seq": seq, "previous": previous, "hash": stated}
        yield entry_line(as_entry(row) if row else link)
