"""Finds reports that are not as the ledger has them, and scans that were changed or are gone."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from otp_policy.wagtail.adapters import person
from otp_policy.wagtail.evidence_audit import actor_in, body_of, finding
from otp_policy.wagtail.models import LedgerEntry

from .models import Report, ReportDecision, Submission

_SUBMITTED = ("submit_report",)
_DECIDED = ("acknowledge_report", "return_report")


def report_findings() -> Iterator[dict[str, Any]]:
    """Yield the words of a finding for every submission or decision that is not as recorded."""
    recorded = _recorded()
    for submission in Submission.objects.select_related("by").order_by("pk"):
        told = ("submit_report", submission.report_id, submission.sha256, person(submission.by))
        if not submission.is_whole:
            what = _("The content of a submitted report is not what was submitted.")
            yield finding("report_changed", submission, what, submission.at)
        elif told not in recorded:
            what = _("The ledger does not have this submission of a report, or has it otherwise.")
            yield finding("report_not_in_ledger", submission, what, submission.at)
    for decision in ReportDecision.objects.select_related("by", "submission").order_by("pk"):
        yield from _about_decision(decision, recorded)
    yield from _not_decided()


def _not_decided() -> Iterator[dict[str, Any]]:
    """Find reports that pass for acknowledged, and nobody acknowledged what was submitted last."""
    for report in Report.objects.filter(state=Report.State.ACKNOWLEDGED).order_by("pk"):
        last = report.submissions.select_related("decision").order_by("-pk").first()
        decision = getattr(last, "decision", None)
        if decision is None or decision.kind != ReportDecision.Kind.ACKNOWLEDGE:
            what = _("The report passes for acknowledged, and nobody acknowledged it.")
            yield finding("report_not_acknowledged", report, what, report.at)


def _about_decision(decision: ReportDecision, recorded: set[Any]) -> Iterator[dict[str, Any]]:
    submission = decision.submission
    action = f"{decision.kind}_report"
    if (action, submission.report_id, submission.sha256, person(decision.by)) not in recorded:
        what = _("The ledger does not have this decision on a report, or has it otherwise.")
        yield finding("report_decision_not_in_ledger", decision, what, decision.at)
    if decision.is_on_paper and _sha256(decision) != decision.scan_sha256:
        what = _("The scan of a signed report is gone, or is not the one that was recorded.")
        yield finding("report_scan_changed", decision, what, decision.at)


def _recorded() -> set[tuple[str, int, str, str]]:
    """Return what the ledger says of reports: action, report, digest, person."""
    entries = LedgerEntry.objects.filter(action__in=(*_SUBMITTED, *_DECIDED))
    found = set()
    for action, text in entries.order_by("seq").values_list("action", "body"):
        body = body_of(text)
        digest = str(body.get("digest", "")).removeprefix("sha256:")
        found.add((action, body.get("report"), digest, actor_in(body)))
    return found


def _sha256(decision: ReportDecision) -> str | None:
    try:
        with decision.scan.open("rb") as handle:
            return sha256(handle.read()).hexdigest()
    except (OSError, ValueError):
        return None
