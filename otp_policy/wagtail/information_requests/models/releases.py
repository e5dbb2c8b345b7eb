"""The public log: an answer as everybody may read it, and the decisions that let it out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models.evidence import AppendOnly, Capacity

from .cases import InformationRequest


class Release(models.Model):
    """
    What the public log says of a case: in the office's own words, without who asked.

    `digest` covers the texts and the bytes of every redacted file: a decision is on it, and the log
    shows nothing else.
    """

    case = models.OneToOneField(
        InformationRequest, on_delete=models.PROTECT, related_name="release"
    )
    title = models.CharField(_("title"), max_length=200)
    question = models.TextField(_("what was asked, in our words"))
    answer = models.TextField(_("what was answered"))
    # [{"sealed": id, "name": …, "kind": …, "size": …, "sha256": …}]
    files = models.JSONField(default=list)
    digest = models.CharField(max_length=71)
    # Keys of users who worked on it since its last approval.
    contributors = models.JSONField(default=list)
    published_digest = models.CharField(max_length=71, blank=True)
    published_at = models.DateTimeField(_("in the public log since"), null=True, blank=True)

    class Meta:
        verbose_name = _("entry of the public log")
        verbose_name_plural = _("entries of the public log")
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_public(self) -> bool:
        """Tell whether the log shows it: as it stands, it is what was approved."""
        return bool(self.published_digest) and self.published_digest == self.digest


class ReleaseDecision(AppendOnly):
    """An endorsement or an approval of one text of an entry, named by its digest."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=16)
    digest = models.CharField(max_length=71)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=64)
    unit = models.CharField(max_length=64, blank=True)
    order = models.CharField(max_length=64, blank=True)
    capacity = models.CharField(max_length=16, choices=Capacity.choices, blank=True)
    policy = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:19]}"
