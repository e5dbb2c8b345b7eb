"""Of what kind an item is, of which period it speaks, and what tells its place in a series."""

from datetime import date
from typing import Any, ClassVar

from django.db import models

from otp_policy.freshness import Period

from ..conf import period_of


class KindAndPeriod:
    """What the due day of the next review is asked with, of an item and of lists of many types."""

    # The kind within the category, or the field that holds it.
    fixed_kind: ClassVar[str] = ""
    kind_field: ClassVar[str] = ""
    # The fields of the fiscal year (Buddhist era) and of a month of it.
    fiscal_year_field: ClassVar[str] = ""
    month_field: ClassVar[str] = ""
    # The field that tells the series, where that is not the kind.
    series_field: ClassVar[str] = ""
    # The field that says that there was nothing to report.
    nothing_field: ClassVar[str] = ""

    @property
    def disclosure_kind(self) -> str:
        """Return the kind of information, as the policy's duties name it; "" for no special one."""
        return getattr(self, self.kind_field) if self.kind_field else self.fixed_kind

    @property
    def disclosure_series(self) -> str:
        """Return what those of one series share within their category and unit; "" for none."""
        return getattr(self, self.series_field) if self.series_field else self.disclosure_kind

    @property
    def covers(self) -> Period | None:
        """Return the period that the information speaks of: what tells its place in a series."""
        year = getattr(self, self.fiscal_year_field) if self.fiscal_year_field else None
        return period_of(year, getattr(self, self.month_field) if self.month_field else None)

    @property
    def covers_until(self) -> date | None:
        """Return the last day that the information speaks of, where its duty asks for that."""
        return self.covers.last if self.covers else None

    @classmethod
    def listed_kind(cls) -> Any:
        """Return `disclosure_kind` as an expression, for lists of many types."""
        return models.F(cls.kind_field) if cls.kind_field else models.Value(cls.fixed_kind)

    @classmethod
    def listed_year(cls) -> Any:
        """Return the fiscal year of `covers` as an expression."""
        return models.F(cls.fiscal_year_field) if cls.fiscal_year_field else models.Value(None)

    @classmethod
    def listed_month(cls) -> Any:
        """Return the month of `covers` as an expression."""
        return models.F(cls.month_field) if cls.month_field else models.Value(None)

    @classmethod
    def listed_series(cls) -> Any:
        """Return `disclosure_series` as an expression."""
        return models.F(cls.series_field) if cls.series_field else cls.listed_kind()

    @classmethod
    def listed_nothing(cls) -> Any:
        """Return whether it says that there was nothing to report, as an expression."""
        return models.F(cls.nothing_field) if cls.nothing_field else models.Value(False)
