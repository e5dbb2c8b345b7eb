"""Keeping the instrument: taking a year over, changing and checking rows, choosing pages."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from otp_policy.instruments import load_assessment, shipped_assessments
from otp_policy.wagtail.conf import BUDDHIST_ERA_OFFSET
from otp_policy.wagtail.publishing import governed_page
from otp_policy.wagtail.recording import record
from otp_policy.wagtail.statements import says_something

from .access import may_keep
from .models import ChosenPage, InstrumentRow, InstrumentYear

__all__ = ["change_row", "check_row", "choose_page", "clone_shipped", "clone_year", "drop_choice"]

_TAKEN_OVER = (
    *("position", "code", "label_th", "label_en", "demand_th", "demand_en", "period"),
    *("categories", "kinds", "explanation", "confidence", "source"),
)


@transaction.atomic
def clone_shipped(user: Any, instrument: str, *, fiscal_year: int) -> InstrumentYear:
    """
    Take the rows of a shipped instrument over for *fiscal_year* (Buddhist era), none checked yet.

    Raises:
        PermissionDenied: If *user* does not keep the instrument; None stands for the system.
        ValidationError: If the year has one already, or there is no such instrument.
    """
    if instrument not in shipped_assessments():
        raise ValidationError(_("There is no such instrument."), code="unknown")
    shipped = load_assessment(instrument)
    head = shipped.assessment
    rows = [
        InstrumentRow(
            position=position,
            code=item.code,
            label_th=item.label.th,
            label_en=item.label.en,
            demand_th=item.demand.th if item.demand else "",
            demand_en=item.demand.en if item.demand else "",
            period=str(item.period),
            categories=list(item.categories),
            kinds=list(item.kinds),
            confidence=str(item.confidence),
            source=item.source,
        )
        for position, item in enumerate(shipped.item, start=1)
    ]
    year = InstrumentYear(
        agency_type=head.agency_type,
        label_th=_for_year(head.label.th, head.fiscal_year_ends_on.year, fiscal_year),
        label_en=_for_year(head.label.en, head.fiscal_year_ends_on.year, fiscal_year),
        cloned_from=instrument,
        source=head.source,
        confidence=str(head.confidence),
    )
    return _save_year(user, year, rows, fiscal_year=fiscal_year)


@transaction.atomic
def clone_year(user: Any, earlier: InstrumentYear, *, fiscal_year: int) -> InstrumentYear:
    """
    Take the rows of an earlier year over for *fiscal_year* (Buddhist era), none checked yet.

    Pages that were chosen by hand are of their year, and are not taken over.

    Raises:
        PermissionDenied: If *user* does not keep the instrument.
        ValidationError: If the year has one already.
    """
    rows = [
        InstrumentRow(**{name: getattr(row, name) for name in _TAKEN_OVER})
        for row in earlier.rows.all()
    ]
    before = earlier.fiscal_year - BUDDHIST_ERA_OFFSET
    year = InstrumentYear(
        agency_type=earlier.agency_type,
        label_th=_for_year(earlier.label_th, before, fiscal_year),
        label_en=_for_year(earlier.label_en, before, fiscal_year),
        cloned_from=str(earlier.fiscal_year),
        source=earlier.source,
        confidence=earlier.confidence,
    )
    return _save_year(user, year, rows, fiscal_year=fiscal_year)


def _for_year(label: str, before: int, fiscal_year: int) -> str:
    """Return the name of the form for another year; `before` is of the common era."""
    return label.replace(str(before + BUDDHIST_ERA_OFFSET), str(fiscal_year))


def _save_year(
    user: Any, year: InstrumentYear, rows: Iterable[InstrumentRow], *, fiscal_year: int
) -> InstrumentYear:
    _require(user)
    year.fiscal_year, year.made_by, year.made_at = fiscal_year, user, timezone.now()
    year.full_clean(exclude=["made_by"])
    year.save()
    made = list(rows)
    for row in made:
        row.instrument = year
    InstrumentRow.objects.bulk_create(made)
    record(
        "clone_instrument",
        user=user,
        fiscal_year=fiscal_year,
        agency_type=year.agency_type,
        cloned_from=year.cloned_from,
        rows=len(made),
    )
    return year


@transaction.atomic
def change_row(row: InstrumentRow, user: Any) -> None:
    """
    Save *row* as it was changed in memory; what was checked before has to be checked again.

    Raises:
        PermissionDenied: If *user* does not keep the instrument.
    """
    _require(user)
    row.checked_by = row.checked_at = None
    if row.pk is None:
        last = row.instrument.rows.order_by("-position").first()
        row.position = last.position + 1 if last else 1
    row.save()
    record("change_instrument_row", user=user, **_name_of(row))


@transaction.atomic
def check_row(row: InstrumentRow, user: Any, *, source: str) -> None:
    """
    Note that *user* held the row against the form of its year, as *source* says where it is.

    Raises:
        PermissionDenied: If *user* does not keep the instrument.
        ValidationError: If *source* names nothing.
    """
    _require(user)
    if not says_something(source):
        raise ValidationError(_("Name the form that you checked it against."), code="source")
    row.source, row.confidence = source.strip(), "verified"
    row.checked_by, row.checked_at = user, timezone.now()
    row.save()
    record("check_instrument_row", user=user, source=row.source, **_name_of(row))


@transaction.atomic
def choose_page(
    row: InstrumentRow, user: Any, *, page_id: int, explanation: str, says_nothing: bool = False
) -> ChosenPage:
    """
    Let a governed page answer the row, in the place of what would be derived.

    Raises:
        PermissionDenied: If *user* does not keep the instrument.
        ValidationError: If there is no such page, or no explanation.
    """
    _require(user)
    if governed_page(page_id) is None:
        raise ValidationError(_("There is no item with this number."), code="page")
    if not says_something(explanation):
        raise ValidationError(_("Say why this page answers the item."), code="explanation")
    values = {"explanation": explanation, "says_nothing": says_nothing}
    chosen, _made = ChosenPage.objects.update_or_create(
        row=row, page_id=page_id, defaults={**values, "by": user, "at": timezone.now()}
    )
    record("choose_page", user=user, page_id=page_id, **values, **_name_of(row))
    return chosen


@transaction.atomic
def drop_choice(chosen: ChosenPage, user: Any) -> None:
    """
    Take the choice of a page back.

    Raises:
        PermissionDenied: If *user* does not keep the instrument.
    """
    _require(user)
    record("drop_chosen_page", user=user, page_id=chosen.page_id, **_name_of(chosen.row))
    chosen.delete()


def _require(user: Any) -> None:
    # Nobody's account stands behind what a command of the system does.
    if user is not None and not may_keep(user):
        raise PermissionDenied


def _name_of(row: InstrumentRow) -> dict[str, Any]:
    return {"fiscal_year": row.instrument.fiscal_year, "item": row.code}
