"""
The steps of a report: prepared and submitted by the unit, acknowledged or returned above it.

Each is one transaction with its row of the ledger. Whoever prepared or submitted a version decides
on no submission of it: separation of duty, as for every other approval of this office.
"""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from otp_policy.ledger import canonical_json
from otp_policy.reporting import WHOLE_YEAR, FiscalPeriod
from otp_policy.wagtail.adapters import Held
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.held import as_row
from otp_policy.wagtail.ledger_export import Head, head
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.statements import says_something

from . import refusals as why
from .access import standing_of
from .figures import figures_of
from .models import Preparation, Report, ReportDecision, Submission
from .models.evidence import content_digest
from .periods import period, report_entry
from .refusals import refuse, worked_on
from .telling import tell_executives, tell_unit

__all__ = ["acknowledge", "begin", "keep_decision", "prepare", "send_back", "submit"]

_OPEN_TO_CHANGE = (Report.State.PREPARED, Report.State.RETURNED)


@transaction.atomic
def begin(
    user: Any,
    *,
    year: int,
    quarter: int = WHOLE_YEAR,
    findings: str,
    findings_en: str = "",
    reason: str = "",
) -> Report:
    """
    Begin the report on a period, or with *reason* the next version of an acknowledged one.

    Args:
        year: The common year in which the fiscal year ends.

    Raises:
        PolicyRefusal: If *user* is not of the unit, or there is one already.
        ValueError: If there is no such period.
    """
    entry = report_entry()
    period(year, quarter)
    refuse(None, *([] if entry else [why.NOT_ASKED_FOR]))
    assert entry is not None
    rows = Report.objects.filter(code=entry.code, year=year, quarter=quarter)
    last = rows.select_for_update().order_by("-version").first()
    refused = [] if standing_of(user).prepares else [why.NOT_OF_UNIT]
    if last is not None and (last.state != Report.State.ACKNOWLEDGED or not says_something(reason)):
        refused.append(why.ALREADY_THERE)
    refuse(last, *refused)
    row = Report(code=entry.code, year=year, quarter=quarter, supersedes=last, at=timezone.now())
    row.version = last.version + 1 if last else 1
    row.reason = reason.strip() if last else ""
    report = _created(row)
    prepare(report, user, findings=findings, findings_en=findings_en)
    return report


def _created(report: Report) -> Report:
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:  # a colleague began it at the same moment
        refuse(report, why.ALREADY_THERE)
    return report


@transaction.atomic
def prepare(report: Report, user: Any, *, findings: str, findings_en: str = "") -> Preparation:
    """
    Write down what the figures show, as somebody of the unit.

    Raises:
        PolicyRefusal: If *user* is not of the unit, nothing is said, or it is submitted already.
    """
    report, held = _locked(report), standing_of(user).prepares
    refused = [] if held else [why.NOT_OF_UNIT]
    refused += [] if report.state in _OPEN_TO_CHANGE else [why.NOT_OPEN_TO_CHANGE]
    refused += [] if says_something(findings) else [why.FINDINGS_MISSING]
    refuse(report, *refused)
    assert held is not None
    kept = Preparation(
        report=report,
        findings=findings.strip(),
        findings_en=findings_en.strip(),
        **_act(user, held),
    )
    kept.save()
    _record("prepare_report", report, user, held, findings=content_digest(_said(kept)))
    _move(report, Report.State.PREPARED)
    return kept


@transaction.atomic
def submit(report: Report, user: Any) -> Submission:
    """
    Submit to the executives: count once more, and freeze what was counted.

    Raises:
        PolicyRefusal: If *user* is not of the unit, the period is not over, or it is submitted.
    """
    report, held = _locked(report), standing_of(user).prepares
    of, on = period(report.year, report.quarter), office_day()
    refused = [] if held else [why.NOT_OF_UNIT]
    refused += [] if report.state == Report.State.PREPARED else [why.NOT_OPEN_TO_CHANGE]
    refused += [] if of.is_over(on) else [why.NOT_OVER]
    refuse(report, *refused)
    assert held is not None
    _catch_up()
    last = head()
    content = _content(report, of, held, last=last, on=on)
    kept = Submission(
        report=report,
        content=content,
        sha256=content_digest(content),
        ledger_seq=last.seq,
        ledger_hash=last.hash,
        policy=current_policy().label,
        **_act(user, held),
    )
    kept.save()
    said = {"digest": f"sha256:{kept.sha256}", "ledger_head": last.hash}
    _record("submit_report", report, user, held, **said)
    _move(report, Report.State.SUBMITTED)
    tell_executives(report, kept)
    return kept


def _content(report: Report, of: FiscalPeriod, held: Held, *, last: Head, on: date) -> str:
    """Return what is submitted, as the one text that its digest is of."""
    content = {
        "recipe": 1,
        "report": report.code,
        "year": report.year,
        "quarter": report.quarter,
        "version": report.version,
        "reason": report.reason,
        "figures": figures_of(of, on=on),
        "findings": _findings(report),
        "ledger": {"seq": last.seq, "hash": last.hash},
        "policy": current_policy().label,
        "submitted": {"on": on.isoformat(), "role": held.role, "unit": held.unit},
    }
    return canonical_json(content).decode()


def acknowledge(submission: Submission, user: Any, *, remark: str = "") -> ReportDecision:
    """
    Acknowledge what was submitted, as an executive in office today.

    Raises:
        PolicyRefusal: With every reason.
    """
    return _decide(submission, user, ReportDecision.Kind.ACKNOWLEDGE, remark=remark)


def send_back(submission: Submission, user: Any, *, remark: str) -> ReportDecision:
    """
    Return what was submitted to the unit, with the reason.

    Raises:
        PolicyRefusal: With every reason.
    """
    return _decide(submission, user, ReportDecision.Kind.RETURN, remark=remark)


@transaction.atomic
def _decide(submission: Submission, user: Any, kind: str, *, remark: str) -> ReportDecision:
    report, held = _locked(submission.report), standing_of(user).acknowledges
    refused: list[Any] = [] if held else [why.NOT_EXECUTIVE]
    refused += [why.OWN_REPORT] if worked_on(report, user) else []
    refused += about_submission(report, submission)
    if kind == ReportDecision.Kind.RETURN and not says_something(remark):
        refused.append(why.REASON_MISSING)
    refuse(report, *refused)
    assert held is not None
    return keep_decision(report, submission, user, held, kind=kind, remark=remark)


def about_submission(report: Report, submission: Submission) -> list[Any]:
    """Return why no decision may be taken on *submission*, whoever takes it."""
    if report.state != Report.State.SUBMITTED:
        return [why.NOTHING_SUBMITTED]
    last = report.submissions.order_by("-pk").first()
    if last is None or last.pk != submission.pk:
        return [why.SUBMITTED_ANEW]
    return [] if last.is_whole else [why.TAMPERED]


def keep_decision(
    report: Report,
    submission: Submission,
    user: Any,
    held: Held,
    *,
    kind: str,
    remark: str,
    on_paper: dict[str, Any] | None = None,
    **paper: Any,
) -> ReportDecision:
    """Keep a decision in the ledger and beside it, and tell the unit; the caller asked whether."""
    decision = ReportDecision(
        submission=submission,
        kind=kind,
        remark=remark.strip(),
        policy=current_policy().label,
        **_act(user, held),
        **paper,
    )
    decision.save()
    more = {"on_paper": on_paper} if on_paper else {}
    said = {"digest": f"sha256:{submission.sha256}", "comment": decision.remark}
    _record(f"{kind}_report", report, user, held, **said, **more)
    is_done = kind == ReportDecision.Kind.ACKNOWLEDGE
    _move(report, Report.State.ACKNOWLEDGED if is_done else Report.State.RETURNED)
    tell_unit(report, decision)
    return decision


def _locked(report: Report) -> Report:
    return Report.objects.select_for_update().get(pk=report.pk)


def _move(report: Report, state: str) -> None:
    report.state = state
    report.save(update_fields=["state"])


def _act(user: Any, held: Held) -> dict[str, Any]:
    return {"by": user, "at": timezone.now(), **as_row(held)}


def _findings(report: Report) -> dict[str, str]:
    last = report.preparations.order_by("-pk").first()
    assert last is not None  # a report begins with one
    return {"th": last.findings, "en": last.findings_en}


def _said(kept: Preparation) -> str:
    return canonical_json({"th": kept.findings, "en": kept.findings_en}).decode()


def _catch_up() -> None:
    """Bring the due days up to date, which the standing is counted by."""
    from django.apps import apps

    if apps.is_installed("otp_policy.wagtail.monitoring"):
        from otp_policy.wagtail.monitoring.reckoning import catch_up

        catch_up()


def _record(action: str, report: Report, user: Any, held: Held, **more: Any) -> None:
    record(action, user=user, report=report.pk, period=report.period_code, **as_row(held), **more)
