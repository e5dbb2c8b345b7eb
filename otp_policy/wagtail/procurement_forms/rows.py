"""
The rows of the forms as abstract models: a page type adds the `ParentalKey` to itself.

What a rule reads is a column. The offers and contracts of a row are lists within it, which no rule
reads without the row; a row stays one row, however many bidders it has.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Orderable

from otp_policy.procurement.records import BUDDHIST_ERA, Month, PlanEntry, SummaryRow

from .fields import (
    BahtField,
    baht,
    kept_contracts,
    kept_offers,
    read_contracts,
    read_offers,
)

MONTHS = [
    (1, _("January")),
    (2, _("February")),
    (3, _("March")),
    (4, _("April")),
    (5, _("May")),
    (6, _("June")),
    (7, _("July")),
    (8, _("August")),
    (9, _("September")),
    (10, _("October")),
    (11, _("November")),
    (12, _("December")),
]

# Years of the Buddhist era that a form may speak of.
YEARS_TAKEN = range(2400, 2701)


class SummaryRowFields(Orderable):
    """One purchase of a month: the nine columns of the form สขร.1."""

    work = models.TextField(_("work bought or hired"))
    budget = BahtField(_("budget (baht)"))
    reference_price = BahtField(_("reference price (baht)"), null=True, blank=True)
    method = models.CharField(_("method"), max_length=200)
    bidders = models.JSONField(_("bidders and prices"), default=list)
    selected = models.JSONField(_("selected, and price agreed"), default=list)
    reason = models.TextField(_("reason for the selection"))
    contracts = models.JSONField(_("contract"), default=list, blank=True)
    project_number = models.CharField(_("project number"), max_length=100, blank=True)
    plan_code = models.CharField(_("plan code"), max_length=100, blank=True)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.work

    @classmethod
    def of_record(cls, row: SummaryRow, *, sort_order: int, plan_code: str = "") -> Any:
        """Return a row that is not saved yet."""
        return cls(
            sort_order=sort_order,
            work=row.work,
            budget=baht(row.budget),
            reference_price=baht(row.reference_price),
            method=row.method,
            bidders=kept_offers(row.bidders),
            selected=kept_offers(row.selected),
            reason=row.reason,
            contracts=kept_contracts(row.contracts),
            project_number=row.project_number,
            plan_code=plan_code,
        )

    def record(self, sequence: int) -> SummaryRow:
        """Return the row as a value, with the number that it has in its table."""
        return SummaryRow(
            sequence=sequence,
            work=self.work,
            budget=self.budget,
            reference_price=self.reference_price,
            method=self.method,
            bidders=read_offers(self.bidders),
            selected=read_offers(self.selected),
            reason=self.reason,
            contracts=read_contracts(self.contracts),
            project_number=self.project_number,
        )

    @classmethod
    def line_of_values(cls, values: dict[str, Any]) -> str:
        """Return what a comparison says of a row, given as the digest takes it."""
        return _told(
            cls,
            {
                **values,
                "bidders": "; ".join(map(_offer, values.get("bidders") or ())),
                "selected": "; ".join(map(_offer, values.get("selected") or ())),
                "contracts": "; ".join(
                    f"{one.get('number')} ({one.get('signed_on')})"
                    for one in values.get("contracts") or ()
                ),
            },
        )


class PlanEntryFields(Orderable):
    """One project of the annual plan."""

    code = models.CharField(
        _("plan code"), max_length=100, blank=True, help_text=_("Empty where e-GP gives none.")
    )
    project = models.TextField(_("project"))
    budget = BahtField(_("budget (baht)"))
    expected_month = models.PositiveSmallIntegerField(_("expected month"), choices=MONTHS)
    expected_year = models.PositiveSmallIntegerField(_("expected year (Buddhist era)"))

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.project

    @classmethod
    def of_record(cls, entry: PlanEntry, *, sort_order: int) -> Any:
        """Return an entry that is not saved yet."""
        return cls(
            sort_order=sort_order,
            code=entry.code,
            project=entry.project,
            budget=baht(entry.budget),
            expected_month=entry.expected.month,
            expected_year=entry.expected.year + BUDDHIST_ERA,
        )

    def record(self, sequence: int) -> PlanEntry:
        """Return the entry as a value, with the number that it has in its table."""
        return PlanEntry(
            sequence=sequence,
            code=self.code,
            project=self.project,
            budget=self.budget,
            expected=Month(self.expected_year - BUDDHIST_ERA, self.expected_month),
        )

    @classmethod
    def line_of_values(cls, values: dict[str, Any]) -> str:
        """Return what a comparison says of an entry, given as the digest takes it."""
        month = dict(MONTHS).get(values.get("expected_month") or 0, "")
        return _told(cls, {**values, "expected_month": str(month)})


class SupplierFields(Orderable):
    """Who was chosen, and at what price."""

    name = models.CharField(_("name"), max_length=300)
    name_en = models.CharField(_("name in English"), max_length=300, blank=True)
    registration_number = models.CharField(
        _("registration number"),
        max_length=20,
        blank=True,
        help_text=_("Of a legal person alone: it begins with 0. Never a person's own number."),
    )
    price = BahtField(_("price agreed (baht)"))

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name


class AmendmentFields(Orderable):
    """A formal change of an invitation or a contract: what the page says is how it stands since."""

    on = models.DateField(_("day of the amendment"))
    rationale = models.TextField(_("why it was amended"), max_length=1000)
    description = models.TextField(
        _("what was amended"), max_length=1000, blank=True, help_text=_("From what to what.")
    )

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.rationale


def _offer(kept: dict[str, Any]) -> str:
    price = kept.get("price")
    return f"{kept.get('name')} {price if price is not None else '-'}"


def _told(model: type[models.Model], values: dict[str, Any]) -> str:
    """Return the filled columns of a row, each with its name; its place is told by its order."""
    names = [field.name for field in model._meta.concrete_fields if field.name in values]
    told = (
        (model._meta.get_field(name).verbose_name, values[name])
        for name in names
        if name != "sort_order"
    )
    return " · ".join(f"{label}: {value}" for label, value in told if value not in (None, ""))
