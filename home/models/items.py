"""What the items of this app share, and the two page types that are text and annexes alone."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.blocks import AnnexBlock
from home.choices import assessment_choices, basic_kind_choices
from otp_policy.wagtail.models import (
    AttachedFilesMixin,
    BilingualContentMixin,
    DisclosurePageMixin,
)


def local(row: Any, name: str) -> dict[str, str]:
    """Return the field *name* of *row* in the reader's language, as `text` and `lang`."""
    english = getattr(row, f"{name}_en") if (get_language() or "th").startswith("en") else ""
    if english:
        return {"text": english, "lang": "en"}
    return {"text": getattr(row, name), "lang": "th"}


class ItemPage(DisclosurePageMixin, BilingualContentMixin, AttachedFilesMixin, Page):
    """What the page types of this app share: beside the text, annexes that may hold tables."""

    annexes = StreamField(AnnexBlock(), verbose_name=_("annexes in Thai"), blank=True)
    annexes_en = StreamField(AnnexBlock(), verbose_name=_("annexes in English"), blank=True)

    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []
    own_panels: list = []

    # What stands first in the editor is what the page type has of its own.
    closing_panels = [
        *BilingualContentMixin.bilingual_panels,
        MultiFieldPanel(
            [FieldPanel("annexes"), FieldPanel("annexes_en")], heading=_("Annexes and tables")
        ),
        *AttachedFilesMixin.file_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    content_panels = [*Page.content_panels, *closing_panels]
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
        index.SearchField("annexes"),
        index.SearchField("annexes_en"),
    ]

    class Meta:
        abstract = True

    @property
    def local_annexes(self) -> dict[str, object]:
        """Return the annexes in the reader's language, as `text` and `lang`."""
        return dict(zip(("text", "lang"), self._localised("annexes"), strict=True))


class BasicInformationPage(ItemPage):
    """Basic information that has no page type of its own (announcement 1(1))."""

    disclosure_category = "basic_information"
    template = "home/item_page.html"
    kind_field = "kind"
    later_fields = frozenset({"kind"})

    kind = models.CharField(
        _("kind of information"), max_length=64, blank=True, choices=basic_kind_choices
    )
    content_panels = [*Page.content_panels, FieldPanel("kind"), *ItemPage.closing_panels]

    class Meta:
        verbose_name = _("basic information")
        verbose_name_plural = _("basic information")


class OtherPage(ItemPage):
    """Anything else that must be disclosed (announcement 1(6)), by item of the assessment."""

    disclosure_category = "other"
    template = "home/other_page.html"
    fiscal_year_field = "fiscal_year"
    # The evidence of a year is followed by that of the next one for the same item.
    series_field = "assessment_item"
    later_fields = frozenset({"assessment_item", "fiscal_year"})

    assessment_item = models.CharField(
        _("item of the assessment"),
        max_length=32,
        blank=True,
        choices=assessment_choices,
        help_text=_("The item of the yearly assessment (OIT) for which this is the evidence."),
    )
    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), null=True, blank=True
    )
    content_panels = [
        *Page.content_panels,
        FieldPanel("assessment_item"),
        FieldPanel("fiscal_year"),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("other information")
        verbose_name_plural = _("other information")
