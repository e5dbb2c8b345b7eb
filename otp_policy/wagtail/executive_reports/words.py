"""The words that the reports add to those of the plugin: notices and deeds."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "ask_acknowledge_report": _(
        "The report to the executives on %(title)s waits for your acknowledgement."
    ),
    "report_acknowledge": _("The executives acknowledged the report on %(title)s."),
    "report_return": _("The executives returned the report on %(title)s. The reason is on it."),
    "report_missing_soon": _(
        "The report to the executives on %(title)s is due soon. Prepare and submit it."
    ),
    "report_missing_today": _("The report to the executives on %(title)s is due today. Submit it."),
    "report_missing_late": _(
        "The report to the executives on %(title)s is late: %(unit)s has not submitted it."
    ),
    "report_waits": _(
        "The report to the executives on %(title)s still waits for its acknowledgement."
    ),
}

DEEDS = {
    "prepare_report": _("prepared the report to the executives"),
    "submit_report": _("submitted the report to the executives"),
    "acknowledge_report": _("acknowledged the report"),
    "return_report": _("returned the report with a reason"),
    "draft_report_page": _("drafted the page that publishes the report"),
    "escalate_report": _("told further up, because the report to the executives is late"),
}

OUTCOMES = {
    "full": _("given in full"),
    "partial": _("given in part"),
    "refused": _("refused"),
    "not_held": _("not held by the office"),
    "forwarded": _("forwarded to another agency"),
    "none": _("closed without an outcome"),
}

MISSING_PARTS = {
    "standing": _("The freshness of items is not watched here (the monitoring is not installed)."),
    "requests": _("Update requests are not kept here (the monitoring is not installed)."),
    "information": _(
        "Requests for information are not kept here (their register is not installed)."
    ),
    "use": _("The use of the website is not counted here (the count is not installed)."),
    "channels": _("Messages on channels are not sent from here (the channels are not installed)."),
}
