"""Reads the cells of one row: each value, or a finding with the place of the cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from otp_policy.personal_data import PersonalData, PersonalDataKind, find_personal_data
from otp_policy.procurement.findings import CellError, Code, Column, TableFinding
from otp_policy.procurement.grid import Broken, CellValue, is_blank, shown, text_of
from otp_policy.procurement.offers import is_none
from otp_policy.procurement.texts import shortened
from otp_policy.procurement.walk import Row

__all__ = ["Cells", "masked"]

Value = TypeVar("Value")


class Cells:
    """
    The cells of a row, read one by one.

    `unread` are the columns of which nothing can be said, so that no other check speaks of them.
    """

    def __init__(self, row: Row, findings: list[TableFinding]) -> None:
        self.row = row
        self.findings = findings
        self.unread: set[Column] = set()

    def needed(self, column: Column, read: Callable[[CellValue], Value], otherwise: Value) -> Value:
        """Return the value of a cell that must be filled in; *otherwise* where it cannot be had."""
        value = self.row.value(column)
        if is_blank(value):
            self.tell(Code.CELL_MISSING, column)
            return otherwise
        return self.read(column, lambda: read(value), otherwise)

    def text(self, column: Column) -> str:
        """Return the text of a cell that must be filled in; a dash is a text as good as any."""
        return self.needed(column, text_of, "")

    def unless_none(self, column: Column, read: Callable[[CellValue], Value]) -> Value | None:
        """Return the value of a cell that must be filled in; None where it holds a dash."""
        return self.needed(column, lambda value: None if is_none(value) else read(value), None)

    def read(self, column: Column, read: Callable[[], Value], otherwise: Value) -> Value:
        """Return what *read* returns; a finding and *otherwise* where the cell does not hold it."""
        try:
            return read()
        except CellError as error:
            self.tell(error.code, column)
            return otherwise

    def tell(self, code: Code, column: Column, *, expected: str = "") -> None:
        """Note what is wrong with a cell."""
        self.unread.add(column)
        if not self.row.header.column(column):
            # The heading is missing, which was said once for all rows.
            return
        self.findings.append(
            TableFinding(
                code=code,
                place=self.row.place.at(column),
                column=column,
                value=masked(self.row.value(column)),
                expected=expected,
            )
        )

    def refuse_identity_numbers(self) -> None:
        """
        Note every cell with the identity number of a natural person, which must not be published.

        The registration number of a company begins with 0 and is none.
        """
        for at, value in sorted(self.row.line.cells.items()):
            held = self.row.header.columns.get(at, ())
            if held and not isinstance(value, Broken) and _identity_numbers(shown(value)):
                self.tell(Code.IDENTITY_NUMBER, held[0])


def masked(value: CellValue) -> str:
    """Return what stands in a cell, shortened, with identity numbers made unreadable."""
    text = shown(value)
    for number in _identity_numbers(text):
        text = text.replace(text[number.offset : number.offset + len(number.masked)], number.masked)
    return shortened(text)


def _identity_numbers(text: str) -> list[PersonalData]:
    return [
        found
        for found in find_personal_data(text, field="")
        if found.kind is PersonalDataKind.IDENTITY_NUMBER
    ]
