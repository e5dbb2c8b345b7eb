"""Models of the procurement app; import them from here."""

from .documents import ProcurementPage
from .forms import AnnualPlanPage, MonthlySummaryPage, PlanEntry, SummaryRow
from .stages import (
    AwardPage,
    AwardSupplier,
    ContractPage,
    ContractSupplier,
    NoticePage,
)

__all__ = [
    "AnnualPlanPage",
    "AwardPage",
    "AwardSupplier",
    "ContractPage",
    "ContractSupplier",
    "MonthlySummaryPage",
    "NoticePage",
    "PlanEntry",
    "ProcurementPage",
    "SummaryRow",
]
