"""The executives, from the one register of posts (announcement 1(1))."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, Page

from otp_policy.wagtail.models import Post
from otp_policy.wagtail.models.choices import label_of

from .items import ItemPage, local


class ExecutivesPage(ItemPage):
    """
    The executives, from the register of posts.

    What the register says of a post is copied into the row when the draft is saved: the public
    reads what was approved. Once the register says otherwise, the item is due.
    """

    disclosure_category = "basic_information"
    fixed_kind = "executives"
    post_field = "executives__post"
    template = "home/executives_page.html"

    content_panels = [
        *Page.content_panels,
        InlinePanel("executives", label=_("executive"), heading=_("Executives")),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("executives")
        verbose_name_plural = _("executives")

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        rows = list(self.executives.all())
        for row in rows:
            row.fill_from_register()
        self.executives.set(rows)
        return super().save_revision(*args, **kwargs)

    def shown_executives(self) -> list["Executive"]:
        """Return the executives in their order, their photos read in one query."""
        if not hasattr(self, "_shown"):
            self._shown = list(self.executives.all().select_related("photo", "post"))
            prefetch_related_objects(self._shown, "photo__renditions")
        return self._shown

    def holder_until(self) -> Any:
        ends = [row.post.until_on for row in self.shown_executives() if row.post is not None]
        return min((day for day in ends if day is not None), default=None)


class Executive(Orderable):
    """One executive, as approved."""

    page = ParentalKey(ExecutivesPage, on_delete=models.CASCADE, related_name="executives")
    post = models.ForeignKey(
        Post,
        verbose_name=_("post"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("From the register of posts. Name, post and days are taken from it if empty."),
    )
    name = models.CharField(_("name in Thai"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    role = models.CharField(_("post in Thai"), max_length=255, blank=True)
    role_en = models.CharField(_("post in English"), max_length=255, blank=True)
    photo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("photo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    telephone = models.CharField(_("telephone"), max_length=64, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    from_on = models.DateField(_("from"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    panels = [
        FieldPanel("post"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("role"), FieldPanel("role_en")]),
        FieldPanel("photo"),
        FieldRowPanel([FieldPanel("telephone"), FieldPanel("email")]),
        FieldRowPanel([FieldPanel("from_on"), FieldPanel("until_on")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("executive")
        verbose_name_plural = _("executives")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        if not self.post_id and not (self.name and self.role):
            raise ValidationError(
                _("Choose a post of the register, or write name and post."), code="nobody"
            )

    def fill_from_register(self) -> None:
        """Take what is empty from the post in the register."""
        if self.post is None:
            return
        label = role_labels(self.post)
        self.name = self.name or self.post.user.get_full_name()
        self.role, self.role_en = self.role or label[0], self.role_en or label[1]
        self.from_on = self.from_on or self.post.from_on
        self.until_on = self.until_on or self.post.until_on

    @property
    def local_name(self) -> dict[str, str]:
        return local(self, "name")

    @property
    def local_role(self) -> dict[str, str]:
        return local(self, "role")


def role_labels(post: Post) -> tuple[str, str]:
    """Return which post it is, in Thai and in English."""
    found = []
    for language in ("th", "en"):
        with translation.override(language):
            unit = f" {post.unit}" if post.unit else ""
            found.append(f"{label_of('roles', post.role)}{unit}")
    return found[0], found[1]
