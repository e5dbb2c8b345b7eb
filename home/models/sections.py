"""The frame of the site: the home page and one page per category, without text of their own."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from otp_policy.wagtail.conf import current_policy
from otp_policy.wagtail.listing import latest_and_due, list_page, units_of
from otp_policy.wagtail.models import governed_models
from otp_policy.wagtail.models.choices import category_choices, label_of

LATEST_OF_EACH = 3
DUE_ON_HOME = 6
ITEMS_ON_PAGE = 20


class HomePage(Page):
    """Leads to every category, and shows what was published last and what is due."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["home.CategoryPage"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        latest, due = latest_and_due(each=LATEST_OF_EACH, limit=DUE_ON_HOME)
        context["sections"] = [
            (page, latest.get(page.category, [])) for page in CategoryPage.of_request(request)
        ]
        context["due"] = due
        return context

    def route(self, request, path_components):
        # The menu of every page needs all the sections: the one that is asked for is among them.
        for page in CategoryPage.of_request(request) if path_components else ():
            if page.slug == path_components[0] and page.is_child_of(self):
                return page.route(request, path_components[1:])
        return super().route(request, path_components)


class CategoryPage(Page):
    """All live items of one disclosure category."""

    category = models.CharField(_("category"), max_length=64, choices=category_choices, unique=True)

    parent_page_types = ["home.HomePage"]
    subpage_types = [
        "home.BasicInformationPage",
        "home.StructurePage",
        "home.ExecutivesPage",
        "home.VisionPage",
        "home.ContactPage",
        "home.IntegrityDeclarationPage",
        "home.PlansPage",
        "news.NewsPage",
        "procurement.AnnualPlanPage",
        "procurement.MonthlySummaryPage",
        "procurement.NoticePage",
        "procurement.AwardPage",
        "procurement.ContractPage",
        "procurement.ProcurementPage",
        "home.OtherPage",
    ]
    content_panels = [*Page.content_panels, FieldPanel("category")]

    class Meta:
        verbose_name = _("category page")

    @classmethod
    def in_order(cls) -> list["CategoryPage"]:
        """Return the live category pages in the order of the policy."""
        by_category = {page.category: page for page in cls.objects.live()}
        return [by_category[code] for code in current_policy().categories if code in by_category]

    @classmethod
    def of_request(cls, request: Any) -> list["CategoryPage"]:
        """Return the live category pages, read once for *request*."""
        if not hasattr(request, "otp_category_pages"):
            request.otp_category_pages = cls.in_order()
        found: list[CategoryPage] = request.otp_category_pages
        return found

    def route(self, request, path_components):
        item = self._item(path_components[0]) if path_components else None
        if item is not None:
            return item.route(request, path_components[1:])
        return super().route(request, path_components)

    def _item(self, slug: str) -> Any:
        """Return the item at *slug* with its unit, or None if there is none."""
        models = [
            model for model in governed_models() if model.disclosure_category == self.category
        ]
        if len(models) > 1:
            child = self.get_children().filter(slug=slug).order_by()
            kinds = child.values_list("content_type", flat=True)[:1]
            found = {ContentType.objects.get_for_id(kind).model_class() for kind in kinds}
            models = [model for model in models if model in found]
        for model in models:
            items = model._default_manager.child_of(self).filter(slug=slug).order_by()
            for item in items.select_related("owning_unit")[:1]:
                return item
        return None

    @property
    def local_title(self) -> str:
        """Return the category's name in the reader's language, as the policy writes it."""
        return label_of("categories", self.category)

    @property
    def feed_slug(self) -> str:
        """Return the name of the category's feed."""
        return self.category.replace("_", "-")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        units = units_of(self.category)
        # What no item has is passed over: an old or broken link shows the whole list.
        unit = request.GET.get("unit", "")
        context["unit"] = unit if unit in dict(units) else ""
        context["year"] = _number(request.GET.get("year"))
        context["units"] = units
        context["list"] = list_page(
            self.category,
            unit=context["unit"],
            year=context["year"],
            number=_number(request.GET.get("page")) or 1,
            per_page=ITEMS_ON_PAGE,
        )
        return context


def _number(text: Any) -> int | None:
    """Return a number of a query, or None for what is none."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None
