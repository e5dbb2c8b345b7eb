"""Reminds those who handle a case that it is due soon, and tells further up that it is late."""

from datetime import date, timedelta

from django.db import transaction

from otp_policy.clocks import DeadlineState
from otp_policy.wagtail.conf import current_policy, office_day
from otp_policy.wagtail.recording import record

from .clock import CLOCK, deadline_of
from .models import InformationRequest
from .telling import tell_due

__all__ = ["remind"]

Reminded = InformationRequest.Reminded
_STAGES = {DeadlineState.DUE_SOON: Reminded.DUE_SOON, DeadlineState.OVERDUE: Reminded.OVERDUE}


def remind(on: date | None = None) -> int:
    """Tell of each case that has become due soon or overdue, once each; return how many."""
    on = on or office_day()
    waiting = InformationRequest.objects.filter(closed_on=None, due_on__lte=_horizon(on))
    keys = waiting.exclude(reminded=Reminded.OVERDUE).values_list("pk", flat=True)
    return sum(_remind(key, on) for key in list(keys))


def _horizon(on: date) -> date:
    """Return the last due day that the clock calls soon; a case's own clock is asked after it."""
    return on + timedelta(days=current_policy().clock(CLOCK, on=on).due_soon_days)


@transaction.atomic
def _remind(key: int, on: date) -> int:
    case = InformationRequest.objects.select_for_update().get(pk=key)
    stage = _STAGES.get(deadline_of(case, on=on).state, Reminded.NO)
    if case.closed_on is not None or stage in (Reminded.NO, case.reminded):
        return 0
    case.reminded = stage
    case.save(update_fields=["reminded"])
    above = tell_due(case, stage)
    if stage == Reminded.OVERDUE:
        record(
            "request_overdue",
            user=None,
            unit=case.owner.code,
            request=case.reference,
            due_on=case.due_on.isoformat() if case.due_on else None,
            told=sorted(str(user.pk) for user in above),
        )
    return 1
