"""The mixin that puts a page type under the policy."""

import unicodedata
from typing import Any, ClassVar

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import AbstractPage, get_page_models

from ..conf import office_day, public_base_url
from ..locks import PreparationLock
from ..permission_testers import DisclosurePagePermissionTester
from .evidence import Publication
from .office import CategoryWorkflow, Post, Unit

# What Wagtail keeps about a page for itself. Everything else is governed, a field that a page
# type adds tomorrow included: forgetting to list a field must not open a way round approval.
BOOKKEEPING_FIELDS = frozenset(
    [
        "pk",
        "id",
        "path",
        "depth",
        "numchild",
        "translation_key",
        "live",
        "has_unpublished_changes",
        "first_published_at",
        "last_published_at",
        "live_revision",
        "go_live_at",
        "expire_at",
        "expired",
        "locked",
        "locked_at",
        "locked_by",
        "latest_revision",
        "latest_revision_created_at",
        "draft_title",
        "url_path",
        "owner",
        "content_type",
        "page_ptr",
        "alias_of",
        "comments",
        "wagtail_admin_comments",
    ]
)

SLUG_LENGTH = 60


def ascii_slug(title: str) -> str:
    """
    Return a slug for *title* in ASCII letters; a title without any gives `item`.

    Django's own slugs drop Thai vowel and tone marks, so that different words become the same.
    """
    romanised = slugify(anyascii(unicodedata.normalize("NFC", title)))
    return romanised[:SLUG_LENGTH].strip("-") or "item"


def is_governed(page: object) -> bool:
    """Tell whether *page*, or the specific page that it stands for, is under the policy."""
    if isinstance(page, DisclosurePageMixin):
        return True
    specific = getattr(page, "specific_class", None)
    return isinstance(specific, type) and issubclass(specific, DisclosurePageMixin)


def governed_models() -> list[type["DisclosurePageMixin"]]:
    """Return the page types that are under the policy."""
    return [model for model in get_page_models() if issubclass(model, DisclosurePageMixin)]


class GovernedPageForm(WagtailAdminPageForm):
    """The editor's form: fills in the author's own unit, and an ASCII slug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if "owning_unit" in self.fields:
            self._offer_own_units()

    def _offer_own_units(self) -> None:
        held = Post.objects.in_force(office_day()).filter(user=self.for_user, unit__isnull=False)
        units = Unit.objects.filter(pk__in=held.values("unit"))
        if not self.initial.get("owning_unit") and len(units) == 1:
            self.initial["owning_unit"] = units[0].pk

    def clean(self) -> dict[str, Any]:
        data = self.data.copy()
        name = self.add_prefix("slug")
        title = data.get(self.add_prefix("title"), "")
        # What is left when the browser drops the Thai letters is no slug for the title.
        if data.get(name, "").strip("-") in ("", slugify(title)) and not title.isascii():
            slug = self._free_slug(ascii_slug(title))
            self.cleaned_data["slug"] = slug
        elif not self.cleaned_data.get("slug") and "slug" not in self.errors:
            self.cleaned_data["slug"] = self._free_slug(ascii_slug(title))
        return super().clean()

    def _free_slug(self, base: str) -> str:
        slug, number = base, 1
        while not AbstractPage._slug_is_available(slug, self.parent_page, self.instance):
            number += 1
            slug = f"{base}-{number}"
        return slug


class DisclosurePageMixin(models.Model):
    """
    Puts a page type under the policy: name it first among the bases, and set its category.

    A page type states no rule. It names its `disclosure_category`; who may do what with it, and
    what has to happen before it is public, comes from the policy file.
    """

    disclosure_category: ClassVar[str] = ""
    # Fields of a page type that the public never gets, and that need no approval therefore.
    ungoverned_fields: ClassVar[frozenset[str]] = frozenset()

    owning_unit = models.ForeignKey(
        Unit,
        verbose_name=_("owning unit"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The division that prepares this item and answers for it."),
    )
    social_text = models.TextField(
        _("text for LINE and Facebook"),
        blank=True,
        max_length=900,
        help_text=_("Left empty, the summary is used. It is approved together with the page."),
    )

    base_form_class = GovernedPageForm
    disclosure_panels: ClassVar[list] = [
        MultiFieldPanel(
            [FieldPanel("owning_unit"), FieldPanel("social_text")],
            heading=_("Publication measures"),
        )
    ]
    # Times are agreed with the channel's owner unit, never typed into the page itself.
    settings_panels: ClassVar[list] = []

    class Meta:
        abstract = True

    @classmethod
    def governed_fields(cls) -> frozenset[str]:
        """Return the names of the fields, child relations included, that approval covers."""
        names = {field.name for field in cls._meta.get_fields() if not field.auto_created}
        names |= {relation.get_accessor_name() for relation in cls._meta.related_objects}
        return frozenset(names) - BOOKKEEPING_FIELDS - cls.ungoverned_fields

    def channel_texts(self) -> dict[str, str]:
        """Return what the social channels will say; approval covers it."""
        return {"title": self.title, "text": self.social_text or getattr(self, "summary", "")}

    def disclosure_url(self) -> str:
        """Return the public address of the page, with scheme and host."""
        url = self.get_url() or "/"
        return url if url.startswith("http") else f"{public_base_url()}{url}"

    # What Wagtail asks a page.

    @classmethod
    def can_create_at(cls, parent):
        if not super().can_create_at(parent):
            return False
        # Under a page that stands for a category, only items of that category.
        category = getattr(parent.specific_deferred, "category", cls.disclosure_category)
        return category == cls.disclosure_category

    def permissions_for_user(self, user):
        return DisclosurePagePermissionTester(user, self)

    def get_workflow(self):
        entry = (
            CategoryWorkflow.objects.filter(
                category=self.disclosure_category, workflow__active=True
            )
            .select_related("workflow")
            .first()
        )
        return entry.workflow if entry else None

    def has_workflow(self) -> bool:
        return self.get_workflow() is not None

    def get_lock(self):
        return super().get_lock() or PreparationLock(self)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._fill_slug()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        self._fill_slug()
        super().minimal_clean()

    def _fill_slug(self) -> None:
        if not self.slug and self.title:
            self.slug = self._get_autogenerated_slug(ascii_slug(self.title))

    def clean(self) -> None:
        super().clean()
        if self.go_live_at or self.expire_at:
            raise ValidationError(
                _("The time of publication is agreed on the item's schedule, not in the page."),
                code="own_schedule",
            )

    def serve(self, request, *args: Any, **kwargs: Any):
        """Serve the page with its publication's digest; without a publication there is no page."""
        publication = Publication.objects.filter(page_id=self.pk, ended_at=None).first()
        if publication is None:
            raise Http404
        response = super().serve(request, *args, **kwargs)
        response["X-Disclosure-Digest"] = publication.digest
        return response
