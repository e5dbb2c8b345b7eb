"""The honest intent of the highest executive, tied to who holds the office (announcement 1(2))."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page

from otp_policy.wagtail.models import Post

from .executives import role_labels
from .items import ItemPage, local


class IntegrityDeclarationPage(ItemPage):
    """
    The declaration of honest intent, or one that goes with it, such as No Gift Policy.

    It stands and falls with who declared it: the day after that post ends it is due.
    """

    disclosure_category = "integrity_declaration"
    template = "home/declaration_page.html"
    post_field = "declared_by"
    later_fields = frozenset(
        {"declared_by", "declarer", "declarer_en", "declarer_role", "declarer_role_en"}
        | {"declared_on"}
    )

    declared_by = models.ForeignKey(
        Post,
        verbose_name=_("post of the executive"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("From the register of posts. When the post ends, the declaration is due."),
    )
    declarer = models.CharField(_("name of the executive, in Thai"), max_length=200, blank=True)
    declarer_en = models.CharField(
        _("name of the executive, in English"), max_length=200, blank=True
    )
    declarer_role = models.CharField(_("post in Thai"), max_length=255, blank=True)
    declarer_role_en = models.CharField(_("post in English"), max_length=255, blank=True)
    declared_on = models.DateField(_("declared on"), null=True, blank=True)

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("declared_by"),
                FieldRowPanel([FieldPanel("declarer"), FieldPanel("declarer_en")]),
                FieldRowPanel([FieldPanel("declarer_role"), FieldPanel("declarer_role_en")]),
                FieldPanel("declared_on"),
            ],
            heading=_("Who declares it"),
        ),
        *ItemPage.closing_panels,
    ]

    class Meta:
        verbose_name = _("integrity declaration")
        verbose_name_plural = _("integrity declarations")

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        if self.declared_by is not None:
            thai, english = role_labels(self.declared_by)
            self.declarer = self.declarer or self.declared_by.user.get_full_name()
            self.declarer_role = self.declarer_role or thai
            self.declarer_role_en = self.declarer_role_en or english
        return super().save_revision(*args, **kwargs)

    def holder_until(self) -> Any:
        return self.declared_by.until_on if self.declared_by else None

    @property
    def local_declarer(self) -> dict[str, str]:
        return local(self, "declarer")

    @property
    def local_declarer_role(self) -> dict[str, str]:
        return local(self, "declarer_role")
