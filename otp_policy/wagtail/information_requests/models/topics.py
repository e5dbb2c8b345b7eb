"""What several requests are about: asked often enough, the owning unit has to answer for it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.Model):
    """
    A matter that people ask for. `raised_at`: asked so often that publishing it was proposed.

    The unit closes it with the address of what it published, or with why it does not.
    """

    title = models.CharField(_("what is asked for"), max_length=200)
    unit = models.ForeignKey(
        "otp_policy.Unit", verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField(_("proposed for publication"), null=True, blank=True)
    closed_at = models.DateTimeField(_("answered"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at_url = models.CharField(_("published at"), max_length=500, blank=True)
    reason = models.TextField(_("why it is not published by itself"), blank=True)

    class Meta:
        verbose_name = _("topic of requests")
        verbose_name_plural = _("topics of requests")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title
