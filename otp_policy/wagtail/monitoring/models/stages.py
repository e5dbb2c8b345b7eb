"""Which reminders of reviews were given: each once for each due day."""

from django.db import models


class ReviewStage(models.Model):
    """
    That the reminder of an item for a due day was given, so many days after it.

    `offset` is negative for what comes before the due day. Another due day begins anew.
    """

    page_id = models.PositiveBigIntegerField()
    due_on = models.DateField()
    offset = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["page_id", "due_on", "offset"], name="otp_one_review_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.due_on} {self.offset:+}"
