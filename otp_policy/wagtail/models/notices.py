"""Who was told what: notices in the admin, each of them an e-mail that is owed until it is sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NoticeKind(models.TextChoices):
    """What a notice is about, as far as somebody may do without the e-mail."""

    DECIDE = "decide", _("A text waits for my endorsement or approval")
    SLOT = "slot", _("A time of publication waits for my answer")
    ANSWER = "answer", _("My item was decided on, or its time was agreed")
    PUBLISHED = "published", _("My item went live, or was taken down")
    REMINDER = "reminder", _("Something has waited for me for too long")
    ESCALATION = "escalation", _("Something has waited for somebody else for too long")
    URGENT = "urgent", _("An important or urgent item waits")


class Subject(models.TextChoices):
    """What somebody is asked about; the last five by the apps of freshness and of reports."""

    TASK = "task", _("decision")
    SLOT = "slot", _("time")
    WITHDRAWAL = "withdraw", _("withdrawal")
    ATTESTATION = "attest", _("attestation")
    REVIEW = "review", _("review")
    UPDATE = "update", _("update request")
    REPORT = "report", _("report of an error")
    EXECUTIVES = "exec", _("report to the executives")


class Notice(models.Model):
    """
    One thing that one person is told, once.

    `event` names what happened, so that whatever tells of it again changes nothing. `what` is
    the code of the sentence. The title is the only word of the item that is kept here: what is
    not approved yet must not lie in mailboxes.
    """

    NO_PAGE = 0

    class Mail(models.TextChoices):
        OWED = "owed", _("to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNWANTED = "unwanted", _("not wanted")
        NEEDLESS = "needless", _("no longer needed")
        FAILED = "failed", _("could not be sent")

    event = models.CharField(max_length=150)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="otp_notices"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=NoticeKind.choices)
    what = models.CharField(max_length=32)
    # What the recipient is asked about; empty if nothing is asked.
    subject = models.CharField(max_length=8, choices=Subject.choices, blank=True)
    subject_id = models.PositiveBigIntegerField(default=0)
    # No foreign key: the page may be gone. Of what is about a channel as a whole, `NO_PAGE`.
    page_id = models.PositiveBigIntegerField()
    title = models.CharField(_("title"), max_length=255)
    unit = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=64, blank=True)
    slot_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(null=True, blank=True)
    mail = models.CharField(max_length=16, choices=Mail.choices, default=Mail.OWED)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient"], name="otp_one_notice"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-at"], name="otp_notice_list"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(read_at__isnull=True),
                name="otp_notice_unread",
            ),
            models.Index(
                fields=["mail_next_at"],
                condition=models.Q(mail__in=["owed", "sending"]),
                name="otp_notice_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.page_id} {self.recipient_id}"


class UnwantedMail(models.Model):
    """That somebody does not want e-mails of a kind; the notice in the admin stays."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="otp_unwanted_mails"
    )
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="otp_one_unwanted_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"


class ToldUntil(models.Model):
    """Up to which row of the ledger people have been told; locking it keeps tellers apart."""

    seq = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.seq}"


class WaitStage(models.Model):
    """That a step which waits has reached a stage of its waiting: reminded, or told on, once."""

    subject = models.CharField(max_length=8, choices=Subject.choices)
    subject_id = models.PositiveBigIntegerField()
    # A time that is proposed anew waits anew.
    since = models.DateTimeField()
    stage = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "since", "stage"], name="otp_one_wait_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.stage}"
