"""
Where a live governed page stands, who may read it, and what else answers at its address.

An approval is for a text that all may read at its address. Moving the page or a section above it,
a password on it, another root of the site, or a redirect would change that without an approval.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractPage, Page, Site

from .. import whole_saves
from ..messages import under_step
from ..models import Publication, is_governed
from ..refusals import PolicyRefusal
from . import tombstones
from .governed_live import first_at_or_below, is_live_governed

STANDS_WHERE_PUBLISHED = under_step(
    _(
        "“%(page)s” is live at its address. Take it down first; it goes live again with a new "
        "approval."
    ),
    "withdraw",
)
ADDRESS_IS_TAKEN = under_step(
    _(
        "“%(page)s” was published at this address, which tells the public of it. Give the "
        "redirect another address."
    ),
    "withdraw",
)

REDIRECT_IN_THE_WAY = under_step(
    _("A redirect to another place lies at the address of this item. Delete the redirect first."),
    "publish",
)


def _refuse(title: str, page: Any, sentence: Any = STANDS_WHERE_PUBLISHED) -> None:
    raise PolicyRefusal(title, also=[str(sentence) % {"page": page.title}])


def refuse_deletion(page: Any) -> None:
    """Refuse to delete a page at or below which an item is live, or tells of its withdrawal."""
    _refuse_live(page)
    tombstones.refuse_deletion(page)


def refuse_other_address(page: Any) -> None:
    """Refuse what gives such an item at or below *page* another address (annex 1 step 5)."""
    _refuse_live(page)
    tombstones.keep(page)


def _refuse_live(page: Any) -> None:
    found = first_at_or_below(page.pk)
    if found is not None:
        _refuse(page.title, found)


def guard_deletion(sender, instance: Any, **kwargs) -> None:
    """Refuse the deletion of a live or withdrawn governed page, whatever it is deleted by."""
    if not isinstance(instance, AbstractPage):
        return
    if is_live_governed(instance.pk):
        _refuse(instance.title, instance)
    tombstones.keep_row(instance)


def guard_move(sender, instance: Any, url_path_before: str, url_path_after: str, **kwargs) -> None:
    """Refuse a move that gives such an item another address; sorting is free."""
    if url_path_before != url_path_after:
        refuse_other_address(instance)


def guard_address(sender, instance: Any, update_fields=None, raw: bool = False, **kwargs) -> None:
    """Refuse another slug for such an item, and for a section above it."""
    if not isinstance(instance, AbstractPage) or instance.pk is None:
        return
    if raw and sender._meta.get_field("slug") not in sender._meta.local_fields:
        return  # a fixture of a page's own table leaves the slug alone
    if update_fields is not None and not {"slug", "url_path"} & set(update_fields):
        return
    slug = _stored_slug(instance.pk)
    if slug is not None and slug != instance.slug:
        refuse_other_address(instance)


def _stored_slug(page_id: int) -> str | None:
    # By key: an object made in memory overwrites the stored row too.
    under_way = whole_saves.under_way(page_id)
    if under_way is not None:
        return under_way.stored_slug
    return Page.objects.filter(pk=page_id).order_by().values_list("slug", flat=True).first()


def guard_privacy(sender, instance: Any, origin: Any = None, **kwargs) -> None:
    """Refuse to set, change or lift who may read a live governed page."""
    # With its page a restriction goes, and the deletion of the page is judged by itself.
    if isinstance(origin, AbstractPage):
        return
    stored = type(instance)._default_manager.filter(pk=instance.pk or 0).first()
    for page_id in (instance.page_id, stored.page_id if stored else None):
        found = first_at_or_below(page_id)
        if found is not None:
            _refuse(found.title, found)


def guard_privacy_groups(sender, instance: Any, action: str, **kwargs) -> None:
    """Refuse other groups of readers for a live governed page."""
    if action.startswith("pre_") and hasattr(instance, "page"):
        guard_privacy(type(instance), instance)


def guard_site(sender, instance: Site, **kwargs) -> None:
    """Refuse a site root that puts live governed pages on show, or takes them away."""
    stored = Site.objects.filter(pk=instance.pk or 0).first()
    if stored is not None and stored.root_page_id == instance.root_page_id:
        return
    for root_id in (instance.root_page_id, stored.root_page_id if stored else None):
        _refuse_site(instance, root_id)
    if stored is not None:
        tombstones.keep(stored.root_page)


def guard_site_deletion(sender, instance: Site, **kwargs) -> None:
    """Refuse to delete a site that shows live governed pages."""
    _refuse_site(instance, instance.root_page_id)
    tombstones.keep(instance.root_page)


def _refuse_site(site: Site, root_id: int | None) -> None:
    found = first_at_or_below(root_id)
    if found is not None:
        _refuse(site.hostname, found)


def guard_redirect(sender, instance: Any, **kwargs) -> None:
    """Refuse a redirect at the address of an item that was ever published there."""
    page = page_redirected_from(instance)
    if page is not None:
        _refuse(instance.old_path, page, ADDRESS_IS_TAKEN)


def page_redirected_from(redirect: Any) -> Any:
    """Return the item in whose place *redirect* would answer, or None."""
    pages = Page.objects.filter(url_path__in=_addresses(redirect))
    for page in pages.exclude(pk=redirect.redirect_page_id or 0):
        if is_governed(page) and Publication.objects.filter(page_id=page.pk).exists():
            return page
    return None


def address_is_taken(page: Any) -> str:
    """Say why no redirect may lie at the address of *page*, and what to do."""
    return str(ADDRESS_IS_TAKEN) % {"page": page.title}


def _addresses(redirect: Any) -> set[str]:
    """Return the paths in the tree that the redirect's path stands for, languages included."""
    path = redirect.normalise_path(redirect.old_path).split("?")[0].split(";")[0]
    parts = path.strip("/").split("/")
    paths = {path}
    if parts[0] in dict(settings.LANGUAGES):
        paths.add("/" + "/".join(parts[1:]))
    sites = [redirect.site] if redirect.site_id else Site.objects.select_related("root_page")
    roots = [site.root_page.url_path.rstrip("/") for site in sites]
    return {f"{root}{path.rstrip('/')}/" for root in roots for path in paths}


def is_redirected(page: Any) -> bool:
    """Tell whether a redirect lies at the address of *page* and leads elsewhere."""
    if "wagtail.contrib.redirects" not in settings.INSTALLED_APPS:
        return False
    from wagtail.contrib.redirects.models import Redirect

    address = page.get_url()
    if not address:
        return False
    found = Redirect.objects.filter(old_path=Redirect.normalise_path(address))
    return any(target != page.pk for target in found.values_list("redirect_page_id", flat=True))
