"""The orders by which a site that was live already came under the measures."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Adoption(models.Model):
    """
    One order that took over what was live, as it stood; each page has its own row in the ledger.

    Without an end it was interrupted, and the same order goes on with it. `by` is who carried it
    out, where the order's number alone was not given: the order stands behind it, not an account.
    """

    order = models.CharField(_("order number"), max_length=64, unique=True)
    order_on = models.DateField(_("date of the order"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("carried out by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    begun_at = models.DateTimeField(_("begun"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("adoption of a live site")
        verbose_name_plural = _("adoptions of a live site")
        ordering = ["begun_at", "pk"]

    def __str__(self) -> str:
        return self.order
