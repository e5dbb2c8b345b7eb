"""The editor's forms: a table that takes what a workbook takes, judged by the same library."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from otp_policy.procurement.findings import Column, TableFinding
from otp_policy.procurement.records import BUDDHIST_ERA, Month
from otp_policy.procurement.wording import column_name, sentence
from otp_policy.wagtail.models import GovernedPageForm

from . import tables
from .rows import YEARS_TAKEN

MOST_ROWS = 5000
MOST_TOLD = 30


class TableWidget(forms.Textarea):
    """The table, kept as JSON in one field: however many rows there are, it is one value."""

    template_name = "otp_policy/procurement/table_widget.html"

    def __init__(self, columns: tuple[tables.TypedColumn, ...]) -> None:
        super().__init__({"hidden": True, "data-otp-table": True})
        self.columns = columns

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        columns = [{"label": str(column.label), "lines": column.lines} for column in self.columns]
        context["has_bidders"] = any(one.column is Column.BIDDER for one in self.columns)
        context["columns"] = json.dumps(columns, ensure_ascii=False)
        return context

    class Media:
        css = {"all": ["otp_policy_procurement/table.css"]}
        js = ["otp_policy_procurement/table.js"]


class TableField(forms.Field):
    """Rows of cells of text."""

    def __init__(self, columns: tuple[tables.TypedColumn, ...], **kwargs: Any) -> None:
        self.columns = columns
        super().__init__(required=False, widget=TableWidget(columns), **kwargs)

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value or [], ensure_ascii=False)

    def to_python(self, value: Any) -> list[list[str]]:
        try:
            rows = json.loads(value or "[]")
        except ValueError:
            rows = None
        if not _is_table(rows):
            raise ValidationError(_("The table did not arrive whole. Load the page again."))
        if len(rows) > MOST_ROWS:
            raise ValidationError(_("The table has too many rows. Import it from a workbook."))
        return tables.filled(rows)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(tables.filled(initial or []) != self.to_python(data))
        except ValidationError:
            return True


def _is_table(rows: Any) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows
    )


class FormPageForm(GovernedPageForm):
    """Reads the table, and says of each cell what is wrong with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading: Any = None
        if "table" in self.fields:
            self.initial["table"] = self._typed()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        table = cleaned.get("table")
        if table is None or "table" not in self.fields:
            return cleaned
        if bool(table) == bool(cleaned.get("says_nothing")):
            self.add_error("table", ROWS_AND_NOTHING if table else NEITHER)
        elif table and (asked := self._asked(cleaned)):
            self.reading = self._read(table, **asked)
            self._tell(self.reading.findings)
        self._refuse_second(cleaned)
        return cleaned

    def _tell(self, findings: tuple[TableFinding, ...]) -> None:
        wrong = [one for one in findings if not one.is_warning]
        for one in wrong[:MOST_TOLD]:
            self.add_error("table", ValidationError(told(one)))
        if len(wrong) > MOST_TOLD:
            more = {"count": len(wrong) - MOST_TOLD}
            self.add_error("table", ValidationError(_("And %(count)d more.") % more))
        if wrong:
            places = [[one.place.row, one.place.column - 2] for one in wrong]
            self.fields["table"].widget.attrs["data-wrong"] = json.dumps(places)

    def _refuse_second(self, cleaned: dict[str, Any]) -> None:
        """One page for a month, or a year, and a unit: another would contradict it."""
        wanted = {name: cleaned.get(name) for name in (*self.of_one, "owning_unit")}
        if any(value in (None, "") for value in wanted.values()):
            return
        model = type(self.instance)
        other = model.objects.filter(**wanted).exclude(pk=self.instance.pk or 0).first()
        if other is not None:
            self.add_error(
                None,
                ValidationError(_("“%(title)s” is of this unit and period already. Change that "
                                  "page instead.") % {"title": other.get_admin_display_title()}),
            )  # fmt: skip

    def save(self, commit: bool = True) -> Any:
        if "table" in self.fields and "table" in self.cleaned_data:
            self.instance.set_rows(self._rows())
        return super().save(commit=commit)

    # What each form says of itself.
    of_one: tuple[str, ...] = ()

    def _typed(self) -> list[list[str]]:
        raise NotImplementedError

    def _asked(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _read(self, table: list[list[str]], **asked: Any) -> Any:
        raise NotImplementedError

    def _rows(self) -> list[Any]:
        raise NotImplementedError


def told(finding: TableFinding) -> str:
    """Say which row and column is meant, and what is wrong there."""
    lang = "en" if (get_language() or "th").startswith("en") else "th"
    said = sentence(finding, lang=lang)
    if not finding.place.row:
        return said
    column = column_name(finding.column, lang=lang) if finding.column else ""
    where = _("Row %(row)d, %(column)s") if column else _("Row %(row)d")
    return f"{where % {'row': finding.place.row, 'column': column}}: {said}"


NEITHER = _("The table has no rows. If there is nothing to report, say so above it.")
ROWS_AND_NOTHING = _("There are rows, and it says that there is nothing to report. Keep one.")


class MonthlySummaryForm(FormPageForm):
    """The form of the monthly summary."""

    of_one = ("month", "year")

    table = TableField(tables.SUMMARY, label=_("Purchases"))

    def _typed(self) -> list[list[str]]:
        return [
            tables.cells_of_summary_row(row.record(1), row.plan_code)
            for row in self.instance.row_list()
        ]

    def _asked(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        month, year = cleaned.get("month"), cleaned.get("year")
        if not month or not year or year not in YEARS_TAKEN:
            return {}
        return {"month": Month(year - BUDDHIST_ERA, int(month))}

    def _read(self, table: list[list[str]], **asked: Any) -> Any:
        return tables.read_summary_table(table, **asked)

    def _rows(self) -> list[Any]:
        if self.reading is None:
            return []
        model, table = self.instance.rows.model, self.cleaned_data["table"]
        return [
            model.of_record(row, sort_order=at, plan_code=(table[at][12:] or [""])[0].strip())
            for at, row in enumerate(self.reading.records[0].rows)
        ]


class AnnualPlanForm(FormPageForm):
    """The form of the annual plan."""

    of_one = ("fiscal_year",)

    table = TableField(tables.PLAN, label=_("Projects"))

    def _typed(self) -> list[list[str]]:
        return [tables.cells_of_plan_entry(row.record(1)) for row in self.instance.row_list()]

    def _asked(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        year = cleaned.get("fiscal_year")
        return {"fiscal_year": year} if year in YEARS_TAKEN else {}

    def _read(self, table: list[list[str]], **asked: Any) -> Any:
        return tables.read_plan_table(table, **asked)

    def _rows(self) -> list[Any]:
        if self.reading is None:
            return []
        model = self.instance.rows.model
        return [
            model.of_record(entry, sort_order=at)
            for at, entry in enumerate(self.reading.records[0].entries)
        ]
