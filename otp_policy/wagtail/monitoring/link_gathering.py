"""Keeps which public item links to what, by the text that is live."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from wagtail.models import Page

from otp_policy.wagtail.models import Publication
from otp_policy.wagtail.readable import readable_pages

from .link_targets import key_of, targets_of
from .models import ItemLink, LinkTarget

__all__ = ["gather_all", "gather_item"]

_BATCH = 200


def gather_all() -> Iterator[int]:
    """Keep the links of every public item, and yield how many items were read, batch by batch."""
    keys = list(_public_items().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        _keep(batch, _public_items().filter(pk__in=batch).specific())
        yield len(batch)
    with transaction.atomic():
        ItemLink.objects.exclude(page_id__in=_public_items().values("pk")).delete()
        LinkTarget.objects.filter(items=None).delete()


def gather_item(page_id: int) -> None:
    """Keep the links of one item; none, if it is not public."""
    _keep([page_id], _public_items().filter(pk=page_id).specific())


def _public_items() -> Any:
    live = Publication.objects.filter(ended_at=None).values("page_id")
    return readable_pages().filter(pk__in=live)


def _keep(keys: list[int], pages: Iterable[Page]) -> None:
    wanted = {(page.pk, key_of(target)): target for page in pages for target in targets_of(page)}
    targets = {key: target for (_page, key), target in wanted.items()}
    with transaction.atomic():
        LinkTarget.objects.bulk_create(
            [LinkTarget(key=key, url=url) for key, url in targets.items()], ignore_conflicts=True
        )
        found = dict(LinkTarget.objects.filter(key__in=targets).values_list("key", "pk"))
        links = {(page, found[key]) for page, key in wanted}
        had = ItemLink.objects.filter(page_id__in=keys)
        gone = [row.pk for row in had if (row.page_id, row.target_id) not in links]
        ItemLink.objects.filter(pk__in=gone).delete()
        ItemLink.objects.bulk_create(
            [ItemLink(page_id=page, target_id=target) for page, target in sorted(links)],
            ignore_conflicts=True,
        )
