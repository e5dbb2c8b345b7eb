"""
Takes a site that is live already under the measures, as it stands, by an order.

Every governed page that is live without a publication gets a baseline: an approval of a kind of
its own, its publication, and a row in the ledger with its digest. One row for each page, so that
an exported ledger alone says which text was taken over. What stood in the way of the gate (an end
of its own, an alias that follows its source) is lifted, and the same row says so.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from .conf import current_policy
from .digest import CURRENT_RECIPE, item_digest
from .file_uses import uses_of
from .gate.governed_live import live_governed
from .held import NOTHING_HELD, as_row, held_of_those_who_answer
from .models import Adoption, Approval, Contribution, FileUse, Publication
from .recording import record, record_many

BATCH = 200
_FREE = {"go_live_at": None, "expire_at": None, "alias_of": None}
_SHOWN = 20


class AdoptionRefusedError(ValueError):
    """Raised with a sentence that says why nothing was taken over, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order, and who carries it out, if an account is named."""

    number: str
    on: date | None = None
    by: Any = None


@dataclass(slots=True)
class Baseline:
    """One page as it is taken over: its text, and what had to be lifted."""

    page: Any
    digest: str
    revision: Revision
    is_new_revision: bool
    lifted: dict[str, str] = field(default_factory=dict)


def waiting() -> Any:
    """Return the governed pages that are live without a publication."""
    published = Publication.objects.filter(ended_at=None).values("page_id")
    return live_governed().exclude(pk__in=published).order_by("pk")


def adopt(
    order: Order,
    *,
    pages: Iterable[int] = (),
    again: bool = False,
    said: Callable[[str], None] = lambda line: None,
) -> int:
    """
    Take over what is live without a publication, and return how many pages that were.

    Each batch is a transaction: interrupted, the same order goes on where it stopped.

    Args:
        pages: Only these, by key; default: all.
        again: Also after the site came under the measures, when a page that is live without a
            publication is a finding of the audit.
        said: Told a line about each page from which something was lifted.

    Raises:
        AdoptionRefusedError: If the order was carried out before, or the site is under the
            measures already and neither *again* nor *pages* was given.
    """
    keys = sorted(set(pages))
    refuse_if_impossible(order, keys, again=again)
    if not waiting().exists():
        return 0
    adoption = _begin(order, keys)
    count = sum(_adopt(adoption, order, batch, said) for batch in _batches(keys))
    with transaction.atomic():
        adoption.ended_at = timezone.now()
        adoption.save()
        # Earlier runs of an interrupted order count as well.
        total = Approval.objects.filter(kind=Approval.Kind.BASELINE, order=order.number).count()
        record("end_adoption", user=order.by, order=order.number, pages=total)
    return count


def refuse_if_impossible(order: Order, keys: list[int], *, again: bool) -> None:
    """Raise `AdoptionRefusedError` with every reason against the order."""
    reasons = []
    if not order.number.strip() or len(order.number) > 64:
        reasons.append(_("The order needs its number, of at most 64 characters."))
    if strange := sorted(set(keys) - set(waiting().values_list("pk", flat=True))):
        reasons.append(
            _("These are no live governed pages without a publication: %(pages)s.")
            % {"pages": ", ".join(map(str, strange[:_SHOWN]))}
        )
    earlier = Adoption.objects.filter(order=order.number).first()
    if waiting().exists() and earlier is not None and earlier.ended_at is not None:
        reasons.append(
            _(
                "Order %(order)s was carried out on %(day)s. Pages that are live without a "
                "publication since then need an order of their own."
            )
            % {"order": order.number, "day": timezone.localtime(earlier.ended_at).date()}
        )
    elif not (keys or again) and waiting().exists() and _is_under_the_measures(order):
        reasons.append(
            _(
                "The site is under the measures already, so a page that is live without a "
                "publication is a finding: see otp_audit. To take such pages over by this order "
                "all the same, name them with --pages, or all of them with --again. "
                "Pages: %(pages)s."
            )
            % {"pages": ", ".join(map(str, waiting().values_list("pk", flat=True)[:_SHOWN]))}
        )
    if reasons:
        raise AdoptionRefusedError(" ".join(reasons))


def _is_under_the_measures(order: Order) -> bool:
    own = {"approval__kind": Approval.Kind.BASELINE, "approval__order": order.number}
    return Publication.objects.exclude(**own).exists()


def _begin(order: Order, keys: list[int]) -> Adoption:
    with transaction.atomic():
        adoption, made = Adoption.objects.get_or_create(
            order=order.number,
            defaults={"order_on": order.on, "by": order.by, "begun_at": timezone.now()},
        )
        record(
            "begin_adoption",
            user=order.by,
            **_capacity(order),
            order_on=order.on.isoformat() if order.on else "",
            goes_on=not made,
            chosen=keys[:1000],
        )
    return adoption


def _capacity(order: Order) -> dict[str, str]:
    held = held_of_those_who_answer(order.by) or NOTHING_HELD
    # The order is the one that the adoption rests on, whatever the official acts by otherwise.
    return {**as_row(held), "order": order.number}


def _batches(keys: list[int]) -> Iterator[list[int]]:
    """Yield the keys of what waits, a batch at a time; nothing is held in memory beside it."""
    after = 0
    chosen = waiting().filter(pk__in=keys) if keys else waiting()
    while batch := list(chosen.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        after = batch[-1]
        yield batch


@transaction.atomic
def _adopt(adoption: Adoption, order: Order, keys: list[int], said: Callable[[str], None]) -> int:
    # Locked, and asked again: an editor may have taken a page down meanwhile.
    locked = Page.objects.select_for_update().filter(pk__in=keys, live=True)
    still = set(locked.values_list("pk", flat=True))
    now = timezone.now()
    # Newest first would change the order of the ledger; by key, it can be read beside the list.
    pages = Page.objects.filter(pk__in=still).order_by("pk").specific()
    found = _with_revisions([page for page in pages], now)
    _note_contributors([one.page for one in found])
    _open_publications(order, found, now)
    record_many("adopt", user=order.by, rows=[_row(order, one) for one in found])
    _lift(found)
    for one in found:
        for name, value in one.lifted.items():
            said(f"{one.page.pk} “{one.page.title}”: {name} {value}")
    return len(found)


def _row(order: Order, one: Baseline) -> dict[str, Any]:
    return {
        "page_id": one.page.pk,
        "digest": one.digest,
        "order": order.number,
        "title": one.page.title,
        "revision": one.revision.pk,
        "lifted": one.lifted,
    }


def _with_revisions(pages: list[Any], now: datetime) -> list[Baseline]:
    """Return the pages with a revision that holds what is live; those without one get it."""
    stored = Revision.objects.in_bulk([page.live_revision_id for page in pages])
    found = [_baseline(page, stored.get(page.live_revision_id), now) for page in pages]
    made = [one.revision for one in found if one.is_new_revision]
    # No signal: nobody contributed to a text by taking it over, and it is no draft.
    Revision.objects.bulk_create(made)
    return found


def _baseline(page: Any, revision: Revision | None, now: datetime) -> Baseline:
    digest = item_digest(page)
    lifted = {
        name: str(value)
        for name, value in (
            ("go_live_at", page.go_live_at),
            ("expire_at", page.expire_at),
            ("alias_of", page.alias_of_id),
        )
        if value
    }
    holds = revision is not None and item_digest(revision.as_object()) == digest
    kept = revision if holds else _revision_of(page, now)
    return Baseline(page, digest, kept, is_new_revision=not holds, lifted=lifted)


def _revision_of(page: Any, now: datetime) -> Revision:
    return Revision(
        content_type=ContentType.objects.get_for_model(type(page)),
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id=str(page.pk),
        created_at=now,
        object_str=str(page),
        content=page.serializable_data(),
    )


def _note_contributors(pages: list[Any]) -> None:
    """Note who drafted what is newer than the live text: they will not approve it themselves."""
    live = {str(page.pk): page.live_revision_id or 0 for page in pages}
    types = {type(page) for page in pages}
    newer = Revision.objects.filter(
        content_type__in=ContentType.objects.get_for_models(*types).values() if types else (),
        object_id__in=live,
        user__isnull=False,
    )
    rows = newer.values_list("object_id", "pk", "user_id", "created_at")
    Contribution.objects.bulk_create(
        [
            Contribution(page_id=int(key), revision_id=revision, user_id=user, at=at)
            for key, revision, user, at in rows.iterator()
            if revision > live[key]
        ],
        ignore_conflicts=True,
    )


def _open_publications(order: Order, found: list[Baseline], now: datetime) -> None:
    held = held_of_those_who_answer(order.by) or NOTHING_HELD
    approvals = [
        Approval(
            kind=Approval.Kind.BASELINE,
            page_id=one.page.pk,
            revision_id=one.revision.pk,
            digest=one.digest,
            recipe=CURRENT_RECIPE,
            by=order.by,
            role=held.role,
            unit=held.unit,
            order=order.number,
            policy=current_policy().label,
            at=now,
        )
        for one in found
    ]
    Approval.objects.bulk_create(approvals)
    publications = [
        Publication(
            page_id=approval.page_id,
            revision_id=approval.revision_id,
            approval=approval,
            digest=approval.digest,
            recipe=approval.recipe,
            publisher=order.by,
            scheduled_at=now,
            at=now,
        )
        for approval in approvals
    ]
    Publication.objects.bulk_create(publications)
    uses = (uses_of(one.page, row) for one, row in zip(found, publications, strict=True))
    FileUse.objects.bulk_create([use for some in uses for use in some])


def _lift(found: list[Baseline]) -> None:
    """Leave no end, no schedule and no alias behind: times and texts are agreed from now on."""
    keys = [one.page.pk for one in found]
    for one in found:
        if one.is_new_revision:
            _point_to(one)
    lifted = [one.page.pk for one in found if one.lifted and not one.is_new_revision]
    Page.objects.filter(pk__in=lifted).update(**_FREE)
    scheduled = Revision.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=[str(key) for key in keys],
        approved_go_live_at__isnull=False,
    )
    scheduled.update(approved_go_live_at=None)


def _point_to(one: Baseline) -> None:
    """Make the new revision the live one, and where no draft is newer, what is edited next."""
    page, revision = one.page, one.revision
    # At once: the trigger lets neither pass while the other is as it was.
    changed: dict[str, Any] = {"live_revision": revision, **_FREE}
    if page.latest_revision_id in (None, page.live_revision_id):
        changed |= {
            "latest_revision": revision,
            "latest_revision_created_at": revision.created_at,
            "draft_title": page.title,
            "has_unpublished_changes": False,
        }
    Page.objects.filter(pk=page.pk).update(**changed)


__all__ = ["AdoptionRefusedError", "Order", "adopt", "refuse_if_impossible", "waiting"]
