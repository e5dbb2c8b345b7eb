"""URLs: the admin, files, and the public tree, Thai at / and English at /en/."""

from collections.abc import Callable

from django.conf.urls.i18n import i18n_patterns
from django.http.response import HttpResponseBase
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from otp_policy.wagtail import media_urls, public_urls
from otp_policy.wagtail.disclosure import api
from otp_policy.wagtail.disclosure import urls as disclosure_urls
from otp_policy.wagtail.information_requests import urls as request_urls
from otp_policy.wagtail.monitoring import public_urls as report_urls
from otp_policy.wagtail.page_cache.marks import same_for_everybody
from otp_policy.wagtail.procurement_forms import ocds_urls
from otp_policy.wagtail.sitemaps import sitemap_of_site

from .health import healthz, readyz
from .views import Statement, contact


def _statement(name: str) -> Callable[..., HttpResponseBase]:
    return same_for_everybody(Statement.as_view(template_name=f"otp_site/{name}.html"))


urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Never straight from the disk: a file is private until an item with it is live.
    path("", include(media_urls)),
    path("sitemap.xml", sitemap_of_site),
    path("healthz/", healthz),
    path("readyz/", readyz),
    *api.urlpatterns,
    *ocds_urls.packages,
]

urlpatterns += i18n_patterns(
    path("accessibility/", _statement("accessibility")),
    path("privacy/", _statement("privacy")),
    path("contact/", contact),
    path("", include(public_urls)),
    path("", include(disclosure_urls)),
    path("", include(report_urls)),
    *ocds_urls.pages,
    path("information-requests/", include(request_urls)),
    path("search/", include("otp_policy.wagtail.search.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
