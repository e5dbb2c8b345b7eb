"""Makes contracting processes of what the forms say: the plan, and the monthly summary."""

from __future__ import annotations

from decimal import Decimal

from otp_policy.procurement.ocds.process import (
    Award,
    Contract,
    Notice,
    Party,
    Plan,
    Process,
    TenderStatus,
)
from otp_policy.procurement.records import AnnualPlan, Month, Offer, PlanEntry, SummaryRow

__all__ = ["process_of_plan_entry", "process_of_summary_row"]


def process_of_plan_entry(entry: PlanEntry, plan: AnnualPlan, *, buyer: Party) -> Process:
    """
    Return the process that an entry of a plan announces.

    Its key is the code of the plan; without one, the fiscal year and the number of the entry.
    """
    return Process(
        key=entry.code or f"plan-{plan.fiscal_year}-{entry.sequence}",
        title=entry.project,
        buyer=buyer,
        plan=Plan(
            code=entry.code,
            project=entry.project,
            budget=entry.budget,
            expected=entry.expected,
        ),
    )


def process_of_summary_row(
    row: SummaryRow, month: Month, *, buyer: Party, known: Process | None = None
) -> Process:
    """
    Return the process that a row of the monthly summary concludes.

    Args:
        row: The row; each of those who were selected has a contract, or all have one together.
        month: The month of the summary.
        buyer: The agency.
        known: The process as it was known before, with its plan; without it the key is the number
            of the project, or the month and the number of the row.
    """
    key = known.key if known else row.project_number or f"{month}-{row.sequence}"
    awards = _awards(row, key)
    return Process(
        key=key,
        title=row.work,
        buyer=buyer,
        category=known.category if known else None,
        plan=known.plan if known else None,
        notice=Notice(
            method=row.method,
            status=TenderStatus.COMPLETE,
            value=row.reference_price,
            bidders=tuple(Party(name=bidder.name) for bidder in row.bidders),
        ),
        awards=awards,
        contracts=_contracts(row, key, awards),
    )


def _awards(row: SummaryRow, key: str) -> tuple[Award, ...]:
    # One contract for several binds them together: they share an award.
    is_shared = len(row.contracts) == 1
    groups = [row.selected] if is_shared else [(offer,) for offer in row.selected]
    return tuple(
        Award(
            id=f"{key}-award-{number}",
            value=_sum(offers),
            suppliers=tuple(Party(name=offer.name) for offer in offers),
            reason=row.reason,
        )
        for number, offers in enumerate(groups, start=1)
    )


def _contracts(row: SummaryRow, key: str, awards: tuple[Award, ...]) -> tuple[Contract, ...]:
    if not row.contracts:
        return ()
    return tuple(
        Contract(
            id=f"{key}-contract-{number}",
            award_id=award.id,
            number=reference.number,
            signed_on=reference.signed_on,
            value=award.value,
        )
        for number, (award, reference) in enumerate(
            zip(awards, row.contracts, strict=True), start=1
        )
    )


def _sum(offers: tuple[Offer, ...]) -> Decimal:
    return sum((offer.price or Decimal(0) for offer in offers), Decimal(0))
