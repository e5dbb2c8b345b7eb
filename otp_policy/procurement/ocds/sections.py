"""The sections of a release: planning, tender, awards and contracts, each of them whole."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

from otp_policy.procurement.methods import Methods
from otp_policy.procurement.ocds.process import (
    Award,
    Contract,
    Notice,
    Plan,
    Process,
    TenderStatus,
)
from otp_policy.procurement.ocds.publication import OcdsError
from otp_policy.procurement.ocds.values import Writer, filled
from otp_policy.procurement.records import Month

__all__ = ["awards", "contracts", "planning", "tender"]

EXPECTED_ANNOUNCEMENT = "คาดว่าจะประกาศจัดซื้อจัดจ้าง"


def planning(plan: Plan, writer: Writer) -> dict[str, Any]:
    """Return what the annual plan says."""
    return filled(
        {
            "rationale": plan.rationale,
            "budget": filled(
                {
                    "description": plan.project,
                    "amount": writer.money(plan.budget),
                    "project": plan.project,
                    "projectID": plan.code,
                }
            ),
            "documents": writer.documents(plan.documents),
            "milestones": _expected(plan.expected, writer),
        }
    )


def _expected(month: Month | None, writer: Writer) -> list[dict[str, Any]]:
    if month is None:
        return []
    last = date(month.year, month.month, monthrange(month.year, month.month)[1])
    return [
        {
            "id": "announcement",
            "type": "preProcurement",
            "title": EXPECTED_ANNOUNCEMENT,
            "dueDate": writer.day(last, is_end=True),
        }
    ]


def tender(process: Process, writer: Writer, methods: Methods) -> dict[str, Any]:
    """
    Return the invitation; before it is made, that it is planned, or that the plan was cancelled.

    Raises:
        OcdsError: `method_unknown`, if the method of the notice is none that the agency knows.
    """
    buyer = writer.party(process.buyer, "procuringEntity", where="buyer")
    status = TenderStatus.PLANNED if process.notice is None else process.notice.status
    if process.is_plan_cancelled:
        status = TenderStatus.CANCELLED
    category = process.category.value if process.category else None
    common = filled(
        {
            "id": process.key,
            "title": process.title,
            "status": status.value,
            "procuringEntity": buyer,
            "mainProcurementCategory": category,
        }
    )
    return common | (_notice(process.notice, writer, methods) if process.notice else {})


def _notice(notice: Notice, writer: Writer, methods: Methods) -> dict[str, Any]:
    method = methods.find(notice.method)
    if method is None:
        raise OcdsError("method_unknown", where="notice.method")
    bidders = writer.parties_in(notice.bidders, "tenderer", where="notice.bidders")
    return filled(
        {
            "value": writer.money(notice.value),
            "procurementMethod": method.ocds,
            "procurementMethodDetails": notice.method,
            "tenderPeriod": filled(
                {
                    "startDate": writer.instant(notice.opens_at, where="notice.opens_at"),
                    "endDate": writer.instant(notice.closes_at, where="notice.closes_at"),
                }
            ),
            "numberOfTenderers": len(bidders) or None,
            "tenderers": bidders,
            "documents": writer.documents(notice.documents),
            "amendments": writer.amendments(notice.amendments),
        }
    )


def awards(found: Iterable[Award], writer: Writer) -> list[dict[str, Any]]:
    """Return the awards."""
    return [
        filled(
            {
                "id": award.id,
                "description": award.reason,
                "status": award.status.value,
                "date": writer.day(award.on),
                "value": writer.money(award.value),
                "suppliers": writer.parties_in(
                    award.suppliers, "supplier", where=f"awards[{index}].suppliers"
                ),
                "documents": writer.documents(award.documents),
                "amendments": writer.amendments(award.amendments),
            }
        )
        for index, award in enumerate(found)
    ]


def contracts(
    found: Iterable[Contract], buyer: dict[str, Any], writer: Writer
) -> list[dict[str, Any]]:
    """Return the contracts with what is known of their implementation."""
    return [
        filled(
            {
                "id": contract.id,
                "awardID": contract.award_id,
                "title": f"สัญญาเลขที่ {contract.number}" if contract.number else None,
                "status": contract.status.value,
                "period": filled(
                    {
                        "startDate": writer.day(contract.starts_on),
                        "endDate": writer.day(contract.ends_on, is_end=True),
                    }
                ),
                "value": writer.money(contract.value),
                "dateSigned": writer.day(contract.signed_on),
                "documents": writer.documents(contract.documents),
                "amendments": writer.amendments(contract.amendments),
                "implementation": _implementation(
                    contract, buyer, writer, where=f"contracts[{index}]"
                ),
            }
        )
        for index, contract in enumerate(found)
    ]


def _implementation(
    contract: Contract, buyer: dict[str, Any], writer: Writer, *, where: str
) -> dict[str, Any]:
    if contract.transactions:
        writer.parties[buyer["id"]]["roles"].append("payer")
    return filled(
        {
            "milestones": [
                filled(
                    {
                        "id": milestone.id,
                        "type": "delivery",
                        "title": milestone.title,
                        "dueDate": writer.day(milestone.due_on, is_end=True),
                        "dateMet": writer.day(milestone.met_on),
                        "status": "met" if milestone.met_on else "scheduled",
                    }
                )
                for milestone in contract.milestones
            ],
            "transactions": [
                {
                    "id": payment.id,
                    "date": writer.day(payment.on),
                    "value": writer.money(payment.value),
                    "payer": buyer,
                    "payee": writer.party(
                        payment.payee, "payee", where=f"{where}.transactions[{index}].payee"
                    ),
                }
                for index, payment in enumerate(contract.transactions)
            ],
            "documents": writer.documents(contract.progress_documents),
        }
    )
