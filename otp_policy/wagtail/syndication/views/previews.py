"""An item as the readers of each channel will see it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from otp_policy.wagtail.adapters import as_drafted
from otp_policy.wagtail.views.access import item_page

from ..previews import previews_of


@require_GET
def preview(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show the latest draft on every channel, with every limit that it breaks."""
    page = item_page(request, page_id)
    context = {"page": page, "previews": previews_of(as_drafted(page))}
    return render(request, "otp_policy/channels/preview.html", context)
