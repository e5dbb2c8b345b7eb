"""The stages of one purchase: notice, award and contract (announcement 1(5))."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Page

from otp_policy.wagtail.models import (
    AttachedFilesMixin,
    BilingualContentMixin,
    DisclosurePageMixin,
)
from otp_policy.wagtail.procurement_forms.pages import AwardMixin, ContractMixin, NoticeMixin
from otp_policy.wagtail.procurement_forms.rows import AmendmentFields, SupplierFields

SUPPLIER_PANELS = [
    FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
    FieldRowPanel([FieldPanel("registration_number"), FieldPanel("price")]),
]
AMENDMENTS = InlinePanel(
    "amendments",
    label=_("amendment"),
    heading=_("Amendments"),
    help_text=_(
        "Each formal change, with its reason. A slip of the pen is a correction, and none."
    ),
)
AMENDMENT_PANELS = [FieldPanel("on"), FieldPanel("rationale"), FieldPanel("description")]
CLOSING_PANELS = [
    *BilingualContentMixin.bilingual_panels,
    *AttachedFilesMixin.file_panels,
    *DisclosurePageMixin.disclosure_panels,
]


class StagePage(BilingualContentMixin, AttachedFilesMixin, Page):
    """What the stages share."""

    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []
    search_fields = [
        *Page.search_fields,
        *BilingualContentMixin.bilingual_search_fields,
        *AttachedFilesMixin.file_search_fields,
    ]

    class Meta:
        abstract = True


class NoticePage(NoticeMixin, StagePage):
    """An invitation to bid."""

    template = "procurement/notice_page.html"
    later_fields = frozenset({"amendments"})
    content_panels = [*Page.content_panels, *NoticeMixin.stage_panels, AMENDMENTS, *CLOSING_PANELS]

    class Meta:
        verbose_name = _("procurement notice")
        verbose_name_plural = _("procurement notices")


class NoticeAmendment(AmendmentFields):
    """A formal change of an invitation."""

    page = ParentalKey(NoticePage, on_delete=models.CASCADE, related_name="amendments")
    panels = AMENDMENT_PANELS

    class Meta(AmendmentFields.Meta):
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")


class AwardPage(AwardMixin, StagePage):
    """Who was chosen."""

    template = "procurement/award_page.html"
    content_panels = [
        *Page.content_panels,
        *AwardMixin.stage_panels,
        InlinePanel("suppliers", label=_("supplier"), heading=_("Who was chosen"), min_num=1),
        *CLOSING_PANELS,
    ]

    class Meta:
        verbose_name = _("procurement award")
        verbose_name_plural = _("procurement awards")


class AwardSupplier(SupplierFields):
    """Who was chosen, and at what price."""

    page = ParentalKey(AwardPage, on_delete=models.CASCADE, related_name="suppliers")
    panels = SUPPLIER_PANELS

    class Meta(SupplierFields.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")


class ContractPage(ContractMixin, StagePage):
    """A contract."""

    template = "procurement/contract_page.html"
    later_fields = frozenset({"amendments"})
    content_panels = [
        *Page.content_panels,
        *ContractMixin.stage_panels,
        InlinePanel("suppliers", label=_("supplier"), heading=_("With whom"), min_num=1),
        AMENDMENTS,
        *CLOSING_PANELS,
    ]

    class Meta:
        verbose_name = _("procurement contract")
        verbose_name_plural = _("procurement contracts")


class ContractSupplier(SupplierFields):
    """With whom a contract was made, and at what price."""

    page = ParentalKey(ContractPage, on_delete=models.CASCADE, related_name="suppliers")
    panels = SUPPLIER_PANELS

    class Meta(SupplierFields.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")


class ContractAmendment(AmendmentFields):
    """A formal change of a contract."""

    page = ParentalKey(ContractPage, on_delete=models.CASCADE, related_name="amendments")
    panels = AMENDMENT_PANELS

    class Meta(AmendmentFields.Meta):
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
