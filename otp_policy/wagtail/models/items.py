"""The mixin that puts a page type under the policy."""

import functools
import unicodedata
from typing import Any, ClassVar

from anyascii import anyascii
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import AbstractPage, PageViewRestriction, get_page_models

from ..adapters import ask
from ..conf import current_policy, office_day, public_base_url
from ..digest import NOTE_FIELDS, first_image
from ..locks import PreparationLock
from ..messages import explain_all
from ..ordering import in_thai_order
from ..permission_testers import DisclosurePagePermissionTester
from ..public_pages import route_to, serve_tombstone, serve_version
from ..refusals import PolicyRefusal
from ..versions import read_versions
from ..whole_saves import whole_save
from .choices import legal_basis_choices
from .kinds import KindAndPeriod
from .office import CategoryWorkflow, Post, Unit
from .tasks import PolicyTask

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
UNIT_MISSING = _("Name the owning unit: the division that prepares this item and answers for it.")
OWN_SCHEDULE = _("The time of publication is agreed on the item's schedule, not in the page.")


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


@functools.cache
def _governed_fields(model: type["DisclosurePageMixin"]) -> frozenset[str]:
    names = {field.name for field in model._meta.get_fields() if not field.auto_created}
    names |= {relation.get_accessor_name() for relation in model._meta.related_objects}
    return frozenset(names) - BOOKKEEPING_FIELDS - model.ungoverned_fields


def governed_models() -> list[type["DisclosurePageMixin"]]:
    """Return the page types that are under the policy."""
    return [model for model in get_page_models() if issubclass(model, DisclosurePageMixin)]


class CorrectionPanel(MultiFieldPanel):
    """The note of a correction; there is nothing to correct before an item is live."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        def is_shown(self):
            return super().is_shown() and self.instance.live


class GovernedPageForm(WagtailAdminPageForm):
    """The editor's form: fills in the author's own unit, and an ASCII slug."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if self.instance.pk and self.instance.latest_revision_id == self.instance.live_revision_id:
            # The note of the last correction says nothing of the next one.
            self.initial.update(dict.fromkeys(NOTE_FIELDS, ""))
        if "owning_unit" in self.fields:
            self._offer_own_units()

    def _offer_own_units(self) -> None:
        self.fields["owning_unit"].queryset = in_thai_order(Unit.objects.all(), "name_th")
        units = self._own_units()
        if not self.initial.get("owning_unit") and len(units) == 1:
            self.initial["owning_unit"] = units[0].pk

    def _own_units(self) -> Any:
        held = Post.objects.in_force(office_day()).filter(user=self.for_user, unit__isnull=False)
        return Unit.objects.filter(pk__in=held.values("unit"))

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
        self._require_unit()
        self._refuse_unit_of_others()
        return super().clean()

    def _require_unit(self) -> None:
        """Take the author's only unit where the form asks for none, as an API's may not."""
        if "owning_unit" in self.errors or self.cleaned_data.get("owning_unit"):
            return
        if "owning_unit" in self.fields:
            self.add_error("owning_unit", ValidationError(UNIT_MISSING))
        elif not self.instance.owning_unit_id:
            units = self._own_units()
            if len(units) == 1:
                self.cleaned_data["owning_unit"] = self.instance.owning_unit = units[0]
            else:
                self.add_error(None, ValidationError(UNIT_MISSING))

    def _refuse_unit_of_others(self) -> None:
        """Let nobody prepare, or hand over, an item in another unit's name (annex 1 step 1)."""
        unit, user = self.cleaned_data.get("owning_unit"), self.for_user
        kept = self.instance.pk and "owning_unit" not in self.changed_data
        if unit is None or user is None or user.is_superuser or kept:
            return
        decision = ask(type(self.instance)(owning_unit=unit), "prepare", user)
        if not decision.allowed:
            self.add_error("owning_unit", ValidationError(explain_all(decision.reasons)))

    def _free_slug(self, base: str) -> str:
        slug, number = base, 1
        while not AbstractPage._slug_is_available(slug, self.parent_page, self.instance):
            number += 1
            slug = f"{base}-{number}"
        return slug


class DisclosurePageMixin(KindAndPeriod, models.Model):
    """
    Puts a page type under the policy: name it first among the bases, and set its category.

    A page type states no rule. It names its `disclosure_category`; who may do what with it, and
    what has to happen before it is public, comes from the policy file.
    """

    disclosure_category: ClassVar[str] = ""
    # Fields of a page type that the public never gets, and that need no approval therefore.
    ungoverned_fields: ClassVar[frozenset[str]] = frozenset()

    # Fields that came after texts had been approved: empty, they leave the digest as it was. Every
    # class of the line names its own.
    later_fields: ClassVar[frozenset[str]] = frozenset({*NOTE_FIELDS, "legal_basis"})

    # The posts that the item stands and falls with, as the path of a query.
    post_field: ClassVar[str] = ""

    # What search engines call such an item, in the words of schema.org.
    schema_type: ClassVar[str] = "CreativeWork"

    # Settings whose values the templates of a page type show, as `app.Model`; approval covers them.
    shown_settings: ClassVar[tuple[str, ...]] = ()

    owning_unit = models.ForeignKey(
        Unit,
        verbose_name=_("owning unit"),
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The division that prepares this item and answers for it."),
    )
    legal_basis = models.CharField(
        _("basis in the Official Information Act"),
        max_length=16,
        blank=True,
        choices=legal_basis_choices,
        help_text=_("The section by which this must be published; empty where there is none."),
    )
    social_text = models.TextField(
        _("text for LINE and Facebook"),
        blank=True,
        max_length=900,
        help_text=_("Left empty, the summary is used. It is approved together with the page."),
    )

    correction_note = models.TextField(
        _("what is corrected, and why"),
        blank=True,
        max_length=1000,
        help_text=_(
            "For the public, when a live item is corrected. It is approved together with the text."
        ),
    )
    correction_note_en = models.TextField(
        _("what is corrected, in English"), blank=True, max_length=1000
    )

    base_form_class = GovernedPageForm
    disclosure_panels: ClassVar[list] = [
        MultiFieldPanel(
            [FieldPanel("owning_unit"), FieldPanel("legal_basis"), FieldPanel("social_text")],
            heading=_("Publication measures"),
        ),
        CorrectionPanel(
            [FieldPanel("correction_note"), FieldPanel("correction_note_en")],
            heading=_("Correction"),
        ),
    ]
    # Times are agreed with the channel's owner unit, never typed into the page itself.
    settings_panels: ClassVar[list] = []

    class Meta:
        abstract = True

    @classmethod
    def governed_fields(cls) -> frozenset[str]:
        """Return the names of the fields, child relations included, that approval covers."""
        return _governed_fields(cls)

    def holder_until(self) -> Any:
        """Return the first last day among the posts of `post_field`, or None."""
        if not self.post_field:
            return None
        stored = type(self)._base_manager.filter(pk=self.pk or 0)
        return stored.aggregate(day=models.Min(f"{self.post_field}__until_on"))["day"]

    def channel_texts(self) -> dict[str, str]:
        """Return what the social channels will say; approval covers it."""
        return {"title": self.title, "text": self.social_text or getattr(self, "summary", "")}

    def channel_picture(self) -> Any:
        """
        Return the image that the social channels show with the item, or None.

        The first that its text shows. Whatever a page type returns instead has to be in a governed
        field: what approval does not cover is not published, and goes out on no channel.
        """
        return first_image(self)

    def disclosure_url(self) -> str:
        """Return the public address of the page, with scheme and host."""
        url = self.get_url() or "/"
        return url if url.startswith("http") else f"{public_base_url()}{url}"

    def announced_url(self) -> str:
        """Return the one public address that channels name, whoever reads whatever language."""
        with translation.override(settings.LANGUAGE_CODE):
            return self.disclosure_url()

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
        return entry.workflow if entry and self._takes_every_step(entry.workflow) else None

    def _takes_every_step(self, workflow) -> bool:
        # A workflow without its steps would end at once, and look like an approval.
        steps = current_policy().approval_steps(self.disclosure_category, on=office_day())
        tasks = PolicyTask.objects.filter(active=True, workflow_tasks__workflow=workflow)
        return set(steps) <= set(tasks.values_list("action", flat=True))

    @property
    def has_workflow(self) -> bool:
        return self.get_workflow() is not None

    def get_lock(self):
        return super().get_lock() or PreparationLock(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the page and its child rows, which the gate judges as one."""
        if self.owning_unit_id is None:
            raise PolicyRefusal(self.title, also=[UNIT_MISSING])
        with whole_save(self):
            super().save(*args, **kwargs)

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
            raise ValidationError(OWN_SCHEDULE, code="own_schedule")

    def get_view_restrictions(self):
        # Where no page at all is restricted, there is no need to ask for those above this one.
        restrictions = PageViewRestriction.objects
        return super().get_view_restrictions() if restrictions.exists() else restrictions.none()

    def route(self, request, path_components):
        return route_to(self, path_components) or super().route(request, path_components)

    def serve(self, request, *args: Any, version=None, withdrawal=None, **kwargs: Any):
        """
        Serve the page with its publication's digest; without a publication there is no page.

        A prior version is asked for by its number; a page that is down leaves its tombstone.
        """
        if withdrawal is not None:
            return serve_tombstone(self, request, withdrawal)
        if version is not None:
            return serve_version(self, request, version)
        current = read_versions(self)[-1:]
        if not current or not current[0].is_current:
            raise Http404
        response = super().serve(request, *args, **kwargs)
        response["X-Disclosure-Digest"] = current[0].publication.digest
        return response
