"""Page types for the office's own information: categories 1, 2, 3 and 6 of the announcement."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from home.blocks import AnnexBlock
from otp_policy.wagtail.models import BilingualContentMixin, DisclosurePageMixin


class ItemPage(DisclosurePageMixin, BilingualContentMixin, Page):
    """What the page types of this app share: beside the text, annexes that may hold tables."""

    annexes = StreamField(AnnexBlock(), verbose_name=_("annexes in Thai"), blank=True)
    annexes_en = StreamField(AnnexBlock(), verbose_name=_("annexes in English"), blank=True)

    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        *BilingualContentMixin.bilingual_panels,
        MultiFieldPanel(
            [FieldPanel("annexes"), FieldPanel("annexes_en")], heading=_("Annexes and tables")
        ),
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
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
    """Structure, executives, vision, mission, contact (announcement 1(1))."""

    disclosure_category = "basic_information"
    template = "home/item_page.html"

    class Meta:
        verbose_name = _("basic information")


class IntegrityDeclarationPage(ItemPage):
    """The honest intent of the highest executive (announcement 1(2))."""

    disclosure_category = "integrity_declaration"
    template = "home/item_page.html"

    class Meta:
        verbose_name = _("integrity declaration")


class PlansPage(ItemPage):
    """Plans, progress, spending and results (announcement 1(3))."""

    disclosure_category = "plans_and_performance"
    template = "home/plans_page.html"

    fiscal_year = models.PositiveSmallIntegerField(
        _("fiscal year (Buddhist era)"), null=True, blank=True
    )
    content_panels = [FieldPanel("fiscal_year"), *ItemPage.content_panels]

    class Meta:
        verbose_name = _("plan or performance report")


class OtherPage(ItemPage):
    """Anything else that must be disclosed (announcement 1(6))."""

    disclosure_category = "other"
    template = "home/item_page.html"

    class Meta:
        verbose_name = _("other information")
