"""The annual procurement plan and procurement information (announcement 1(5))."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from otp_policy.wagtail.conf import last_day_of_fiscal_year
from otp_policy.wagtail.models import BilingualContentMixin, DisclosurePageMixin


class ProcurementPage(DisclosurePageMixin, BilingualContentMixin, Page):
    """One procurement plan, notice or summary."""

    class Document(models.TextChoices):
        PLAN = "plan", _("annual procurement plan")
        NOTICE = "notice", _("notice")
        SUMMARY = "summary", _("summary of results")

    disclosure_category = "procurement"
    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []

    document_kind = models.CharField(
        _("kind of document"), max_length=16, choices=Document.choices, default=Document.NOTICE
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), null=True, blank=True
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("document_kind"),
        FieldPanel("fiscal_year"),
        *BilingualContentMixin.bilingual_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [*Page.search_fields, *BilingualContentMixin.bilingual_search_fields]

    class Meta:
        verbose_name = _("procurement")
        verbose_name_plural = _("procurement")

    @property
    def disclosure_kind(self) -> str:
        """Return the policy's kind of this document; a notice has no interval of its own."""
        kinds = {"plan": "procurement_plan", "summary": "procurement_monthly_summary"}
        return kinds.get(self.document_kind, "")

    @property
    def covers_until(self) -> date | None:
        """Return the last day of the fiscal year that a plan is for."""
        if self.document_kind != self.Document.PLAN or not self.fiscal_year:
            return None
        return last_day_of_fiscal_year(self.fiscal_year)
