"""
Reads a workbook or a CSV file, and saves what it says as drafts: never as anything that is live.

A month, or a year, of a unit has one page. A second file of the same month becomes a new draft of
the same page, and says nothing new if it says the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from otp_policy.procurement.annual_plan import read_annual_plan
from otp_policy.procurement.csv_files import read_csv
from otp_policy.procurement.days import thai_month
from otp_policy.procurement.findings import TableFinding
from otp_policy.procurement.grid import Reading
from otp_policy.procurement.monthly_summary import read_monthly_summaries
from otp_policy.procurement.records import BUDDHIST_ERA, AnnualPlan, Month, MonthlySummary
from otp_policy.wagtail.adapters import ask
from otp_policy.wagtail.digest import item_digest
from otp_policy.wagtail.messages import explain_all
from otp_policy.wagtail.models import governed_models
from otp_policy.wagtail.models.items import ascii_slug
from otp_policy.wording.thai import MONTHS

from .conf import methods_in_use, publisher_name
from .pages import AnnualPlanMixin, MonthlySummaryMixin

__all__ = [
    "Kind",
    "Outcome",
    "Planned",
    "fill",
    "model_for",
    "place_for",
    "plan_import",
    "read_file",
    "save_import",
]


class Kind(StrEnum):
    """Which form a file is."""

    SUMMARY = "summary"
    PLAN = "plan"


class Outcome(StrEnum):
    """What the import of a page would do, or did."""

    NEW = "new"
    REVISION = "revision"
    SAME = "same"
    REFUSED = "refused"


@dataclass(slots=True)
class Planned:
    """One page that an import makes or changes."""

    record: MonthlySummary | AnnualPlan
    title: str
    outcome: Outcome
    page: Any = None
    reasons: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        """Return how many rows it has."""
        rows = self.record.entries if isinstance(self.record, AnnualPlan) else self.record.rows
        return len(rows)


def read_file(
    name: str, content: bytes, *, kind: str, month: Month | None = None, year: int | None = None
) -> Reading[Any]:
    """Return what a file says, or everything that is wrong with it."""
    grids, findings = _grids(name, content)
    if kind == Kind.PLAN:
        return read_annual_plan(grids, fiscal_year=year, findings=findings)
    return read_monthly_summaries(grids, month=month, methods=methods_in_use(), findings=findings)


def _grids(name: str, content: bytes) -> tuple[Any, Sequence[TableFinding]]:
    # By what is inside: a workbook that was renamed is a workbook.
    if content[:2] == b"PK" or name.lower().endswith(".xlsx"):
        from otp_policy.procurement.xlsx_files import read_xlsx

        return read_xlsx(content)
    return read_csv(content)


def model_for(kind: str) -> Any:
    """Return the page type that takes a form of this kind, or None."""
    wanted = AnnualPlanMixin if kind == Kind.PLAN else MonthlySummaryMixin
    return next((model for model in governed_models() if issubclass(model, wanted)), None)


def place_for(user: Any) -> list[Page]:
    """Return the sections under which *user* may add forms."""
    models = [model for model in map(model_for, Kind) if model is not None]
    parents = {parent for model in models for parent in model.allowed_parent_page_models()}
    found: list[Page] = []
    for parent_model in sorted(parents, key=lambda one: one._meta.label):
        # By its key: for the order of the tree a database may read the whole tree.
        for parent in parent_model.objects.order_by("pk"):
            fits = any(model.can_create_at(parent) for model in models)
            if fits and parent.permissions_for_user(user).can_add_subpage():
                found.append(parent)
    return sorted(found, key=lambda page: page.path)


def plan_import(
    records: Sequence[MonthlySummary | AnnualPlan], *, parent: Page, unit: Any, user: Any
) -> list[Planned]:
    """Return what saving *records* would do to which page, without doing it."""
    return [_planned(record, parent, unit, user) for record in records]


def _planned(record: Any, parent: Page, unit: Any, user: Any) -> Planned:
    model = model_for(Kind.PLAN if isinstance(record, AnnualPlan) else Kind.SUMMARY)
    page = _page_of(model, record, parent, unit)
    if page is None:
        planned = Planned(record, title_of(record), Outcome.NEW)
        decision = ask(model(owning_unit=unit), "prepare", user)
        refused = not decision.allowed and not user.is_superuser
        planned.reasons = tuple(explain_all(decision.reasons)) if refused else ()
    else:
        planned = Planned(record, page.get_admin_display_title(), Outcome.REVISION, page)
        planned.reasons = _against(page, user)
        if not planned.reasons and _says_the_same(page, record):
            planned.outcome = Outcome.SAME
    if planned.reasons:
        planned.outcome = Outcome.REFUSED
    return planned


def _page_of(model: Any, record: Any, parent: Page, unit: Any) -> Any:
    asked = (
        {"fiscal_year": record.fiscal_year}
        if isinstance(record, AnnualPlan)
        else {"month": record.month.month, "year": record.month.year + BUDDHIST_ERA}
    )
    found = model.objects.child_of(parent).filter(owning_unit=unit, **asked)
    return found.order_by("pk").first()


def _against(page: Any, user: Any) -> tuple[str, ...]:
    """Return why *user* may not change the page now; nothing if that is allowed."""
    if not page.permissions_for_user(user).may_prepare():
        return tuple(explain_all(ask(page, "prepare", user).reasons))
    lock = page.get_lock()
    if lock is not None and lock.for_user(user):
        return (str(lock.get_message(user)),)
    return ()


def _says_the_same(page: Any, record: Any) -> bool:
    draft = page.get_latest_revision_as_object()
    before = item_digest(draft)
    fill(draft, record)
    return item_digest(draft) == before


def fill(page: Any, record: MonthlySummary | AnnualPlan) -> None:
    """Put what *record* says into *page*, in memory."""
    agency = "" if record.agency == publisher_name() else record.agency
    page.agency = agency or page.agency
    model = page.rows.model
    if isinstance(record, AnnualPlan):
        page.fiscal_year = record.fiscal_year
        page.says_nothing = record.nothing_planned
        page.set_rows(
            [model.of_record(entry, sort_order=at) for at, entry in enumerate(record.entries)]
        )
        return
    codes = {row.project_number: row.plan_code for row in page.row_list() if row.project_number}
    page.month, page.year = record.month.month, record.month.year + BUDDHIST_ERA
    page.says_nothing = record.nothing_to_report
    page.reported_on = record.reported_on or page.reported_on
    page.first_number = record.rows[0].sequence if record.rows else 1
    page.set_rows(
        [
            # The form has no plan code: what was typed for a project stays.
            model.of_record(row, sort_order=at, plan_code=codes.get(row.project_number, ""))
            for at, row in enumerate(record.rows)
        ]
    )


@transaction.atomic
def save_import(
    planned: Sequence[Planned], *, parent: Page, unit: Any, user: Any, note: str = ""
) -> list[Planned]:
    """
    Save as drafts what was planned, all of it or nothing; what is refused is passed over.

    Args:
        planned: As `plan_import` returned it in this transaction.
        parent: The section for new pages.
        unit: The unit that owns them.
        user: Who imports, and counts as the author.
        note: What is corrected, and why, for pages that are live.
    """
    for one in planned:
        if one.outcome is Outcome.NEW:
            one.page = _new_page(one, parent, unit, user)
        elif one.outcome is Outcome.REVISION:
            _new_revision(one, user, note)
    return list(planned)


def _new_page(one: Planned, parent: Page, unit: Any, user: Any) -> Any:
    is_plan = isinstance(one.record, AnnualPlan)
    page = model_for(Kind.PLAN if is_plan else Kind.SUMMARY)(
        title=one.title,
        title_en=_title(one.record, "en"),
        slug=_slug(one.record, parent),
        owning_unit=unit,
        owner=user,
        live=False,
    )
    # The page is made without its rows: until it is live they stand in its draft alone.
    fill(page, one.record)
    rows = page.row_list()
    page.set_rows([])
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.set_rows(rows)
    page.save_revision(user=user, log_action="wagtail.create")
    return page


def _new_revision(one: Planned, user: Any, note: str) -> None:
    draft = one.page.get_latest_revision_as_object()
    fill(draft, one.record)
    if draft.live:
        draft.correction_note, draft.correction_note_en = note, ""
    draft.save_revision(user=user, log_action="wagtail.edit")


def title_of(record: MonthlySummary | AnnualPlan) -> str:
    """Return the title of a new page."""
    return _title(record, "th")


def _title(record: MonthlySummary | AnnualPlan, language: str) -> str:
    with translation.override(language):
        if isinstance(record, AnnualPlan):
            year = record.fiscal_year if language == "th" else record.fiscal_year - BUDDHIST_ERA
            return str(_("Annual procurement plan, fiscal year %(year)s") % {"year": year})
        month = thai_month(record.month) if language == "th" else _english(record.month)
        return str(_("Monthly procurement summary, %(month)s") % {"month": month})


def _english(month: Month) -> str:
    return f"{MONTHS['en'][month.month - 1]} {month.year}"


def _slug(record: MonthlySummary | AnnualPlan, parent: Page) -> str:
    period = (
        f"plan-{record.fiscal_year}"
        if isinstance(record, AnnualPlan)
        else f"summary-{record.month.year + BUDDHIST_ERA}-{record.month.month:02}"
    )
    base, number = ascii_slug(period), 1
    slug = base
    while not Page._slug_is_available(slug, parent, None):
        number += 1
        slug = f"{base}-{number}"
    return slug
