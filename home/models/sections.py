"""The frame of the site: the home page and one page per category, without text of their own."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.listing import live_items
from otp_policy.wagtail.models.choices import category_choices, label_of

ITEMS_ON_HOME = 5


class HomePage(Page):
    """Leads to every category, and shows what was published last."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.CategoryPage"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = CategoryPage.objects.child_of(self).live()
        by_category = {page.category: page for page in pages}
        context["sections"] = [
            by_category[code] for code in current_policy().categories if code in by_category
        ]
        context["latest"] = live_items(limit=ITEMS_ON_HOME)
        return context


class CategoryPage(Page):
    """All live items of one disclosure category."""

    category = models.CharField(_("category"), max_length=64, choices=category_choices, unique=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = [
        "home.BasicInformationPage",
        "home.IntegrityDeclarationPage",
        "home.PlansPage",
        "news.NewsPage",
        "procurement.ProcurementPage",
        "home.OtherPage",
    ]
    content_panels = [*Page.content_panels, FieldPanel("category")]

    class Meta:
        verbose_name = _("category page")

    @property
    def local_title(self) -> str:
        """Return the category's name in the reader's language, as the policy writes it."""
        return label_of("categories", self.category)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["items"] = live_items(category=self.category)
        return context
