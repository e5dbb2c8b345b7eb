"""
Publishes an acknowledged report through the product itself: a draft that goes the usual way.

The draft is drawn from what was frozen, in Thai and English, with the files beside it. From then
on it is an item like any other: prepared, approved and put out by whoever the policy says.
"""

import uuid
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import escape, linebreaks
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page

from otp_policy.wagtail.adapters import Held
from otp_policy.wagtail.conf import BUDDHIST_ERA_OFFSET
from otp_policy.wagtail.held import as_row
from otp_policy.wagtail.models import DisclosurePageMixin, Unit
from otp_policy.wagtail.recording import record

from . import refusals as why
from .access import standing_of
from .conf import page_defaults, page_type
from .documents import ReportDocument, document_of
from .files import as_pdf, as_xlsx, shown
from .models import Report, ReportDecision, ReportPage, Submission
from .periods import report_entry
from .refusals import refuse, under_report
from .table import Table

__all__ = ["draft_page", "page_model", "pages_of"]

_LANGUAGES = ("th", "en")
NO_PLACE = under_report(
    _("The website has no page below which the report could be drafted. Ask the administrator.")
)
DRAFTED_ALREADY = under_report(_("The page of this report is drafted already."))


def page_model() -> type[Any]:
    """
    Return the page type that publishes reports.

    Raises:
        LookupError: If there is no such page type under the policy.
    """
    model: type[Any] = apps.get_model(page_type())
    if not issubclass(model, DisclosurePageMixin):
        raise LookupError(f"`{page_type()}` is not under the policy")
    return model


def pages_of(submission: Submission) -> list[Page]:
    """Return the pages that were drafted from *submission* and are still there."""
    keys = ReportPage.objects.filter(submission=submission).values("page_id")
    return list(Page.objects.filter(pk__in=keys).order_by("pk"))


def draft_page(submission: Submission, user: Any) -> Any:
    """
    Draft the page of an acknowledged report, as somebody of the unit; return it.

    Raises:
        PolicyRefusal: If the report is not acknowledged, was drafted already, or has no place.
        RuntimeError: If PDF files cannot be made here.
    """
    report, (held, unit, parent) = submission.report, _may_draft(submission, user)
    said = {}
    for language in _LANGUAGES:
        with translation.override(language):
            said[language] = document_of(submission)
    with transaction.atomic():
        # Whoever clicks twice finds the page of the first click.
        Report.objects.select_for_update().get(pk=report.pk)
        refuse(report, *([DRAFTED_ALREADY] if pages_of(submission) else []))
        page = _page(page_model(), report, said)
        page.owning_unit, page.owner, page.live = unit, user, False
        _attach(page, report, said, user)
        parent.add_child(instance=page)
        page.save_revision(user=user, log_action=True)
        _keep_link(submission, page, user, held)
    return page


def _may_draft(submission: Submission, user: Any) -> tuple[Held, Unit, Any]:
    """Return by what *user* drafts, for which unit, and below which page, or refuse."""
    entry, held, report = report_entry(), standing_of(user).prepares, submission.report
    decision = ReportDecision.objects.filter(submission=submission).first()
    is_done = decision is not None and decision.kind == ReportDecision.Kind.ACKNOWLEDGE
    refused: list[Any] = [] if held else [why.NOT_OF_UNIT]
    # An earlier submission may have been returned before a later one was acknowledged.
    refused += [] if is_done and submission.is_whole else [why.NOT_ACKNOWLEDGED]
    refused += [DRAFTED_ALREADY] if pages_of(submission) else []
    refuse(report, *refused)
    unit = Unit.objects.filter(code=entry.unit).first() if entry else None
    parent = _parent_for(page_model())
    refuse(report, *([] if parent and unit else [NO_PLACE]))
    assert held is not None
    assert unit is not None
    return held, unit, parent


def _keep_link(submission: Submission, page: Any, user: Any, held: Held) -> None:
    report = submission.report
    ReportPage(submission=submission, page_id=page.pk, by=user, at=timezone.now()).save()
    record(
        "draft_report_page",
        user=user,
        page_id=page.pk,
        digest=f"sha256:{submission.sha256}",
        report=report.pk,
        period=report.period_code,
        **as_row(held),
    )


def _parent_for(model: type[Any]) -> Any:
    """Return the first live page below which *model* may stand: that of its category, if any."""
    fitting: list[Any] = []
    for parent in model.allowed_parent_page_models():
        rows = parent.objects.live().order_by("path")
        fitting += [page for page in rows if model.can_create_at(page)]
    own = [page for page in fitting if getattr(page, "category", "") == model.disclosure_category]
    return next(iter(own or fitting), None)


def _page(model: type[Any], report: Report, said: dict[str, ReportDocument]) -> Any:
    thai, english = said["th"], said["en"]
    names = {field.name for field in model._meta.get_fields()}
    values: dict[str, Any] = {
        "title": thai.title,
        "title_en": english.title,
        "slug": f"report-{report.year}-{report.quarter}-v{report.version}-{uuid.uuid4().hex[:6]}",
        "summary": _first_line(thai),
        "summary_en": _first_line(english),
        "body": _body(thai),
        "body_en": _body(english),
    }
    if model.fiscal_year_field in names:
        values[model.fiscal_year_field] = report.year + BUDDHIST_ERA_OFFSET
    for name, document in (("annexes", thai), ("annexes_en", english)):
        if name in names:
            values[name] = _annexes(document)
    values |= page_defaults()
    return model(**{name: value for name, value in values.items() if name in names})


_LONGEST_SUMMARY = 600


def _first_line(document: ReportDocument) -> str:
    return document.findings.strip().splitlines()[0][:_LONGEST_SUMMARY]


def _body(document: ReportDocument) -> str:
    """Return findings, facts and proof as the editor's own HTML."""
    facts = "".join(f"<li>{escape(name)}: {escape(what)}</li>" for name, what in document.facts)
    missing = "".join(f"<p>{escape(line)}</p>" for line in document.missing)
    closing = "".join(f"<li>{escape(line)}</li>" for line in document.closing)
    findings = linebreaks(document.findings, autoescape=True)
    return f"{findings}<ul>{facts}</ul>{missing}<ul>{closing}</ul>"


def _annexes(document: ReportDocument) -> list[dict[str, Any]]:
    """Return the tables as blocks, each after its heading."""
    blocks: list[dict[str, Any]] = []
    for table in document.tables:
        if table.rows:
            blocks.append({"type": "text", "value": f"<h2>{escape(table.heading)}</h2>"})
            blocks.append({"type": "table", "value": _block(table)})
    for block in blocks:
        block["id"] = str(uuid.uuid4())
    return blocks


def _block(table: Table) -> dict[str, Any]:
    return {
        "columns": [{"type": "text", "heading": name} for name in table.columns],
        "rows": [
            {"values": [f"<p>{escape(shown(cell))}</p>" for cell in row]} for row in table.rows
        ],
        "caption": table.heading,
    }


def _attach(page: Any, report: Report, said: dict[str, ReportDocument], user: Any) -> None:
    """Offer the files with the page, each with what it says for whoever cannot open it."""
    if not hasattr(page, "files"):
        return
    files = []
    for language, document in said.items():
        for ending, content in (("pdf", as_pdf(document)), ("xlsx", as_xlsx(document))):
            name = f"report-{report.year}-{report.quarter}-v{report.version}-{language}.{ending}"
            files.append(_file(name, content, said, user))
    page.files = files


def _file(name: str, content: bytes, said: dict[str, ReportDocument], user: Any) -> dict[str, Any]:
    document = get_document_model()(
        title=name, uploaded_by_user=user, collection=Collection.get_first_root_node()
    )
    document.file.save(name, ContentFile(content), save=False)
    document.file_size = len(content)
    document.save()
    value: dict[str, Any] = {"document": document.pk}
    for suffix, language in (("", "th"), ("_en", "en")):
        with translation.override(language):
            value[f"name{suffix}"] = f"{said[language].title} ({name.rpartition('.')[2].upper()})"
            value[f"text{suffix}"] = gettext("The tables of this page, as a file. %(gist)s") % {
                "gist": _first_line(said[language])
            }
    return {"type": "file", "value": value, "id": str(uuid.uuid4())}
