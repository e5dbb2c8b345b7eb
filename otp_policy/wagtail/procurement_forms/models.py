"""What the app keeps in tables of its own: releases of open data, and files that wait."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from otp_policy.wagtail.models.evidence import AppendOnly, Publication


class KnownProcess(models.Model):
    """
    A contracting process, and by which numbers its stages name it.

    `key` becomes part of the `ocid`, and stays for ever; a number known later is added.
    """

    key = models.CharField(max_length=150, unique=True)
    plan_code = models.CharField(max_length=100, blank=True, db_index=True)
    project_number = models.CharField(max_length=100, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.key


class ProcessTelling(models.Model):
    """That a page, as it is live or was last, tells of a process."""

    page_id = models.PositiveBigIntegerField(db_index=True)
    process = models.ForeignKey(KnownProcess, on_delete=models.CASCADE, related_name="tellings")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page_id", "process"], name="otp_process_telling")
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.process_id}"


class KeptRelease(AppendOnly):
    """
    A release of open data, as it was made when an item went live: never changed.

    `sources` are the publications that told the process then. The public gets the release while
    each of them may be read.
    """

    process = models.ForeignKey(KnownProcess, on_delete=models.PROTECT, related_name="releases")
    ocid = models.CharField(max_length=180, db_index=True)
    release_id = models.CharField(max_length=220, unique=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    sources = models.JSONField()
    fiscal_year = models.PositiveSmallIntegerField(db_index=True)
    at = models.DateTimeField()
    # The release to the letter: its id is a digest of all that it says.
    body = models.TextField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("release of open data")
        verbose_name_plural = _("releases of open data")

    def __str__(self) -> str:
        return self.release_id

    def release(self) -> dict[str, Any]:
        """Return the release."""
        read: dict[str, Any] = json.loads(self.body)
        return read


class WaitingImport(models.Model):
    """A file that somebody uploaded and has looked at, and has not had saved yet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=32)
    parent_id = models.PositiveBigIntegerField()
    unit = models.ForeignKey("otp_policy.Unit", on_delete=models.CASCADE, related_name="+")
    asked = models.JSONField(default=dict)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
