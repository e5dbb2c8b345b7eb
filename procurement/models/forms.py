"""The annual plan and the monthly summary, with their rows as data (announcement 1(5))."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Page

from otp_policy.wagtail.models import (
    AttachedFilesMixin,
    BilingualContentMixin,
    DisclosurePageMixin,
)
from otp_policy.wagtail.procurement_forms.pages import AnnualPlanMixin, MonthlySummaryMixin
from otp_policy.wagtail.procurement_forms.rows import PlanEntryFields, SummaryRowFields


class AnnualPlanPage(AnnualPlanMixin, BilingualContentMixin, AttachedFilesMixin, Page):
    """The procurement plan of a fiscal year."""

    template = "procurement/annual_plan_page.html"
    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []

    content_panels = [
        *Page.content_panels,
        *AnnualPlanMixin.form_panels,
        *BilingualContentMixin.bilingual_panels,
        *AttachedFilesMixin.file_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
        *AnnualPlanMixin.form_search_fields,
    ]

    class Meta:
        verbose_name = _("annual procurement plan")
        verbose_name_plural = _("annual procurement plans")


class PlanEntry(PlanEntryFields):
    """One project of a plan."""

    page = ParentalKey(AnnualPlanPage, on_delete=models.CASCADE, related_name="rows")

    class Meta(PlanEntryFields.Meta):
        verbose_name = _("project of the plan")
        verbose_name_plural = _("projects of the plan")


class MonthlySummaryPage(MonthlySummaryMixin, BilingualContentMixin, AttachedFilesMixin, Page):
    """What was bought in a month (สขร.1)."""

    template = "procurement/monthly_summary_page.html"
    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []

    content_panels = [
        *Page.content_panels,
        *MonthlySummaryMixin.form_panels,
        *BilingualContentMixin.bilingual_panels,
        *AttachedFilesMixin.file_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
        *MonthlySummaryMixin.form_search_fields,
    ]

    class Meta:
        verbose_name = _("monthly procurement summary")
        verbose_name_plural = _("monthly procurement summaries")


class SummaryRow(SummaryRowFields):
    """One purchase of a month."""

    page = ParentalKey(MonthlySummaryPage, on_delete=models.CASCADE, related_name="rows")

    class Meta(SummaryRowFields.Meta):
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
