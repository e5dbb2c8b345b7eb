"""When each item is due, as columns that a database can count and sort by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import category_choices


class DueItem(models.Model):
    """
    How one governed item stands: written by `reckoning` alone, from the policy's rule.

    An item that was never published has no `last_reviewed_on`: it is missing. Where the item of
    the next period does its duty, or the policy asks nothing, there is no `due_on`. What was
    withdrawn has no row.
    """

    # No foreign key: pages are read in bulk, and a deleted page takes its row along by a signal.
    page_id = models.PositiveBigIntegerField(_("page"), primary_key=True)
    category = models.CharField(_("category"), max_length=64, choices=category_choices)
    kind = models.CharField(_("kind"), max_length=64, blank=True)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("owning unit"),
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    # What those of one series share within category and unit; "" for none.
    series = models.CharField(max_length=64, blank=True)
    first_published_on = models.DateField(_("first published"), null=True)
    last_reviewed_on = models.DateField(_("last reviewed"), null=True)
    due_soon_on = models.DateField(_("due soon from"), null=True)
    due_on = models.DateField(_("due"), null=True)

    class Meta:
        verbose_name = _("due day")
        verbose_name_plural = _("due days")
        ordering = ["due_on", "pk"]
        indexes = [
            # Each covers what it is for: nothing is looked up in the table itself.
            models.Index(fields=["category", "due_on"], name="otp_due_category"),
            models.Index(
                fields=["unit", "category", "kind", "due_on", "due_soon_on", "last_reviewed_on"],
                name="otp_due_matrix",
            ),
            models.Index(fields=["due_on", "page_id"], name="otp_due_day"),
            models.Index(fields=["due_soon_on"], name="otp_due_soon"),
            models.Index(fields=["last_reviewed_on"], name="otp_due_reviewed"),
            models.Index(fields=["series", "category", "unit"], name="otp_due_series"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.due_on}"


class Reckoned(models.Model):
    """
    Up to where the due days are right: one row.

    `seq` is the row of the ledger, `page_id` the youngest page that was looked at, `on` the day,
    and `grounds` stands for the duties, calendar, holidays and closed sections of that day.
    """

    seq = models.PositiveBigIntegerField(default=0)
    page_id = models.PositiveBigIntegerField(default=0)
    on = models.DateField()
    grounds = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.on}"
