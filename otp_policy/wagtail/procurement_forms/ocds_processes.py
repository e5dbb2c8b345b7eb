"""A process made of all that live pages tell of it, and of what was told and is told no more."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from otp_policy.procurement.ocds.changes import latest
from otp_policy.procurement.ocds.process import (
    Amendment,
    Award,
    AwardStatus,
    Contract,
    ContractStatus,
    Notice,
    Party,
    Plan,
    Process,
    TenderStatus,
)
from otp_policy.procurement.records import Month

from .conf import publisher_name
from .ocds_parts import Part

__all__ = ["process_of"]

Releases = Sequence[dict[str, Any]]


def process_of(key: str, parts: Sequence[Part], history: Releases) -> Process:
    """
    Return the process as it stands, whole: what was told before and no page tells is cancelled.

    Args:
        key: The key of the process.
        parts: What the live pages tell, in the order of their publication; the last one prevails.
        history: The releases so far.
    """
    told = _Told(history)
    plans = [part.plan for part in parts if part.plan]
    plan = plans[-1] if plans else told.plan()
    notice = _notice([part.notice for part in parts if part.notice], told.notice())
    awards = {award.id: award for award in told.awards()}
    contracts = {contract.id: contract for contract in told.contracts()}
    for part in parts:
        for award in part.awards:
            awards[award.id] = _fuller(award, awards.get(award.id))
        contracts |= {
            contract.id: _fuller_contract(contract, contracts.get(contract.id))
            for contract in part.contracts
        }
    return Process(
        key=key,
        title=_title(parts) or told.title,
        buyer=Party(name=publisher_name()),
        plan=plan,
        is_plan_cancelled=not parts or (bool(told.has_plan) and not plans and notice is None),
        notice=notice,
        awards=tuple(awards.values()),
        contracts=tuple(contracts.values()),
    )


def _title(parts: Sequence[Part]) -> str:
    """Return what is bought, as the plan or the summary names it; else the first page's title."""
    named = [part.title for part in parts if part.names_work] or [part.title for part in parts]
    return named[0] if named else ""


def _notice(found: list[Notice], told: Notice | None) -> Notice | None:
    """
    Return the latest notice with the days and the price that an earlier one gave.

    Where no page has one, what was told stands. Amendments stand in any case.
    """
    notice: Notice | None = None
    for one in found:
        if notice is not None:
            one = replace(
                one,
                value=one.value if one.value is not None else notice.value,
                opens_at=one.opens_at or notice.opens_at,
                closes_at=one.closes_at or notice.closes_at,
                bidders=one.bidders or notice.bidders,
                amendments=_all_amendments(notice.amendments, one.amendments),
            )
        notice = one
    if notice is None or told is None:
        return notice or told
    return replace(notice, amendments=_all_amendments(told.amendments, notice.amendments))


def _all_amendments(
    earlier: Iterable[Amendment], now: Iterable[Amendment]
) -> tuple[Amendment, ...]:
    """Return every amendment once, as it was said last: what was told is not dropped."""
    return tuple(({one.id: one for one in earlier} | {one.id: one for one in now}).values())


def _fuller(award: Award, earlier: Award | None) -> Award:
    if earlier is None or earlier.status is AwardStatus.CANCELLED:
        return award
    return replace(award, on=award.on or earlier.on, reason=award.reason or earlier.reason)


def _fuller_contract(contract: Contract, earlier: Contract | None) -> Contract:
    if earlier is None:
        return contract
    contract = replace(
        contract, amendments=_all_amendments(earlier.amendments, contract.amendments)
    )
    if earlier.status is ContractStatus.CANCELLED:
        return contract
    return replace(
        contract,
        starts_on=contract.starts_on or earlier.starts_on,
        ends_on=contract.ends_on or earlier.ends_on,
    )


class _Told:
    """
    What releases told, read back as values, and cancelled.

    INVARIANT: read back and written again, nothing but the status differs; else a release would
    tell changes that nobody made.
    """

    def __init__(self, history: Releases) -> None:
        self._planning = latest(history, "planning").get("", {})
        self._tender = latest(history, "tender").get("", {})
        self._awards = latest(history, "awards")
        self._contracts = latest(history, "contracts")
        self._parties = {party["id"]: party for release in history for party in release["parties"]}
        self.has_plan = bool(self._planning)
        self.title = str(self._tender.get("title", ""))

    def plan(self) -> Plan | None:
        if not self._planning:
            return None
        budget = self._planning.get("budget", {})
        due = next((one["dueDate"] for one in self._planning.get("milestones", ())), None)
        return Plan(
            code=budget.get("projectID", ""),
            project=budget.get("project", ""),
            budget=_amount(budget.get("amount")) or Decimal(0),
            expected=Month.of(_day(due)) if due else None,
        )

    def notice(self) -> Notice | None:
        if "procurementMethodDetails" not in self._tender:
            return None
        period = self._tender.get("tenderPeriod", {})
        return Notice(
            method=self._tender["procurementMethodDetails"],
            status=TenderStatus.CANCELLED,
            value=_amount(self._tender.get("value")),
            opens_at=_instant(period.get("startDate")),
            closes_at=_instant(period.get("endDate")),
            bidders=tuple(self._named(self._tender.get("tenderers", ()))),
            amendments=tuple(map(_amendment, self._tender.get("amendments", ()))),
        )

    def awards(self) -> Iterator[Award]:
        for entry in self._awards.values():
            yield Award(
                id=entry["id"],
                value=_amount(entry.get("value")) or Decimal(0),
                suppliers=tuple(self._named(entry.get("suppliers", ()))),
                on=_day(entry.get("date")),
                status=AwardStatus.CANCELLED,
                reason=entry.get("description", ""),
            )

    def contracts(self) -> Iterator[Contract]:
        for entry in self._contracts.values():
            period = entry.get("period", {})
            yield Contract(
                id=entry["id"],
                award_id=entry["awardID"],
                signed_on=_day(entry.get("dateSigned")),
                value=_amount(entry.get("value")) or Decimal(0),
                number=entry.get("title", "").removeprefix("สัญญาเลขที่ "),
                status=ContractStatus.CANCELLED,
                starts_on=_day(period.get("startDate")),
                ends_on=_day(period.get("endDate")),
                amendments=tuple(map(_amendment, entry.get("amendments", ()))),
            )

    def _named(self, references: Iterable[dict[str, Any]]) -> Iterator[Party]:
        for reference in references:
            party = self._parties.get(reference["id"], reference)
            yield Party(
                name=reference["name"],
                name_en=party.get("name_en", ""),
                registration_number=party.get("identifier", {}).get("id", ""),
            )


def _amendment(entry: dict[str, Any]) -> Amendment:
    return Amendment(
        id=entry["id"],
        on=_day(entry["date"]),
        rationale=entry["rationale"],
        description=entry.get("description", ""),
    )


def _amount(money: dict[str, Any] | None) -> Decimal | None:
    return None if money is None else Decimal(str(money["amount"]))


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: Any) -> Any:
    return date.fromisoformat(text[:10]) if text else None
