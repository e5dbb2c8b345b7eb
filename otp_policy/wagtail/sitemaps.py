"""The sitemap: the frame of the site and every live item, in each language."""

from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from wagtail.models import Page, Site

from .listing import public_addresses
from .models import is_governed
from .page_cache.marks import same_for_everybody
from .readable import reach_of_everybody

Address = tuple[str, datetime | None]


class PublicPages(Sitemap):
    """
    The pages that everybody may read.

    An item is listed by its publication; of what is not governed, what is live and unrestricted.
    """

    i18n = True
    alternates = True
    x_default = True

    def __init__(self, site: Site) -> None:
        self.root = site.root_page
        self.languages = [code for code, _name in settings.LANGUAGES]

    def items(self) -> list[Address]:
        below = self.root.url_path
        return [*self._frame(), *(one for one in public_addresses() if one[0].startswith(below))]

    def location(self, item: Address) -> str:
        return reverse("wagtail_serve", args=(item[0][len(self.root.url_path) :],))

    def lastmod(self, item: Address) -> datetime | None:
        return item[1]

    def _frame(self) -> list[Address]:
        below = self.root.get_descendants(inclusive=True).live()
        is_reached = reach_of_everybody()
        pages: list[Page] = list(below)
        return [
            (page.url_path, page.last_published_at)
            for page in pages
            if not is_governed(page) and is_reached(page.path)
        ]


@same_for_everybody
def sitemap_of_site(request: HttpRequest) -> HttpResponse:
    """Serve the sitemap of the site that is asked for."""
    site = Site.find_for_request(request)
    pages = {"pages": PublicPages(site)} if site else {}
    answer: HttpResponse = sitemap(request, pages)
    return answer
