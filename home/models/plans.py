"""Plans, progress, spending and reports: a series for each fiscal year (announcement 1(3))."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, Page

from home.choices import plans_kind_choices

from .items import ItemPage, local

ALL = Decimal(100)


class PlansPage(ItemPage):
    """One plan or report, with its figures as rows: charted, and in a table behind the chart."""

    disclosure_category = "plans_and_performance"
    schema_type = "Dataset"
    template = "home/plans_page.html"
    kind_field = "kind"
    fiscal_year_field = "fiscal_year"
    later_fields = frozenset({"kind", "figures"})

    kind = models.CharField(
        _("kind of plan or report"), max_length=64, blank=True, choices=plans_kind_choices
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), null=True, blank=True
    )

    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("fiscal_year")]),
        InlinePanel("figures", label=_("figure"), heading=_("Figures")),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("plan or performance report")
        verbose_name_plural = _("plans and performance reports")


class Figure(Orderable):
    """What was planned and what came of it, in one unit of measure."""

    page = ParentalKey(PlansPage, on_delete=models.CASCADE, related_name="figures")
    label = models.CharField(_("what is counted, in Thai"), max_length=255)
    label_en = models.CharField(_("what is counted, in English"), max_length=255, blank=True)
    measure = models.CharField(_("unit of measure in Thai"), max_length=64)
    measure_en = models.CharField(_("unit of measure in English"), max_length=64, blank=True)
    planned = models.DecimalField(
        _("planned"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    actual = models.DecimalField(
        _("actual"), max_digits=16, decimal_places=2, null=True, blank=True
    )

    panels = [
        FieldRowPanel([FieldPanel("label"), FieldPanel("label_en")]),
        FieldRowPanel([FieldPanel("measure"), FieldPanel("measure_en")]),
        FieldRowPanel([FieldPanel("planned"), FieldPanel("actual")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")

    def __str__(self) -> str:
        return self.label

    @property
    def local_label(self) -> dict[str, str]:
        return local(self, "label")

    @property
    def local_measure(self) -> dict[str, str]:
        return local(self, "measure")

    @property
    def percent(self) -> Decimal | None:
        """Return how much of what was planned came about, in percent, or None."""
        if self.planned is None or self.actual is None or self.planned <= 0:
            return None
        return round(self.actual / self.planned * ALL, 1)

    @property
    def bar(self) -> Decimal | None:
        """Return the length of the bar, from 0 to 100: what is more than planned fills it."""
        return None if self.percent is None else max(Decimal(0), min(self.percent, ALL))
