"""What a report says as a whole, in the reader's language: for the screen, files and the page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext

from otp_policy.ledger import GENESIS
from otp_policy.wagtail.conf import office_name
from otp_policy.wagtail.wording import authority_words, office_date

from .models import ReportDecision, Submission
from .paper import code_of
from .periods import name_of
from .table import Table
from .tables import missing_parts, tables_of

__all__ = ["ReportDocument", "document_of", "title_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """One submitted report in one language; `facts` are pairs of a name and what it is."""

    language: str
    office: str
    title: str
    facts: tuple[tuple[str, str], ...]
    findings: str
    missing: tuple[str, ...]
    tables: tuple[Table, ...]
    closing: tuple[str, ...]


def title_of(year: int, quarter: int) -> str:
    """Return the title of a report in the reader's language."""
    return gettext("Report to the executives on use and updating of the website, %(period)s") % {
        "period": name_of(year, quarter)
    }


def document_of(submission: Submission) -> ReportDocument:
    """
    Return what was submitted, in the active language.

    Raises:
        ValueError: If it is not what was submitted any more.
    """
    said, language = submission.read(), get_language() or "th"
    figures, english = said["figures"], language.startswith("en")
    decision = ReportDecision.objects.filter(submission=submission).first()
    findings = said["findings"]
    return ReportDocument(
        language="en" if english else "th",
        office=office_name(),
        title=title_of(said["year"], said["quarter"]),
        facts=tuple(_facts(said, figures, decision)),
        findings=(findings["en"] if english else "") or findings["th"],
        missing=tuple(missing_parts(figures)),
        tables=tuple(tables_of(figures, quarter=said["quarter"])),
        closing=_closing(submission, said),
    )


def _facts(
    said: dict[str, Any], figures: dict[str, Any], decision: ReportDecision | None
) -> list[tuple[str, str]]:
    facts = [
        (
            gettext("Period"),
            gettext("%(first)s to %(last)s")
            % {"first": _day(figures["first"]), "last": _day(figures["last"])},
        ),
        (gettext("Version"), str(said["version"])),
        (gettext("Counted on"), _day(figures["counted_on"])),
        (
            gettext("Submitted by"),
            f"{authority_words(said['submitted']['role'], said['submitted']['unit'], '')} · "
            f"{_day(said['submitted']['on'])}",
        ),
    ]
    if said["reason"]:
        facts.append((gettext("Why there is a new version"), said["reason"]))
    if decision is not None:
        facts.append((str(decision.get_kind_display()), _decided(decision)))
    return facts


def _decided(decision: ReportDecision) -> str:
    words = authority_words(decision.role, decision.unit, decision.capacity, decision.order)
    day = office_date(decision.signed_on or decision.at)
    parts = [words, day]
    if decision.is_on_paper:
        parts.append(gettext("on paper, letter %(number)s") % {"number": decision.letter_number})
    return " · ".join(parts)


def _day(code: str) -> str:
    return office_date(date.fromisoformat(code))


def _closing(submission: Submission, said: dict[str, Any]) -> tuple[str, ...]:
    """Return what proves the report: the ledger's head, its own digest, and the code to sign."""
    ledger = said["ledger"]
    seq = ledger["seq"] if ledger["hash"] != GENESIS else 0
    return (
        gettext("Head of the ledger when it was submitted: row %(seq)s, %(hash)s")
        % {"seq": seq, "hash": ledger["hash"]},
        gettext("SHA-256 of what was submitted: %(digest)s") % {"digest": submission.sha256},
        gettext("Policy: %(policy)s") % {"policy": said["policy"]},
        gettext("Code for a signature on paper: %(code)s") % {"code": code_of(submission)},
    )
