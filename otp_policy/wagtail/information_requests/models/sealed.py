"""Everything of a case that may be personal, encrypted; the only place where it is kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sealed(models.Model):
    """
    One text or file of a case, encrypted. Written by `sealing`, erased by `retention`.

    What people write about themselves may stand anywhere in their words, so that the request, all
    notes to the requester and every file are kept like the name: none of it is in plain text.
    """

    class What(models.TextChoices):
        IDENTITY = "identity", _("who asks")
        QUESTION = "question", _("the request")
        NOTE = "note", _("words to the requester")
        UPLOAD = "upload", _("file of the requester")
        # What the division found; the requester gets of it what the decision hands out.
        DRAFT = "draft", _("file of the division")
        ANSWER = "answer", _("file of the answer")
        # What was made for everybody: it outlives the case.
        PUBLIC = "public", _("redacted file for the public log")

    case = models.ForeignKey(
        "otp_policy_requests.InformationRequest", on_delete=models.PROTECT, related_name="sealed"
    )
    what = models.CharField(max_length=16, choices=What.choices)
    token = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"

    @property
    def bound_to(self) -> str:
        """Return what the encrypted bytes are bound to."""
        return f"{self.case_id}:{self.what}"
