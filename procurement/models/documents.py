"""The annual procurement plan and procurement information (announcement 1(5))."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Page

from otp_policy.freshness import Period
from otp_policy.wagtail.conf import period_of
from otp_policy.wagtail.models import (
    AttachedFilesMixin,
    BilingualContentMixin,
    DisclosurePageMixin,
)
from otp_policy.wagtail.procurement_forms.rows import MONTHS


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
    later_fields: ClassVar[frozenset[str]] = frozenset({"month"})

    document_kind = models.CharField(
        _("kind of document"), max_length=16, choices=Document.choices, default=Document.NOTICE
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), null=True, blank=True
    )
    month = models.PositiveSmallIntegerField(
        _("month"),
        choices=MONTHS,
        null=True,
        blank=True,
        help_text=_("Of a monthly summary: the month of that fiscal year that it is about."),
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("document_kind"),
        FieldRowPanel([FieldPanel("fiscal_year"), FieldPanel("month")]),
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
        is_of_month = When(document_kind="summary", month__isnull=False, then=F("fiscal_year"))
        return Case(When(document_kind="plan", then=F("fiscal_year")), is_of_month)

    @classmethod
    def listed_month(cls) -> Any:
        return Case(When(document_kind="summary", then=F("month")))

    @property
    def covers(self) -> Period | None:
        """Return the fiscal year that a plan is for, or the month that a summary is about."""
        if self.document_kind == self.Document.PLAN:
            return period_of(self.fiscal_year)
        is_of_month = self.document_kind == self.Document.SUMMARY and self.month
        return period_of(self.fiscal_year, self.month) if is_of_month else None

    def clean(self) -> None:
        super().clean()
        if self.month and not self.fiscal_year:
            raise ValidationError({"fiscal_year": _("Give the fiscal year of the month too.")})
