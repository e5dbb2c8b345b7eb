"""Public-relations news and general activities (announcement 1(4); annex 1 step 3, remark)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from otp_policy.wagtail.models import BilingualContentMixin, DisclosurePageMixin


class NewsPage(DisclosurePageMixin, BilingualContentMixin, Page):
    """One piece of news."""

    disclosure_category = "news"
    parent_page_types = ["home.CategoryPage"]
    subpage_types: list[str] = []

    event_on = models.DateField(_("date of the event"), null=True, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("event_on"),
        *BilingualContentMixin.bilingual_panels,
        *DisclosurePageMixin.disclosure_panels,
    ]
    search_fields = [*Page.search_fields, *BilingualContentMixin.bilingual_search_fields]

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")
