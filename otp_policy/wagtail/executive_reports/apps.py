"""The Django app of the report to the executives (annex 2.1)."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExecutiveReportsConfig(AppConfig):
    """Counts and keeps the reports; tells the plugin what is asked, recorded and audited here."""

    name = "otp_policy.wagtail.executive_reports"
    label = "otp_policy_reports"
    verbose_name = _("Reports to the executives")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect reminders, notices, the audit, and the watch over the evidence."""
        from otp_policy.wagtail import askers, audit, notice_words, wording
        from otp_policy.wagtail.gate import evidence_triggers

        from . import checks, receivers, words  # noqa: F401  (checks register on import)
        from .auditing import report_findings
        from .models import Preparation, ReportDecision, ReportPage, Submission
        from .telling import report_asker, report_link

        receivers.connect()
        evidence_triggers.keep(Preparation, Submission, ReportDecision, ReportPage)
        askers.add(report_asker)
        audit.add(report_findings)
        notice_words.SENTENCES.update(words.SENTENCES)
        notice_words.LINKS[report_asker.subject] = report_link
        notice_words.LINKS.update(dict.fromkeys(words.SENTENCES, report_link))
        wording.DEEDS.update(words.DEEDS)
