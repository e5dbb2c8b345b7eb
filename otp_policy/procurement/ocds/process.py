"""
A contracting process as an agency knows it, from the plan to the last payment.

A process is told as it stands now, whole; what of it is new is found out by `releases`. Times are
instants with a zone, days are days of the office, amounts are baht.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from otp_policy.procurement.records import Month

__all__ = [
    "Amendment",
    "Award",
    "AwardStatus",
    "Contract",
    "ContractStatus",
    "Document",
    "DocumentType",
    "Milestone",
    "Notice",
    "Party",
    "Plan",
    "Process",
    "ProcurementCategory",
    "TenderStatus",
    "Transaction",
]


class TenderStatus(StrEnum):
    """How far an invitation is; the words are those of the OCDS list `tenderStatus`."""

    PLANNED = "planned"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    UNSUCCESSFUL = "unsuccessful"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"


class AwardStatus(StrEnum):
    """How an award stands; the words are those of the OCDS list `awardStatus`."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    UNSUCCESSFUL = "unsuccessful"


class ContractStatus(StrEnum):
    """How a contract stands; the words are those of the OCDS list `contractStatus`."""

    PENDING = "pending"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"


class ProcurementCategory(StrEnum):
    """What is bought; the words are those of the OCDS list `procurementCategory`."""

    GOODS = "goods"
    WORKS = "works"
    SERVICES = "services"


class DocumentType(StrEnum):
    """What a document is; the words are those of the OCDS list `documentType`."""

    PROCUREMENT_PLAN = "procurementPlan"
    TENDER_NOTICE = "tenderNotice"
    BIDDING_DOCUMENTS = "biddingDocuments"
    TECHNICAL_SPECIFICATIONS = "technicalSpecifications"
    AWARD_NOTICE = "awardNotice"
    CONTRACT_NOTICE = "contractNotice"
    CONTRACT_SIGNED = "contractSigned"
    CONTRACT_SUMMARY = "contractSummary"
    PHYSICAL_PROGRESS_REPORT = "physicalProgressReport"
    FINANCIAL_PROGRESS_REPORT = "financialProgressReport"
    COMPLETION_CERTIFICATE = "completionCertificate"
    CANCELLATION_DETAILS = "cancellationDetails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """
    Somebody who takes part, by the name that the agency writes.

    `registration_number` is that of a legal person, and only as the agency gives it: the identity
    number of a natural person is refused where a release is made.
    """

    name: str
    name_en: str = ""
    registration_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document with its own address."""

    id: str
    type: DocumentType
    title: str
    url: str
    published_on: date | None = None
    format: str = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A formal change of an invitation, an award or a contract, with its reason."""

    id: str
    on: date
    rationale: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the annual plan says of the process; `expected` is when it is to be announced."""

    code: str
    project: str
    budget: Decimal
    expected: Month | None = None
    rationale: str = ""
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The invitation to bid; `method` is written as the agency writes it."""

    method: str
    status: TenderStatus = TenderStatus.ACTIVE
    value: Decimal | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    bidders: tuple[Party, ...] = ()
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Who was chosen, at what price and why; the day is None where no notice says it."""

    id: str
    value: Decimal
    suppliers: tuple[Party, ...]
    on: date | None = None
    status: AwardStatus = AwardStatus.ACTIVE
    reason: str = ""
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A point of progress: when it is due, and when it was met."""

    id: str
    title: str
    due_on: date | None = None
    met_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A payment from the agency to a supplier."""

    id: str
    on: date
    value: Decimal
    payee: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract that follows from an award, and how far its work is."""

    id: str
    award_id: str
    signed_on: date | None
    value: Decimal
    number: str = ""
    status: ContractStatus = ContractStatus.ACTIVE
    starts_on: date | None = None
    ends_on: date | None = None
    documents: tuple[Document, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    progress_documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """
    One contracting process.

    `key` tells it apart from all others of the agency for ever: the number of the project in the
    e-GP, or the code in the plan. It becomes part of the `ocid`.
    """

    key: str
    title: str
    buyer: Party
    category: ProcurementCategory | None = None
    plan: Plan | None = None
    is_plan_cancelled: bool = False
    notice: Notice | None = None
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()
