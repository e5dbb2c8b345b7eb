"""What the Centre asks of a division, with a day, until it is met (annex 2.1)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models import Unit
from otp_policy.wagtail.models.choices import category_choices


class UpdateRequest(models.Model):
    """
    A division is asked to bring an item up to date, or to publish something of a category.

    It is met by what happens to the information, a publication or an approved attestation after it
    was asked for, and by nobody's word; or it is called off, with a reason.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MET = "met", _("met")
        CALLED_OFF = "called_off", _("called off")

    unit = models.ForeignKey(
        Unit, verbose_name=_("division"), on_delete=models.PROTECT, related_name="+"
    )
    category = models.CharField(_("category"), max_length=64, choices=category_choices)
    # Of one item, or, where it is None, of whatever the division publishes in the category.
    page_id = models.PositiveBigIntegerField(_("page"), null=True, blank=True, db_index=True)
    title = models.CharField(_("title"), max_length=255, blank=True)
    what = models.CharField(_("what is asked for"), max_length=500)
    wanted_by = models.DateField(_("wanted by"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.OPEN)
    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    met_on = models.DateField(null=True, blank=True)
    note = models.CharField(_("reason"), max_length=500, blank=True)
    # That it is late was told once.
    is_told_late = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("update request")
        verbose_name_plural = _("update requests")
        ordering = ["wanted_by", "pk"]
        indexes = [models.Index(fields=["state", "wanted_by"], name="otp_request_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
