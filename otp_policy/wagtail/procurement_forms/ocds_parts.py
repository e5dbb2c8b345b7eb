"""What each page tells of contracting processes: a part for every purchase that it speaks of."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from otp_policy.procurement.ocds.forms import process_of_plan_entry, process_of_summary_row
from otp_policy.procurement.ocds.process import (
    Amendment,
    Award,
    AwardStatus,
    Contract,
    ContractStatus,
    Notice,
    Party,
    Plan,
    TenderStatus,
)
from otp_policy.procurement.texts import name_key

from .conf import publisher_name
from .pages import AnnualPlanMixin, AwardMixin, ContractMixin, MonthlySummaryMixin, NoticeMixin

__all__ = ["Part", "parts_of", "tells_processes"]

_TOLD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    What one page tells of one process; the numbers say which process it is.

    `usual_key` is its key if no page told of it before. `names_work`: its title is that of what is
    bought, and not of a page about it.
    """

    plan_code: str = ""
    project_number: str = ""
    usual_key: str
    title: str
    names_work: bool = True
    plan: Plan | None = None
    notice: Notice | None = None
    awards: tuple[Award, ...] = ()
    contracts: tuple[Contract, ...] = ()


def tells_processes(page: Any) -> bool:
    """Tell whether pages of this type tell of contracting processes."""
    return isinstance(
        page, AnnualPlanMixin | MonthlySummaryMixin | NoticeMixin | AwardMixin | ContractMixin
    )


def parts_of(page: Any) -> list[Part]:
    """Return what *page*, as it stands in memory, tells."""
    makers: tuple[tuple[type, Any], ...] = (
        (AnnualPlanMixin, _of_plan),
        (MonthlySummaryMixin, _of_summary),
        (NoticeMixin, _of_notice),
        (AwardMixin, _of_award),
        (ContractMixin, _of_contract),
    )
    return [part for model, make in makers if isinstance(page, model) for part in make(page)]


def _of_plan(page: Any) -> Iterator[Part]:
    record, buyer = page.record(), Party(name=publisher_name())
    for entry in record.entries:
        process = process_of_plan_entry(entry, record, buyer=buyer)
        yield Part(
            plan_code=entry.code,
            usual_key=_key(entry.code, or_else=process.key),
            title=entry.project,
            plan=process.plan,
        )


def _of_summary(page: Any) -> Iterator[Part]:
    record, buyer = page.record(), Party(name=publisher_name())
    for kept, row in zip(page.row_list(), record.rows, strict=True):
        process = process_of_summary_row(row, record.month, buyer=buyer)
        number = row.contracts[0].number if row.contracts else ""
        # Without a number of its own a purchase is told by its contract, which no other has.
        fallback = f"{record.month}-{_mark(number) if number else f'{page.pk}-{row.sequence}'}"
        yield Part(
            plan_code=kept.plan_code,
            project_number=row.project_number,
            usual_key=_key(kept.plan_code, row.project_number, or_else=fallback),
            title=row.work,
            notice=process.notice,
            **_identified(process.awards, process.contracts),
        )


def _of_notice(page: Any) -> Iterator[Part]:
    yield _stage(
        page,
        notice=Notice(
            method=page.method,
            status=TenderStatus.CANCELLED if page.is_cancelled else TenderStatus.ACTIVE,
            value=page.reference_price,
            opens_at=_instant(page.opens_at),
            closes_at=_instant(page.closes_at),
            amendments=_amendments(page),
        ),
    )


def _of_award(page: Any) -> Iterator[Part]:
    suppliers = list(page.suppliers.all())
    award = Award(
        id="",
        value=_sum(suppliers),
        suppliers=tuple(map(_party, suppliers)),
        on=page.awarded_on,
        status=AwardStatus.CANCELLED if page.is_cancelled else AwardStatus.ACTIVE,
        reason=page.reason,
    )
    yield _stage(page, **_identified((award,), ()))


def _of_contract(page: Any) -> Iterator[Part]:
    suppliers = list(page.suppliers.all())
    award = Award(id="", value=_sum(suppliers), suppliers=tuple(map(_party, suppliers)))
    contract = Contract(
        id="",
        award_id="",
        signed_on=page.signed_on,
        value=award.value,
        number=page.number,
        status=ContractStatus(page.state),
        starts_on=page.starts_on,
        ends_on=page.ends_on,
        amendments=_amendments(page),
    )
    yield _stage(page, **_identified((award,), (contract,)))


def _amendments(page: Any) -> tuple[Amendment, ...]:
    """Return the amendments of a page, known by their order; a page type may keep none."""
    rows = page.amendments.all() if hasattr(page, "amendments") else ()
    return tuple(
        Amendment(
            id=f"amendment-{number}",
            on=row.on,
            rationale=row.rationale,
            description=row.description,
        )
        for number, row in enumerate(rows, 1)
    )


def _stage(page: Any, **sections: Any) -> Part:
    return Part(
        plan_code=page.plan_code,
        project_number=page.project_number,
        usual_key=_key(page.plan_code, page.project_number, or_else=f"page-{page.pk}"),
        title=page.title,
        names_work=False,
        **sections,
    )


def _identified(
    awards: tuple[Award, ...], contracts: tuple[Contract, ...]
) -> dict[str, tuple[Any, ...]]:
    """
    Give awards and contracts the ids by which the same ones are known on other pages.

    An award is told by who was chosen, a contract by its number: so that notice, summary and
    contract speak of one award, and not of three.
    """
    named: dict[str, str] = {}
    for award in awards:
        firms = sorted(name_key(party.name) for party in award.suppliers)
        id_ = f"award-{_mark(*firms)}"
        while id_ in named.values():
            id_ += "-2"
        named[award.id] = id_
    return {
        "awards": tuple(replace(award, id=named[award.id]) for award in awards),
        "contracts": tuple(
            replace(
                contract,
                id=f"contract-{_mark(contract.number, named[contract.award_id])}",
                award_id=named[contract.award_id],
            )
            for contract in contracts
        ),
    }


def _key(*numbers: str, or_else: str) -> str:
    """Return the first number as a key; letters that no address takes become a mark of them."""
    number = next((one for one in numbers if one), "")
    if not number:
        return or_else
    return number if _TOLD.fullmatch(number) else f"x-{_mark(number)}"


def _mark(*texts: str) -> str:
    said = "\n".join("".join(text.split()).casefold() for text in texts)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _party(supplier: Any) -> Party:
    return Party(
        name=supplier.name,
        name_en=supplier.name_en,
        registration_number=supplier.registration_number,
    )


def _sum(suppliers: Iterable[Any]) -> Decimal:
    return sum((one.price for one in suppliers), Decimal(0))


def _instant(value: Any) -> Any:
    return timezone.localtime(value) if value else None
