"""Answers to the screen for personal data: why what looks like it may be published."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .evidence import AppendOnly


class PersonalDataAnswer(AppendOnly):
    """
    The reason that somebody gave for publishing what looks like personal data.

    The datum itself is never kept: `masked` shows its last digits, and `fingerprint` is a keyed
    hash, from which nobody without the site's key can try out the numbers.
    """

    class Kind(models.TextChoices):
        IDENTITY_NUMBER = "identity_number", _("identity number")
        E_MAIL = "e_mail", _("e-mail address")
        BANK_ACCOUNT = "bank_account", _("bank account")
        PHONE_NUMBER = "phone_number", _("telephone number")
        UNREAD_FILE = "unread_file", _("file that could not be read")

    # No foreign key: evidence outlives the page that it is about.
    page_id = models.PositiveBigIntegerField(_("page"))
    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    fingerprint = models.CharField(max_length=64)
    masked = models.CharField(_("masked"), max_length=400)
    digest = models.CharField(_("digest"), max_length=71)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer about personal data")
        verbose_name_plural = _("answers about personal data")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["page_id", "kind"], name="otp_personal_data_item")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.masked}"
