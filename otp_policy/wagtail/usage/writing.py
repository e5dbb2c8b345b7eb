"""Writes counts down: finds which page an address is, and adds to the rows of the day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import override
from wagtail.models import Page, Site

from otp_policy.wagtail.models import DisclosurePageMixin, FileUse

from .models import Kind, Use
from .noticing import Noticed

__all__ = ["add", "write"]

Row = tuple[date, str, int, str, str]
_ROWS_AT_ONCE = 100
_IS_OF_WORDS = (Kind.SEARCH, Kind.FOUND_NOTHING)
_COLUMNS = ("day", "kind", "page_id", "name", "category", "number")
_UNIQUE = ("day", "kind", "page_id", "name")


def write(counts: Mapping[tuple[date, Noticed], int]) -> int:
    """
    Add *counts* to the rows of their days, and return how many rows were written.

    Addresses that are neither a page nor one of the site's own are dropped: whatever somebody
    asked for must not end up in a report.
    """
    places = _Places(thing for _day, thing in counts)
    rows: Counter[Row] = Counter()
    for (day, thing), number in counts.items():
        place = places.of(thing)
        if place is not None:
            page_id, name, category = place
            rows[day, str(thing.kind), page_id, name, category] += number
    add(rows)
    return len(rows)


def add(rows: Mapping[Row, int]) -> None:
    """Add to the rows that there are, and make those that there are not."""
    table = connection.ops.quote_name(Use._meta.db_table)
    one = f"({', '.join(['%s'] * len(_COLUMNS))})"
    # In one order, so that two processes that write the same days never wait for each other.
    ordered = sorted(rows.items())
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(ordered), _ROWS_AT_ONCE):
            part = ordered[start : start + _ROWS_AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(_COLUMNS)}) VALUES {', '.join([one] * len(part))}"
                f" ON CONFLICT ({', '.join(_UNIQUE)})"
                f" DO UPDATE SET number = {table}.number + EXCLUDED.number",
                [value for row, number in part for value in (*_adapted(row), number)],
            )


def _adapted(row: Row) -> tuple[object, ...]:
    return connection.ops.adapt_datefield_value(row[0]), *row[1:]


class _Places:
    """What the addresses of some counts are: asked of the database together."""

    def __init__(self, things: Iterable[Noticed]) -> None:
        asked = {thing for thing in things if thing.kind not in _IS_OF_WORDS}
        self._roots = _roots()
        paths = {self._tree_path(thing) for thing in asked}
        above = {path.rstrip("/").rpartition("/")[0] + "/" for path in paths}
        found = Page.objects.filter(url_path__in=paths | above, live=True)
        self._pages = {
            path: (key, _category(content_type))
            for path, key, content_type in found.values_list("url_path", "pk", "content_type_id")
        }
        self._documents = _items_of_documents(asked)

    def of(self, thing: Noticed) -> tuple[int, str, str] | None:
        """Return the page, the name and the category, or None of what is not counted."""
        if thing.kind in _IS_OF_WORDS:
            return Use.NO_PAGE, thing.name, ""
        path = self._tree_path(thing)
        if thing.kind is Kind.DOWNLOAD:
            return self._of_file(thing, path)
        if path in self._pages:
            return self._pages[path][0], thing.name, self._pages[path][1]
        return (Use.NO_PAGE, thing.name, "") if _is_own(thing.name) else None

    def _of_file(self, thing: Noticed, path: str) -> tuple[int, str, str] | None:
        document = _document_of(thing.name)
        if document is not None:
            page_id = self._documents.get(document, Use.NO_PAGE)
            return page_id, thing.name, self._category_of(page_id)
        # A form as a file lies below its page.
        above = path.rstrip("/").rpartition("/")[0] + "/"
        if above in self._pages:
            return self._pages[above][0], thing.name, self._pages[above][1]
        return (Use.NO_PAGE, thing.name, "") if _is_own(thing.name) else None

    def _category_of(self, page_id: int) -> str:
        key = Page.objects.filter(pk=page_id).values_list("content_type_id", flat=True).first()
        return _category(key) if key else ""

    def _tree_path(self, thing: Noticed) -> str:
        root = self._roots.get(thing.host.partition(":")[0], self._roots.get("", "/"))
        return root + thing.name.strip("/") + ("/" if thing.name.strip("/") else "")


def _roots() -> dict[str, str]:
    """Return the path of the root page of each host; that of the default site without a name."""
    rows = Site.objects.values_list("hostname", "root_page__url_path", "is_default_site")
    roots: dict[str, str] = {}
    for host, path, is_default in rows:
        roots[host] = path
        if is_default:
            roots[""] = path
    return roots


def _category(content_type: int) -> str:
    model = ContentType.objects.get_for_id(content_type).model_class()
    governed = model is not None and issubclass(model, DisclosurePageMixin)
    return model.disclosure_category if governed else ""


def _items_of_documents(things: Iterable[Noticed]) -> dict[int, int]:
    keys = {key for thing in things if (key := _document_of(thing.name)) is not None}
    if not keys:
        return {}
    rows = FileUse.objects.filter(file_id__in=keys, model__iendswith="document")
    return dict(rows.values_list("file_id", "page_id"))


def _document_of(path: str) -> int | None:
    match = _match(path)
    if match is None or match.url_name != "wagtaildocs_serve":
        return None
    return int(match.args[0])


def _is_own(path: str) -> bool:
    """Tell whether *path* is one of the site's own pages, with nothing in it that varies."""
    match = _match(path)
    if match is None or match.url_name == "wagtail_serve":
        return False
    return not match.args and not match.kwargs


def _match(path: str) -> ResolverMatch | None:
    try:
        # Names of views are told by their first language's addresses, which have no prefix.
        with override(settings.LANGUAGE_CODE):
            return resolve(path)
    except Resolver404:
        return None
