"""
Acknowledged or returned on paper: the sheet was signed, and somebody of the unit records it.

As with the approval of an item on paper, who records it vouches for the sheet, and neither worked
on the report nor signed it. The code on the printed report ties the sheet to what was submitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.adapters import person
from otp_policy.wagtail.conf import office_day, private_storage
from otp_policy.wagtail.models import DelegationOrder, Post
from otp_policy.wagtail.paper_codes import as_typed, code_for
from otp_policy.wagtail.scans import Scan
from otp_policy.wagtail.statements import says_something
from otp_policy.wagtail.wording import authority_words, person_name

from . import refusals as why
from .access import executive_roles, held_as_executive, standing_of
from .models import Report, ReportDecision, Submission
from .refusals import refuse, under_report, worked_on
from .steps import about_submission, keep_decision

__all__ = ["SignedReport", "code_of", "record_signed", "signers"]

SIGNED_LATER = under_report(_("The day of the signature lies in the future."))
SIGNED_BEFORE = under_report(_("The signature is older than what was submitted. Check the day."))
SIGNER_NOT_IN_OFFICE = under_report(
    _("Whoever signed was no executive on the day of the signature, by a post or an order.")
)
SIGNER_WORKED = under_report(
    _("Whoever signed prepared or submitted the report. Another executive has to sign.")
)
RECORDER_WORKED = under_report(
    _("You prepared or submitted this report. Ask a colleague of the unit to record the sheet.")
)
RECORDER_SIGNED = under_report(_("Nobody records the own signature."))
NUMBER_MISSING = under_report(_("Give the number of the letter."))
CODE_OF_OTHER = under_report(
    _("The code is not that of this report. Print it again and have it signed.")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReport:
    """What stands on the signed sheet, as the person who records it typed it off."""

    kind: str
    signed_by: Any
    signed_on: date
    letter_number: str
    code: str
    scan: Scan
    remark: str = ""


def code_of(submission: Submission) -> str:
    """Return the short code that the printed report carries."""
    return code_for("acknowledge_report", submission.report_id, f"sha256:{submission.sha256}")


def signers(on: date | None = None) -> list[tuple[str, str]]:
    """Return who is or was an executive, as choices; the day of the signature is asked later."""
    roles = executive_roles(on or office_day())
    users = get_user_model().objects
    posts = Post.objects.filter(role__in=roles).values("user")
    orders = DelegationOrder.objects.filter(role__in=roles, category="").values("delegate")
    found = (users.filter(pk__in=posts) | users.filter(pk__in=orders)).distinct().order_by("pk")
    return [(str(user.pk), _words(user, on)) for user in found]


def _words(user: Any, on: date | None) -> str:
    held = held_as_executive(user, on or office_day())
    words = authority_words(held.role, held.unit, held.capacity, held.order) if held else ""
    return " · ".join(part for part in (person_name(user), words) if part)


@transaction.atomic
def record_signed(submission: Submission, recorder: Any, sheet: SignedReport) -> ReportDecision:
    """
    Record a signed sheet: the decision counts from now on, in the name of who signed it.

    Raises:
        PolicyRefusal: With every reason: of the sheet, of who signed, and of who records.
    """
    report = Report.objects.select_for_update().get(pk=submission.report_id)
    held = held_as_executive(sheet.signed_by, sheet.signed_on)
    refuse(
        report,
        *about_submission(report, submission),
        *_about_sheet(submission, sheet),
        *([] if held else [SIGNER_NOT_IN_OFFICE]),
        *([SIGNER_WORKED] if worked_on(report, sheet.signed_by) else []),
        *_about_recorder(report, recorder, sheet.signed_by),
    )
    assert held is not None
    scan = sheet.scan.as_file()
    stored = private_storage().save(f"otp_policy_report_scans/{scan.name}", scan)
    try:
        return keep_decision(
            report,
            submission,
            sheet.signed_by,
            held,
            kind=sheet.kind,
            remark=sheet.remark,
            on_paper={
                "signed_on": sheet.signed_on.isoformat(),
                "letter": sheet.letter_number.strip(),
                "recorded_by": {"id": person(recorder), "username": recorder.get_username()},
                "scan": f"sha256:{sheet.scan.sha256}",
            },
            letter_number=sheet.letter_number.strip(),
            signed_on=sheet.signed_on,
            recorded_by=recorder,
            scan=stored,
            scan_name=sheet.scan.name,
            scan_type=sheet.scan.kind,
            scan_sha256=sheet.scan.sha256,
        )
    except Exception:
        private_storage().delete(stored)
        raise


def _about_sheet(submission: Submission, sheet: SignedReport) -> Iterator[Any]:
    if as_typed(sheet.code) != code_of(submission):
        yield CODE_OF_OTHER
    if sheet.signed_on > office_day():
        yield SIGNED_LATER
    elif sheet.signed_on < office_day(submission.at):
        yield SIGNED_BEFORE
    if not says_something(sheet.letter_number):
        yield NUMBER_MISSING
    if sheet.kind == ReportDecision.Kind.RETURN and not says_something(sheet.remark):
        yield why.REASON_MISSING


def _about_recorder(report: Report, recorder: Any, signer: Any) -> Iterator[Any]:
    if standing_of(recorder).prepares is None:
        yield why.NOT_OF_UNIT
    if worked_on(report, recorder):
        yield RECORDER_WORKED
    if signer.pk == recorder.pk:
        yield RECORDER_SIGNED
