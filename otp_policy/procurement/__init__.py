"""
The procurement forms of Thai agencies as values: สขร.1, the annual plan, and OCDS.

`records` are the forms, `monthly_summary` and `annual_plan` read them from the sheets that
`csv_files` and `xlsx_files` find in a file, `tables` and `xlsx_writing` write them, `checks` looks
across rows, and `wording` says in words what is wrong. `ocds` makes releases and records.
"""

from otp_policy.procurement.findings import Code, Column, Place, TableFinding
from otp_policy.procurement.grid import Reading
from otp_policy.procurement.records import (
    AnnualPlan,
    ContractReference,
    Month,
    MonthlySummary,
    Offer,
    PlanEntry,
    SummaryRow,
)

__all__ = [
    "AnnualPlan",
    "Code",
    "Column",
    "ContractReference",
    "Month",
    "MonthlySummary",
    "Offer",
    "Place",
    "PlanEntry",
    "Reading",
    "SummaryRow",
    "TableFinding",
]
