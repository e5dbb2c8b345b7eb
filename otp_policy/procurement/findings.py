"""What is wrong in a form, and where: a code and a place; the sentences stand in `wording`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = [
    "WARNINGS",
    "CellError",
    "Code",
    "Column",
    "Place",
    "RowPlace",
    "TableFinding",
    "has_errors",
]


class Column(StrEnum):
    """What a column of a form holds."""

    MONTH = "month"
    AGENCY = "agency"
    SEQUENCE = "sequence"
    PROJECT_NUMBER = "project_number"
    WORK = "work"
    BUDGET = "budget"
    REFERENCE_PRICE = "reference_price"
    METHOD = "method"
    BIDDER = "bidder"
    OFFERED_PRICE = "offered_price"
    SELECTED = "selected"
    AGREED_PRICE = "agreed_price"
    REASON = "reason"
    CONTRACT_NUMBER = "contract_number"
    CONTRACT_DATE = "contract_date"
    PLAN_CODE = "plan_code"
    PROJECT = "project"
    EXPECTED = "expected"


class Code(StrEnum):
    """What can be wrong: with the file, a table, a cell, and across rows."""

    FILE_TOO_LARGE = "file_too_large"
    FILE_UNREADABLE = "file_unreadable"
    ENCODING_UNKNOWN = "encoding_unknown"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    SHEET_HIDDEN = "sheet_hidden"
    SHEET_WITHOUT_TABLE = "sheet_without_table"

    TABLE_MISSING = "table_missing"
    COLUMN_MISSING = "column_missing"
    COLUMN_REPEATED = "column_repeated"
    COLUMN_UNKNOWN = "column_unknown"
    MONTH_MISSING = "month_missing"
    MONTH_REPEATED = "month_repeated"
    ROWS_MISSING = "rows_missing"
    NOTHING_BUT_ROWS = "nothing_but_rows"
    ROW_UNCLEAR = "row_unclear"
    FISCAL_YEAR_MISSING = "fiscal_year_missing"

    CELL_MISSING = "cell_missing"
    TEXT_EXPECTED = "text_expected"
    TEXT_TOO_LONG = "text_too_long"
    NUMBER_BECAME_DATE = "number_became_date"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    FORMULA_EXTERNAL = "formula_external"
    FORMULA_ERROR = "formula_error"
    SEQUENCE_UNCLEAR = "sequence_unclear"
    AMOUNT_UNCLEAR = "amount_unclear"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_PRECISION = "amount_precision"
    AMOUNT_TOO_LARGE = "amount_too_large"
    DATE_UNCLEAR = "date_unclear"
    DATE_IMPOSSIBLE = "date_impossible"
    YEAR_TWO_DIGITS = "year_two_digits"
    YEAR_UNCLEAR = "year_unclear"
    MONTH_UNCLEAR = "month_unclear"
    PRICE_UNCLEAR = "price_unclear"
    OFFERS_UNPAIRED = "offers_unpaired"
    CONTRACTS_UNPAIRED = "contracts_unpaired"
    IDENTITY_NUMBER = "identity_number"

    SEQUENCE_BROKEN = "sequence_broken"
    METHOD_UNKNOWN = "method_unknown"
    SELECTED_NOT_BIDDER = "selected_not_bidder"
    BIDDER_REPEATED = "bidder_repeated"
    CONTRACT_REPEATED = "contract_repeated"
    CONTRACT_OUTSIDE_MONTH = "contract_outside_month"
    PLAN_CODE_REPEATED = "plan_code_repeated"
    EXPECTED_OUTSIDE_YEAR = "expected_outside_year"
    PRICE_ABOVE_BUDGET = "price_above_budget"
    PRICE_ABOVE_OFFER = "price_above_offer"
    PRICE_MISSING = "price_missing"


WARNINGS = frozenset(
    {
        Code.SHEET_HIDDEN,
        Code.SHEET_WITHOUT_TABLE,
        Code.COLUMN_UNKNOWN,
        Code.EXPECTED_OUTSIDE_YEAR,
        Code.PRICE_ABOVE_BUDGET,
        Code.PRICE_ABOVE_OFFER,
        Code.PRICE_MISSING,
    }
)
"""Codes that ask for a look and stop nothing; all the others stop the import."""


class CellError(ValueError):
    """A cell does not hold what its column asks for."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """
    A cell, a row (`column` 0) or a sheet (`row` 0 too); rows and columns count from 1.

    >>> Place("ต.ค. 2568", 7, 28).cell
    'AB7'
    """

    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def letter(self) -> str:
        """Return the column as a spreadsheet names it; empty for a whole row."""
        letters, number = "", self.column
        while number:
            number, digit = divmod(number - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return letters

    @property
    def cell(self) -> str:
        """Return the name of the cell, or the number of the row; empty for a whole sheet."""
        return f"{self.letter}{self.row}" if self.row else self.letter


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row of a form stands, and which column of the sheet holds what."""

    sheet: str = ""
    row: int = 0
    columns: Mapping[Column, int] = field(default_factory=dict)

    def at(self, column: Column, *, row: int = 0) -> Place:
        """Return the place of a cell; another row of the same entry where it says so."""
        return Place(self.sheet, row or self.row, self.columns.get(column, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFinding:
    """
    One thing that is wrong in a form.

    `value` is what stands there, shortened, and without the digits of an identity number;
    `expected` is what it was held against, for codes that compare.
    """

    code: Code
    place: Place
    column: Column | None = None
    value: str = ""
    expected: str = ""

    @property
    def is_warning(self) -> bool:
        """Tell whether the import goes on nevertheless."""
        return self.code in WARNINGS


def has_errors(findings: Iterable[TableFinding]) -> bool:
    """Tell whether anything among *findings* is more than a warning."""
    return any(not finding.is_warning for finding in findings)
