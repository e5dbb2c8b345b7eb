"""Models of the procurement app; import them from here."""

from .documents import ProcurementPage
from .forms import AnnualPlanPage, MonthlySummaryPage, PlanEntry, SummaryRow
from .stages import (
    AwardPage,
    AwardSupplier,
    ContractAmendment,
    ContractPage,
    ContractSupplier,
    NoticeAmendment,
    NoticePage,
)

__all__ = [
    "AnnualPlanPage",
    "AwardPage",
    "AwardSupplier",
    "ContractAmendment",
    "ContractPage",
    "ContractSupplier",
    "MonthlySummaryPage",
    "NoticeAmendment",
    "NoticePage",
    "PlanEntry",
    "ProcurementPage",
    "SummaryRow",
]
