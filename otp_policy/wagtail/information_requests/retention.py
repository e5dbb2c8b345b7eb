"""
Erases what is personal when its time is over; that there was a case, and how it went, stays.

How long is data of the law file. What was made for everybody, the redacted files of the public
log, is not erased.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from otp_policy.wagtail.conf import office_day
from otp_policy.wagtail.laws import law_in_force
from otp_policy.wagtail.recording import record

from .models import CaseEvent, InformationRequest, RequesterMail, Sealed
from .moves import RETENTION

__all__ = ["erase_due", "months_kept"]

_BATCH = 200


def months_kept() -> int:
    """Return for how many months personal data is kept after a case that ends today."""
    law, code = RETENTION
    entries = [each for each in law_in_force(law).retention if each.code == code]
    holding = [each for each in entries if each.effective_from <= office_day()] or entries
    return max(holding, key=lambda each: each.effective_from).keep_months


def erase_due(on: date | None = None) -> int:
    """Erase what is due on the day *on* (default: today), and return of how many cases."""
    on = on or office_day()
    due = InformationRequest.objects.filter(erased_at=None, erase_on__lte=on)
    keys = due.order_by("erase_on", "pk").values_list("pk", flat=True)[:_BATCH]
    return sum(_erase(key, on) for key in keys)


@transaction.atomic
def _erase(key: int, on: date) -> int:
    case = InformationRequest.objects.select_for_update().get(pk=key)
    if case.erased_at is not None or case.erase_on is None or case.erase_on > on:
        return 0
    personal = case.sealed.exclude(what=Sealed.What.PUBLIC)
    count = personal.count()
    personal.delete()
    RequesterMail.objects.filter(case=case).delete()
    case.erased_at = timezone.now()
    # A secret that leads to nothing is not kept either.
    case.secret_digest = ""
    case.save(update_fields=["erased_at", "secret_digest"])
    CaseEvent.objects.create(
        case=case,
        kind=CaseEvent.Kind.ERASED,
        on=office_day(),
        at=timezone.now(),
        by=None,
        facts={"pieces": count},
    )
    record("request_erased", user=None, request=case.reference, pieces=count)
    return 1
