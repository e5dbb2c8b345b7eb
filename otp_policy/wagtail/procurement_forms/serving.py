"""
Gives a live form away as a file, at an address below its page: `csv/`, `xlsx/`, `pdf/`.

The page itself decides whether there is anything to give: what serves the page serves the file,
with the same headers, and only from the live rows of an open publication.
"""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from wagtail.url_routing import RouteResult

from .exports import FORMATS, exported, offered_formats


class GivesFilesMixin(models.Model):
    """
    A page with a `record()` that can be had as a file.

    A model, so that it stands between the page type and Wagtail's page, and is asked first.
    """

    # How the files are called, before the period and the ending.
    file_stem: ClassVar[str] = "procurement"

    class Meta:
        abstract = True

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        if self.live and len(path_components) == 1 and path_components[0] in FORMATS:
            return RouteResult(self, kwargs={"file": path_components[0]})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, file: str = "", **kwargs: Any) -> Any:
        if not file:
            return super().serve(request, *args, **kwargs)
        if file not in offered_formats() or not self.has_record():
            raise Http404
        return file_response(self, file)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        # A prior version, or a draft in its preview, is no approved live text: it gives no files.
        is_live = self.live and not getattr(self, "served_version", None)
        is_preview = getattr(request, "is_preview", False)
        context["downloads"] = downloads(self) if is_live and not is_preview else []
        return context

    def file_period(self) -> str:
        """Return the month or the fiscal year, as the name of a file has it."""
        record = self.record()
        return str(getattr(record, "month", None) or record.fiscal_year)


def file_response(page: Any, file: str) -> HttpResponse:
    """Return the live form as a file."""
    form = FORMATS[file]
    response = HttpResponse(exported(page, file), content_type=form.content_type)
    name = f"{page.file_stem}-{page.file_period()}.{file}"
    response["Content-Disposition"] = content_disposition_header(not form.is_shown, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


def downloads(page: Any) -> list[dict[str, Any]]:
    """Return the files that *page* gives away: address, type, and size in bytes."""
    if not page.has_record():
        return []
    url = page.get_url() or "/"
    return [
        {
            "url": f"{url}{name}/",
            "label": FORMATS[name].label,
            "content_type": FORMATS[name].content_type.partition(";")[0],
            "size": len(exported(page, name)),
        }
        for name in offered_formats()
    ]
