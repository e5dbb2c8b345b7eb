"""
The forms as abstract page types: name one first among the bases, and give it its rows.

A page type of an agency adds its table of rows, whose related name is `rows`.
"""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from otp_policy.procurement.records import (
    BUDDHIST_ERA,
    AnnualPlan,
    Month,
    MonthlySummary,
)
from otp_policy.wagtail.models import DisclosurePageMixin

from .conf import methods_in_use, publisher_name
from .fields import BahtField
from .forms import AnnualPlanForm, MonthlySummaryForm
from .rows import MONTHS, YEARS_TAKEN
from .serving import GivesFilesMixin

YEARS = [MinValueValidator(YEARS_TAKEN[0]), MaxValueValidator(YEARS_TAKEN[-1])]


class FormPageMixin(DisclosurePageMixin, GivesFilesMixin):
    """What both forms share: an agency, rows, and the word that there is nothing to write."""

    disclosure_category = "procurement"
    schema_type = "Dataset"
    nothing_field = "says_nothing"

    agency = models.CharField(
        _("agency"), max_length=300, blank=True, help_text=_("Empty for this office.")
    )
    says_nothing = models.BooleanField(
        _("nothing to report"),
        default=False,
        help_text=_("Said to the public in place of a table."),
    )

    class Meta:
        abstract = True

    @property
    def agency_name(self) -> str:
        """Return whose form this is."""
        return self.agency or publisher_name()

    def row_list(self) -> list[Any]:
        """Return the rows in their order, read once for a page in memory."""
        if not hasattr(self, "_otp_rows"):
            self._otp_rows = list(self.rows.all())
        found: list[Any] = self._otp_rows
        return found

    def set_rows(self, rows: list[Any]) -> None:
        """Put *rows* in the place of those that the page has in memory."""
        self.rows.set(rows)
        self.__dict__.pop("_otp_rows", None)

    def has_record(self) -> bool:
        """Tell whether the form says something: it has rows, or says that there are none."""
        return bool(self.row_list()) != self.says_nothing

    def searched_text(self) -> str:
        """Return what a reader may look for in the rows."""
        return "\n".join(_searched(row) for row in self.row_list())


def _searched(row: Any) -> str:
    names = [one["name"] for one in (*getattr(row, "bidders", ()), *getattr(row, "selected", ()))]
    numbers = [one["number"] for one in getattr(row, "contracts", ())]
    own = [str(row), getattr(row, "project_number", ""), getattr(row, "code", "")]
    return " ".join([*own, *dict.fromkeys(names), *numbers])


class MonthlySummaryMixin(FormPageMixin):
    """The monthly summary of procurement (สขร.1)."""

    file_stem = "monthly-summary"
    fixed_kind = "procurement_monthly_summary"
    fiscal_year_field = "fiscal_year"
    month_field = "month"
    base_form_class = MonthlySummaryForm

    month = models.PositiveSmallIntegerField(_("month"), choices=MONTHS)
    year = models.PositiveSmallIntegerField(_("year of the month (Buddhist era)"), validators=YEARS)
    # Follows from month and year; rules and lists read it.
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), editable=False, default=0
    )
    first_number = models.PositiveIntegerField(
        _("number of the first row"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("More than 1 where the numbers go on from the month before."),
    )
    reported_on = models.DateField(_("day of the report"), null=True, blank=True)

    form_panels: ClassVar[list] = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("month"), FieldPanel("year")]),
                FieldRowPanel([FieldPanel("agency"), FieldPanel("reported_on")]),
                FieldPanel("says_nothing"),
            ],
            heading=_("Month"),
        ),
        MultiFieldPanel(
            [FieldPanel("table"), FieldPanel("first_number")], heading=_("Purchases of the month")
        ),
    ]
    form_search_fields: ClassVar[list] = [index.SearchField("searched_text")]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        self._follow_month()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page with the fiscal year that its month lies in."""
        self._follow_month()
        super().save(*args, **kwargs)

    def with_content_json(self, content: Any) -> Any:
        page = super().with_content_json(content)
        page._follow_month()
        return page

    def _follow_month(self) -> None:
        if self.month and self.year in YEARS_TAKEN:
            self.fiscal_year = self.month_of_record().fiscal_year

    def month_of_record(self) -> Month:
        """Return the month, of the common era."""
        return Month(self.year - BUDDHIST_ERA, self.month)

    @property
    def month_begins_on(self) -> date:
        """Return the first day of the month."""
        month = self.month_of_record()
        return date(month.year, month.month, 1)

    def record(self) -> MonthlySummary:
        """
        Return the summary as a value.

        Raises:
            ValueError: If it has no rows and does not say that there is nothing to report, or both.
        """
        return MonthlySummary(
            month=self.month_of_record(),
            agency=self.agency_name,
            reported_on=self.reported_on,
            rows=tuple(
                row.record(number) for number, row in enumerate(self.row_list(), self.first_number)
            ),
            nothing_to_report=self.says_nothing,
        )

    def totals(self) -> dict[str, Decimal]:
        """Return the sums of the budgets and of the prices agreed."""
        rows = self.record().rows if self.row_list() else ()
        return {
            "budget": sum((row.budget for row in rows), Decimal(0)),
            "agreed": sum(
                (offer.price or Decimal(0) for row in rows for offer in row.selected), Decimal(0)
            ),
        }


class AnnualPlanMixin(FormPageMixin):
    """The annual procurement plan."""

    file_stem = "annual-plan"
    fixed_kind = "procurement_plan"
    fiscal_year_field = "fiscal_year"
    base_form_class = AnnualPlanForm

    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), validators=YEARS
    )

    form_panels: ClassVar[list] = [
        MultiFieldPanel(
            [FieldPanel("fiscal_year"), FieldPanel("agency"), FieldPanel("says_nothing")],
            heading=_("Fiscal year"),
        ),
        MultiFieldPanel([FieldPanel("table")], heading=_("Projects of the year")),
    ]
    form_search_fields: ClassVar[list] = [index.SearchField("searched_text")]

    class Meta:
        abstract = True

    def record(self) -> AnnualPlan:
        """
        Return the plan as a value.

        Raises:
            ValueError: If it has no entries and does not say that nothing is planned, or both.
        """
        return AnnualPlan(
            fiscal_year=self.fiscal_year,
            agency=self.agency_name,
            entries=tuple(row.record(number) for number, row in enumerate(self.row_list(), 1)),
            nothing_planned=self.says_nothing,
        )

    def totals(self) -> dict[str, Decimal]:
        """Return the sum of the budgets."""
        return {"budget": sum((row.budget for row in self.row_list()), Decimal(0))}


class StagePageMixin(DisclosurePageMixin):
    """A stage of one purchase; what names the purchase ties its stages together."""

    disclosure_category = "procurement"

    project_number = models.CharField(
        _("project number"),
        max_length=100,
        blank=True,
        help_text=_("As e-GP numbers the purchase; it ties notice, award and contract together."),
    )
    plan_code = models.CharField(
        _("plan code"),
        max_length=100,
        blank=True,
        help_text=_("As the annual plan names the project."),
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if not self.project_number and not self.plan_code:
            sentence = _("Give the project number or the plan code, so that the stages of a "
                         "purchase can be told to belong together.")  # fmt: skip
            raise ValidationError({"project_number": sentence})


class NoticeMixin(StagePageMixin):
    """The invitation to bid."""

    method = models.CharField(_("method"), max_length=200)
    reference_price = BahtField(_("reference price (baht)"), null=True, blank=True)
    opens_at = models.DateTimeField(_("offers are taken from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("offers are taken until"), null=True, blank=True)
    is_cancelled = models.BooleanField(_("the invitation is cancelled"), default=False)

    stage_panels: ClassVar[list] = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("project_number"), FieldPanel("plan_code")]),
                FieldRowPanel([FieldPanel("method"), FieldPanel("reference_price")]),
                FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                FieldPanel("is_cancelled"),
            ],
            heading=_("Invitation to bid"),
        )
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.method and methods_in_use().find(self.method) is None:
            known = ", ".join(method.name for method in methods_in_use().all)
            raise ValidationError(
                {
                    "method": _("This way of buying is not known. Known are: %(known)s")
                    % {"known": known}
                }
            )
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("Offers end after they begin.")})


class AwardMixin(StagePageMixin):
    """Who was chosen; a page type gives it `suppliers`."""

    awarded_on = models.DateField(_("day of the award"))
    reason = models.TextField(_("reason for the selection"), blank=True)
    is_cancelled = models.BooleanField(_("the award is cancelled"), default=False)

    stage_panels: ClassVar[list] = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("project_number"), FieldPanel("plan_code")]),
                FieldPanel("awarded_on"),
                FieldPanel("reason"),
                FieldPanel("is_cancelled"),
            ],
            heading=_("Award"),
        )
    ]

    class Meta:
        abstract = True


class ContractMixin(StagePageMixin):
    """A contract; a page type gives it `suppliers`."""

    number = models.CharField(_("contract number"), max_length=100)
    signed_on = models.DateField(_("day of signature"))
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    state = models.CharField(
        _("state of the contract"),
        max_length=16,
        default="active",
        choices=[
            ("active", _("in force")),
            ("terminated", _("ended")),
            ("cancelled", _("cancelled")),
        ],
    )

    stage_panels: ClassVar[list] = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("project_number"), FieldPanel("plan_code")]),
                FieldRowPanel([FieldPanel("number"), FieldPanel("signed_on")]),
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                FieldPanel("state"),
            ],
            heading=_("Contract"),
        )
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("A contract ends no earlier than it begins.")})
