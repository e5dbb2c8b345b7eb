"""The annual procurement plan and procurement information (announcement 1(5))."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from otp_policy.wagtail.conf import last_day_of_fiscal_year
from otp_policy.wagtail.models import (
    AttachedFilesMixin,
    BilingualContentMixin,
    DisclosurePageMixin,
)


class ProcurementPage(DisclosurePageMixin, BilingualContentMixin, AttachedFilesMixin, Page):
    """One procurement plan, notice or summary."""

    class Document(models.TextChoices):
        PLAN = "plan", _("annual procurement plan")
        NOTICE = "notice", _("notice")
        SUMMARY = "summary", _("summary of results")

    disclosure_category = "procurement"
    schema_type = "Dataset"
    fiscal_year_field = "fiscal_year"
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
        *AttachedFilesMixin.file_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
    ]

    class Meta:
        verbose_name = _("procurement")
        verbose_name_plural = _("procurement")

    # The policy's kind of each document; a notice has no interval of its own.
    KINDS = {"plan": "procurement_plan", "summary": "procurement_monthly_summary"}

    @property
    def disclosure_kind(self) -> str:
        """Return the policy's kind of this document."""
        return self.KINDS.get(self.document_kind, "")

    @classmethod
    def listed_kind(cls) -> Any:
        whens = [
            When(document_kind=document, then=Value(kind)) for document, kind in cls.KINDS.items()
        ]
        return Case(*whens, default=Value(""))

    @classmethod
    def listed_year(cls) -> Any:
        return Case(When(document_kind="plan", then=F("fiscal_year")))

    @property
    def covers_until(self) -> date | None:
        """Return the last day of the fiscal year that a plan is for."""
        if self.document_kind != self.Document.PLAN or not self.fiscal_year:
            return None
        return last_day_of_fiscal_year(self.fiscal_year)
