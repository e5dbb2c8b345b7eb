"""A contracting process from its plan to its last payment, and the official checks of OCDS."""

from __future__ import annotations

import csv
import functools
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from otp_policy.procurement import Month
from otp_policy.procurement.ocds.process import (
    Amendment,
    Award,
    AwardStatus,
    Contract,
    ContractStatus,
    Document,
    DocumentType,
    Milestone,
    Notice,
    Party,
    Plan,
    Process,
    ProcurementCategory,
    TenderStatus,
    Transaction,
)
from otp_policy.procurement.ocds.publication import Publication
from otp_policy.procurement.ocds.releases import next_release
from tests.conftest import SHARED

STANDARD = SHARED / "specs" / "ocds" / "standard-1__1__5-schema.zip"
START = datetime(2025, 11, 3, 2, 0, tzinfo=UTC)
PUBLICATION = Publication(
    prefix="ocds-a1b2c3",
    publisher="สำนักงานตัวอย่าง",
    publisher_uri="https://office.example",
    license="https://creativecommons.org/licenses/by/4.0/",
    identifier_scheme="TH-TEST",
)
AGENCY = Party(name="สำนักงานตัวอย่าง", name_en="Example Office")
FIRM = Party(name="บริษัท ก จำกัด", registration_number="0105500000000")
OTHER = Party(name="บริษัท ข จำกัด")


def document(name: str, type_: DocumentType) -> Document:
    return Document(
        id=name,
        type=type_,
        title=f"เอกสาร {name}",
        url=f"https://office.example/{name}.pdf",
        published_on=date(2025, 11, 3),
    )


PLANNED = Process(
    key="68119000001",
    title="จ้างพัฒนาระบบ",
    buyer=AGENCY,
    category=ProcurementCategory.SERVICES,
    plan=Plan(
        code="P68110000001",
        project="จ้างพัฒนาระบบ",
        budget=Decimal(2500000),
        expected=Month(2025, 12),
        rationale="ทดแทนระบบเดิม",
        documents=(document("plan", DocumentType.PROCUREMENT_PLAN),),
    ),
)
ANNOUNCED = replace(
    PLANNED,
    notice=Notice(
        method="วิธีประกวดราคาอิเล็กทรอนิกส์ (e-bidding)",
        value=Decimal("2450000.50"),
        opens_at=datetime(2025, 12, 1, 2, 0, tzinfo=UTC),
        closes_at=datetime(2025, 12, 15, 9, 30, tzinfo=UTC),
        documents=(document("notice", DocumentType.TENDER_NOTICE),),
    ),
)
AMENDED = replace(
    ANNOUNCED,
    notice=replace(
        ANNOUNCED.notice,
        closes_at=datetime(2025, 12, 20, 9, 30, tzinfo=UTC),
        amendments=(Amendment(id="1", on=date(2025, 12, 10), rationale="ขยายเวลายื่นข้อเสนอ"),),
    ),
)
AWARDED = replace(
    AMENDED,
    notice=replace(AMENDED.notice, status=TenderStatus.COMPLETE, bidders=(FIRM, OTHER)),
    awards=(
        Award(
            id="award-1",
            on=date(2026, 1, 5),
            value=Decimal(2400000),
            suppliers=(FIRM,),
            reason="ราคาต่ำสุด",
            documents=(document("winner", DocumentType.AWARD_NOTICE),),
        ),
    ),
)
CONTRACTED = replace(
    AWARDED,
    contracts=(
        Contract(
            id="contract-1",
            award_id="award-1",
            number="12/2569",
            signed_on=date(2026, 1, 20),
            value=Decimal(2400000),
            starts_on=date(2026, 1, 21),
            ends_on=date(2026, 7, 20),
            documents=(document("contract", DocumentType.CONTRACT_SIGNED),),
        ),
    ),
)


def with_contract(process: Process, **changes: Any) -> Process:
    return replace(process, contracts=(replace(process.contracts[0], **changes),))


WORKING = with_contract(
    CONTRACTED,
    milestones=(Milestone(id="1", title="งวดที่ 1", due_on=date(2026, 3, 20)),),
)
PAID = with_contract(
    WORKING,
    milestones=(
        Milestone(id="1", title="งวดที่ 1", due_on=date(2026, 3, 20), met_on=date(2026, 3, 18)),
    ),
    transactions=(
        Transaction(id="1", on=date(2026, 4, 1), value=Decimal("1200000.25"), payee=FIRM),
    ),
    progress_documents=(document("progress", DocumentType.PHYSICAL_PROGRESS_REPORT),),
)
LENGTHENED = with_contract(
    PAID,
    ends_on=date(2026, 8, 20),
    amendments=(Amendment(id="1", on=date(2026, 7, 1), rationale="ขยายเวลา"),),
)
ENDED = with_contract(LENGTHENED, status=ContractStatus.TERMINATED)
LIFE = [PLANNED, ANNOUNCED, AMENDED, AWARDED, CONTRACTED, WORKING, PAID, LENGTHENED, ENDED]
CANCELLED_AWARD = replace(
    AWARDED, awards=(replace(AWARDED.awards[0], status=AwardStatus.CANCELLED),)
)


def told(*processes: Process, publication: Publication = PUBLICATION) -> list[dict[str, Any]]:
    """Return the releases that tell of these states of one process, a day apart."""
    history: list[dict[str, Any]] = []
    for days, process in enumerate(processes):
        release = next_release(
            process,
            history=history,
            published_at=START + timedelta(days=days),
            publication=publication,
        )
        if release is not None:
            history.append(release)
    return history


@functools.cache
def part(name: str) -> bytes:
    with zipfile.ZipFile(STANDARD) as archive:
        return archive.read(f"standard-1__1__5/schema/{name}")


@functools.cache
def _registry() -> Registry:
    names = (
        "release-schema.json",
        "release-package-schema.json",
        "record-package-schema.json",
        "versioned-release-validation-schema.json",
    )
    resources = []
    for name in names:
        schema = json.loads(part(name))
        resource = Resource(contents=schema, specification=DRAFT4)
        resources.append((schema["id"], resource))
        resources.append((f"https://standard.open-contracting.org/schema/1__1__5/{name}", resource))
        resources.append((f"https://standard.open-contracting.org/1.1/en/{name}", resource))
    return Registry().with_resources(resources)


def schema_errors(value: Any, name: str) -> list[str]:
    """Return what the official schema of that name says against a value."""
    validator = Draft4Validator(
        json.loads(part(name)), registry=_registry(), format_checker=FORMATS
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@functools.cache
def codes(name: str) -> frozenset[str]:
    rows = csv.DictReader(io.StringIO(part(f"codelists/{name}").decode()))
    return frozenset(row["Code"] for row in rows)


CODELISTS = {
    ("tender", "status"): "tenderStatus.csv",
    ("tender", "procurementMethod"): "method.csv",
    ("tender", "mainProcurementCategory"): "procurementCategory.csv",
    ("awards", "status"): "awardStatus.csv",
    ("contracts", "status"): "contractStatus.csv",
    ("milestones", "status"): "milestoneStatus.csv",
    ("milestones", "type"): "milestoneType.csv",
    ("documents", "documentType"): "documentType.csv",
    ("parties", "roles"): "partyRole.csv",
    ("value", "currency"): "currency.csv",
    ("amount", "currency"): "currency.csv",
    ("", "tag"): "releaseTag.csv",
    ("", "initiationType"): "initiationType.csv",
}
ORGANIZATIONS = {"buyer", "procuringEntity", "tenderers", "suppliers", "payer", "payee"}
DATES = {"date", "dueDate", "dateMet", "dateSigned", "datePublished", "startDate", "endDate"}
FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uri")
def _is_address(value: object) -> bool:
    return not isinstance(value, str) or (value.isascii() and "://" in value)


def additional_errors(release: dict[str, Any]) -> list[str]:
    """Return what is wrong beyond the schema: codes, references, ids, the order of dates."""
    return list(_errors(release, release, "", "release"))


def _errors(value: Any, release: dict[str, Any], key: str, where: str) -> Iterator[str]:
    if isinstance(value, list):
        yield from _list_errors(value, key, where)
        for index, each in enumerate(value):
            yield from _errors(each, release, key, f"{where}[{index}]")
    elif isinstance(value, dict):
        yield from _object_errors(value, release, key, where)
        for name, each in value.items():
            yield from _errors(each, release, name, f"{where}.{name}")


def _list_errors(values: list[Any], key: str, where: str) -> Iterator[str]:
    ids = [each["id"] for each in values if isinstance(each, dict) and "id" in each]
    if len(set(ids)) < len(ids):
        yield f"{where}: an id is repeated"
    if not values:
        yield f"{where}: empty"


def _object_errors(
    value: dict[str, Any], release: dict[str, Any], key: str, where: str
) -> Iterator[str]:
    yield from _code_errors(value, "" if value is release else key, where)
    if key in ORGANIZATIONS:
        parties = {party["id"]: party["name"] for party in release["parties"]}
        if parties.get(value["id"]) != value.get("name"):
            yield f"{where}: no such party"
    if (value.get("startDate") or "") > (value.get("endDate") or "9999"):
        yield f"{where}: starts after its end"
    for name, each in value.items():
        if name in DATES and each and not each.endswith("+07:00"):
            yield f"{where}.{name}: not in the zone of the office"
        if each in ("", {}, []):
            yield f"{where}.{name}: empty"


def _code_errors(value: dict[str, Any], key: str, where: str) -> Iterator[str]:
    for (holder, name), codelist in CODELISTS.items():
        found = value.get(name) if holder == key else None
        for code in found if isinstance(found, list) else [found]:
            if code is not None and code not in codes(codelist):
                yield f"{where}.{name}: `{code}` is not in {codelist}"
