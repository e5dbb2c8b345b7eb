"""How often a thing was read on a day: numbers alone, and nothing about who read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What was done."""

    VIEW = "view", _("page read")
    DOWNLOAD = "download", _("file downloaded")
    SEARCH = "search", _("search")
    FOUND_NOTHING = "found_nothing", _("search without a result")


class Use(models.Model):
    """
    One thing on one day.

    `page_id` is no foreign key: numbers outlive the page. `name` is the address of a view or a
    download without its language, or the words of a search in the one spelling of the index.
    """

    NO_PAGE = 0
    NAME_LENGTH = 200

    day = models.DateField(_("day"))
    kind = models.CharField(_("what"), max_length=16, choices=Kind)
    page_id = models.BigIntegerField(_("page"), default=NO_PAGE)
    name = models.CharField(_("name"), max_length=NAME_LENGTH, blank=True)
    category = models.CharField(_("category"), max_length=64, blank=True)
    number = models.PositiveBigIntegerField(_("number"))

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("use of the website")
        verbose_name_plural = _("uses of the website")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "page_id", "name"], name="otp_usage_one_row_a_day"
            )
        ]
        indexes = [models.Index(fields=["kind", "day"], name="otp_usage_kind_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.name} {self.number}"
