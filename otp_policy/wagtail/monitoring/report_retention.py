"""
Forgets what readers wrote in reports of errors, once its time is over.

They give no name, and may still have written of themselves. How long the words are kept is data of
the law file (`[[retention]]`, code `readers_report`); where it says nothing they are kept. That
there was a report, of what kind, and how it ended, stays.
"""

from datetime import date

from django.db import transaction

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.laws import law_in_force
from otp_policy.wagtail.recording import record

from .models import ErrorReport

__all__ = ["forget_reports"]

_LAW, _CODE = "personal_data_protection_act", "readers_report"
_BATCH = 500


@transaction.atomic
def forget_reports(on: date | None = None) -> int:
    """Forget the words of reports that ended long enough before *on*; return of how many."""
    on = on or office_day()
    law = law_in_force(_LAW)
    if not any(each.code == _CODE for each in law.retention):
        return 0
    ended = ErrorReport.objects.exclude(closed_at=None).exclude(text="")
    rows = ended.select_for_update().order_by("closed_at", "pk")[:_BATCH]
    due = [row for row in rows if law.erase_on(_CODE, ended_on=office_day(row.closed_at)) <= on]
    ErrorReport.objects.filter(pk__in=[row.pk for row in due]).update(text="")
    if due:
        record("forget_reports", user=None, reports=len(due))
    return len(due)
