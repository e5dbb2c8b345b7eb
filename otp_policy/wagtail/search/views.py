"""The public search page; it needs no JavaScript, and every state of it has an address."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.paginator import Page as PageOfResults
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.models import Page

from otp_policy.thai_text.queries import LONGEST_QUERY, MOST_PARTS
from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import label_of

from .conf import information_request_url
from .limits import SECONDS, may_search
from .public_index import DOCUMENT
from .public_search import FACETS, Search, Shown, search, show, suggestion

ON_A_PAGE = 10
_FACET_LABELS = {
    "category": _("Category"),
    "fiscal_year": _("Fiscal year"),
    "unit": _("Division"),
    "kind": _("Kind"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, and the address that chooses it, or drops it if it is chosen."""

    label: str
    count: int
    query_string: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values, the commonest first."""

    label: str
    choices: list[Choice]


@dataclass(frozen=True, slots=True)
class Result:
    """A result with where it stands and where it leads."""

    shown: Shown
    url: str
    is_document: bool
    item_title: str
    item_url: str
    category: str
    unit: str
    kind: str
    fiscal_year: int


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what the public may find, in the reader's language."""
    # One letter more than is asked for tells that some were left out.
    text = request.GET.get("q", "").replace("\x00", "").strip()[: LONGEST_QUERY + 1]
    filters = {name: request.GET.get(name, "")[:100] for name in FACETS}
    is_limited = bool(text) and not may_search(request)
    answer = search("" if is_limited else text, filters=filters)
    page = Paginator(answer.found, ON_A_PAGE).get_page(request.GET.get("page"))
    _tell_counting(request, text, answer)
    names = _Names()
    meant = suggestion(text) if answer.query and not _found_words(answer) else None
    response = TemplateResponse(
        request,
        "otp_policy_search/search.html",
        {
            # A masthead need not offer a second box beside the page's own.
            "is_search_page": True,
            "q": text[:LONGEST_QUERY],
            "is_limited": is_limited,
            "longest_query": LONGEST_QUERY,
            "most_words": MOST_PARTS,
            "answer": answer,
            "page_of_results": page,
            "results": _results(answer, page, names),
            "facets": [_facet(request, answer, name, filters, names) for name in FACETS],
            "has_filters": any(filters.values()),
            "suggestion": meant,
            "suggestion_query": QueryDict(mutable=True) if meant is None else _query(q=meant),
            "unfiltered_query": _query(q=text),
            "previous_query": _turned(request, page, -1),
            "next_query": _turned(request, page, 1),
            "information_request_url": information_request_url(),
        },
    )
    if request.GET:
        response["X-Robots-Tag"] = "noindex"
    if is_limited:
        response.status_code = 429
        response["Retry-After"] = str(SECONDS)
    return response


def _tell_counting(request: HttpRequest, text: str, answer: Search) -> None:
    """Leave the words and the number of results with the request, once for each search."""
    turned_or_narrowed = any(request.GET.get(name) for name in ("page", *FACETS))
    if answer.query and not turned_or_narrowed:
        number = answer.counts["kind"].total() if answer.counts else 0
        request.otp_policy_search = (text[:LONGEST_QUERY], number)


def _found_words(answer: Search) -> bool:
    return bool(answer.counts and answer.counts["kind"].total()) and not answer.by_letters


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()


def _turned(request: HttpRequest, page: PageOfResults, step: int) -> str:
    number = page.number + step
    if not 1 <= number <= page.paginator.num_pages:
        return ""
    query = request.GET.copy()
    query["page"] = str(number)
    return query.urlencode()


class _Names:
    """What the codes are called, in the reader's language; each table is read once."""

    def __init__(self) -> None:
        self._units = {unit.code: str(unit) for unit in Unit.objects.all()}

    def of(self, facet: str, value: str) -> str:
        """Return what a value of a facet is called."""
        if facet == "category":
            return label_of("categories", value)
        if facet == "unit":
            return self._units.get(value, value)
        if facet == "kind":
            return _kind(value)
        return value


def _kind(value: str) -> str:
    if value == DOCUMENT:
        return str(_("Document"))
    try:
        return str(capfirst(apps.get_model(value)._meta.verbose_name))
    except LookupError:
        return value


def _facet(
    request: HttpRequest, answer: Search, name: str, filters: dict[str, str], names: _Names
) -> Facet:
    counted = answer.counts.get(name, {})
    by_newest = name == "fiscal_year"
    order = sorted(
        counted.items(), key=lambda entry: entry[0] if by_newest else (-entry[1], entry[0])
    )
    choices = []
    for value, count in reversed(order) if by_newest else order:
        chosen = filters[name] == value
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if not chosen:
            query[name] = value
        choices.append(Choice(names.of(name, value), count, query.urlencode(), chosen))
    return Facet(str(_FACET_LABELS[name]), choices)


def _results(answer: Search, page: PageOfResults, names: _Names) -> list[Result]:
    in_english = (get_language() or "th").startswith("en")
    shown = show(answer, list(page.object_list), in_english=in_english)
    pages = {
        row.pk: row for row in Page.objects.filter(pk__in={one.found.page_id for one in shown})
    }
    files = _documents({one.found.file_id for one in shown if one.found.file_id})
    titles = _english_titles(shown) if in_english else {}
    return [
        _result(one, pages[one.found.page_id], files.get(one.found.file_id), names, titles)
        for one in shown
        if one.found.page_id in pages
    ]


def _documents(keys: set[int]) -> dict[int, Any]:
    return get_document_model()._default_manager.in_bulk(keys) if keys else {}


def _english_titles(shown: list[Shown]) -> dict[int, str]:
    from .models import PublicText

    keys = {one.found.page_id for one in shown if one.found.file_id}
    if not keys:
        return {}
    rows = PublicText.objects.filter(page_id__in=keys, file_id=None, part=0)
    return dict(rows.exclude(shown_title_en="").values_list("page_id", "shown_title_en"))


def _result(one: Shown, page: Any, document: Any, names: _Names, titles: dict[int, str]) -> Result:
    url = page.get_url() or "/"
    return Result(
        shown=one,
        url=document.url if document is not None else url,
        is_document=one.found.file_id is not None,
        item_title=titles.get(page.pk, page.title),
        item_url=url,
        category=names.of("category", one.found.category),
        unit=names.of("unit", one.found.unit),
        kind=names.of("kind", one.found.kind),
        fiscal_year=one.found.fiscal_year,
    )
