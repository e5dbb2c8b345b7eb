"""What stands in the way of a step of a report, each reason under its clause."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.refusals import PolicyRefusal
from otp_policy.wagtail.wording import clause_name

from .models import Preparation, Report, Submission
from .periods import name_of, report_entry

__all__ = ["refuse", "worked_on"]


def _under_report(sentence: str) -> str:
    entry = report_entry()
    return gettext("%(sentence)s (%(clause)s, as this office reads it)") % {
        "sentence": sentence,
        "clause": clause_name(entry.clause if entry else ""),
    }


under_report = lazy(_under_report, str)

NO_PART = under_report(
    _("The reports are read by the unit that reports to the executives, and by the executives.")
)
NOT_OF_UNIT = under_report(
    _("The unit that reports to the executives prepares and submits the report. Ask it to do so.")
)
NOT_EXECUTIVE = under_report(
    _("The executives acknowledge the report, or whoever holds their order today.")
)
OWN_REPORT = under_report(
    _("Nobody acknowledges or returns a report that they prepared or submitted themselves.")
)
NOT_ASKED_FOR = _("The policy asks for no report to the executives today.")
FINDINGS_MISSING = under_report(_("Write down what the figures show, for the executives."))
NOT_OVER = under_report(_("The period is not over yet. Submit the report once it is."))
ALREADY_THERE = under_report(
    _("There is a report on this period already. Make a new version of it, with a reason.")
)
NOT_OPEN_TO_CHANGE = under_report(
    _("The report is submitted or acknowledged. What was submitted is not changed any more.")
)
NOTHING_SUBMITTED = under_report(_("Nothing is submitted that could be acknowledged."))
SUBMITTED_ANEW = under_report(
    _("Another version was submitted meanwhile. Read that one, and decide on it.")
)
REASON_MISSING = under_report(_("Write down the reason, so that the unit knows what to change."))
NOT_ACKNOWLEDGED = under_report(
    _("Only a report that the executives acknowledged is followed by a new version or published.")
)
TAMPERED = under_report(
    _("What was submitted is not as it was recorded. Have the administrator run the audit.")
)


def refuse(report: Report | None, *reasons: Any) -> None:
    """
    Refuse a step for *reasons*, if there are any.

    Raises:
        PolicyRefusal: With all of them.
    """
    if reasons:
        raise PolicyRefusal(title_of(report), also=[str(reason) for reason in reasons])


def title_of(report: Report | None) -> str:
    """Return what a refusal is about."""
    title = gettext("Report to the executives")
    return f"{title} · {name_of(report.year, report.quarter)}" if report else title


def worked_on(report: Report, user: Any) -> bool:
    """Tell whether *user* prepared or submitted any part of this version."""
    return (
        Preparation.objects.filter(report=report, by=user).exists()
        or Submission.objects.filter(report=report, by=user).exists()
    )
