"""The pages of the site that are no items: statements about it, and the way to the contact."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.generic import TemplateView

from home.models import CategoryPage, ContactPage
from otp_policy.wagtail.models import Publication

from .templatetags.otp_site_tags import local_url


class Statement(TemplateView):
    """A page whose text is a template of the site, which an office may override."""

    http_method_names = ["get", "head", "options"]


def contact(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Lead to the live contact page, or to the basic information where there is none yet."""
    published = Publication.objects.filter(ended_at=None).values("page_id")
    page = ContactPage.objects.live().public().filter(pk__in=published).first()
    found = page or CategoryPage.objects.live().filter(category="basic_information").first()
    url = found.get_url(request) if found else None
    return HttpResponseRedirect(url or local_url(""))
