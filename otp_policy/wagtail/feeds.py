"""The Atom feed of what was published and corrected last: of everything, or of one category."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import Min
from django.http import Http404, HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .conf import current_policy, office_name, public_base_url
from .listing import ListedItem, latest_items
from .models import Publication
from .models.choices import label_of

ENTRIES = 50


class PublicationsFeed(Feed):
    """
    The latest items that are live, each under an id that its corrections keep.

    A category is named by its code, with hyphens; another answers with 404.
    """

    feed_type = Atom1Feed
    subtitle = gettext_lazy("What was published or corrected last.")

    def get_object(self, request: HttpRequest, category: str = "") -> dict[str, Any]:
        code = category.replace("-", "_")
        if code and code not in current_policy().categories:
            raise Http404
        items = latest_items(category=code, limit=ENTRIES)
        first = Publication.objects.filter(page_id__in=[item.page.pk for item in items])
        dates = first.order_by().values_list("page_id").annotate(Min("at"))
        return {"category": code, "items": items, "first": dict(dates), "request": request}

    def title(self, found: dict[str, Any]) -> str:
        if not found["category"]:
            return office_name()
        return f"{label_of('categories', found['category'])} · {office_name()}"

    def link(self, found: dict[str, Any]) -> str:
        return str(found["request"].path).partition("feed/")[0]

    def feed_guid(self, found: dict[str, Any]) -> str:
        return f"{public_base_url()}{found['request'].path}"

    def author_name(self, found: dict[str, Any]) -> str:
        return office_name()

    def items(self, found: dict[str, Any]) -> list[tuple[ListedItem, datetime]]:
        return [(item, found["first"][item.page.pk]) for item in found["items"]]

    def item_title(self, entry: tuple[ListedItem, datetime]) -> str:
        return entry[0].local_title["text"]

    def item_description(self, entry: tuple[ListedItem, datetime]) -> str:
        # Atom readers take it for HTML; without one, they show the address.
        return escape(entry[0].local_summary["text"] or _("No summary is given."))

    def item_link(self, entry: tuple[ListedItem, datetime]) -> str:
        return str(entry[0].page.get_url() or "/")

    def item_guid(self, entry: tuple[ListedItem, datetime]) -> str:
        host = public_base_url().partition("://")[2].partition(":")[0]
        return f"tag:{host},{entry[1]:%Y-%m-%d}:item-{entry[0].page.pk}"

    def item_pubdate(self, entry: tuple[ListedItem, datetime]) -> datetime:
        return entry[1]

    def item_updateddate(self, entry: tuple[ListedItem, datetime]) -> datetime:
        at: datetime = entry[0].publication.at
        return at

    def item_author_name(self, entry: tuple[ListedItem, datetime]) -> str:
        return entry[0].owning_unit

    def item_categories(self, entry: tuple[ListedItem, datetime]) -> list[str]:
        return [label_of("categories", entry[0].category)]
