"""Words that somebody typed are not kept for ever, and rare ones less long."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Sum

from otp_policy.wagtail.conf import office_day

from .conf import rare_below, rare_words_kept_days, words_kept_days
from .models import Kind, Use
from .writing import add

__all__ = ["forget_words"]

_WORDS = (Kind.SEARCH, Kind.FOUND_NOTHING)


def forget_words(*, on: date | None = None) -> int:
    """
    Take the words out of old rows, and of those of rare searches; the numbers stay.

    Returns:
        How many rows lost their words.
    """
    on = on or office_day()
    rows = Use.objects.filter(kind__in=_WORDS).exclude(name="")
    old = rows.filter(day__lt=on - timedelta(days=words_kept_days()))
    frequent = rows.values("name").annotate(total=Sum("number")).filter(total__gte=rare_below())
    rare = rows.filter(day__lt=on - timedelta(days=rare_words_kept_days())).exclude(
        name__in=frequent.values("name")
    )
    return sum(_without_words(row) for row in [*old, *rare.difference(old)])


@transaction.atomic
def _without_words(row: Use) -> int:
    add({(row.day, row.kind, Use.NO_PAGE, "", ""): row.number})
    row.delete()
    return 1
