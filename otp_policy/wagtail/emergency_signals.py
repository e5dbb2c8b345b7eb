"""
Tells what follows a publication that something went live in an emergency, or was ratified.

Caches and channels hang on the signals of a publication. Break-glass makes pages live by itself,
so it has to send them as well, the channels' own slots included: what those owe waits until the
emergency is ratified. A ratification changes what the public reads beside the text.
"""

from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Revision
from wagtail.signals import page_published

from .conf import current_policy
from .models import Publication, Slot
from .publishing import governed_page
from .signals import item_published, item_ratified


def tell_of_emergency(page_id: int, publication: Publication, revision: Revision) -> None:
    """Say that the page went live, to Wagtail's caches and to the channels with a slot."""
    page = governed_page(page_id)
    page_published.send(sender=type(page), instance=page, revision=revision)
    item_published.send(
        sender=type(page), page=page, publication=publication, slots=_slots(page_id)
    )


def tell_of_ratification(publication: Publication) -> None:
    """Say that the mark of the emergency has gone, and that the channels need not wait for it."""
    page = governed_page(publication.page_id)
    if page is None:
        return
    item_ratified.send(sender=type(page), page=page, publication=publication, slots=_slots(page.pk))
    if getattr(settings, "WAGTAILFRONTENDCACHE", None):
        transaction.on_commit(lambda: _purge(page))


def _slots(page_id: int) -> list[Slot]:
    """Return the confirmed slots of the channels beside the website."""
    confirmed = Slot.objects.filter(page_id=page_id, state=Slot.State.CONFIRMED)
    others = confirmed.exclude(channel=current_policy().first_channel)
    return list(others.select_related("confirmed_by"))


def _purge(page: Any) -> None:
    from wagtail.contrib.frontend_cache.utils import purge_page_from_cache

    purge_page_from_cache(page)
