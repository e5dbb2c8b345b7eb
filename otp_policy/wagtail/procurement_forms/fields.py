"""Columns that hold what the forms hold: amounts of baht, and lists of offers and contracts."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from otp_policy.procurement.records import ContractReference, Offer

_SATANG = Decimal("0.01")


class BahtField(models.DecimalField):
    """
    An amount of baht with two places, wherever it comes from.

    A database gives back `9500.00` for `9500`: a draft has to have the digest of the live row.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        return baht(super().to_python(value))

    def value_from_object(self, obj: models.Model) -> Any:
        value = super().value_from_object(obj)
        return baht(value) if isinstance(value, Decimal | int) else value


def baht(amount: Decimal | int | None) -> Decimal | None:
    """Return an amount with two places; one with more is left for a validator to refuse."""
    if amount is None:
        return None
    exact = Decimal(amount)
    rounded = exact.quantize(_SATANG) if exact.is_finite() else exact
    return rounded if rounded == exact else exact


def kept_offers(offers: Iterable[Offer]) -> list[dict[str, str | None]]:
    """Return offers as a JSON column keeps them."""
    return [{"name": one.name, "price": _as_text(one.price)} for one in offers]


def read_offers(kept: Iterable[Mapping[str, Any]]) -> tuple[Offer, ...]:
    """Return the offers of a JSON column."""
    return tuple(Offer(name=one["name"], price=_as_amount(one["price"])) for one in kept)


def kept_contracts(contracts: Iterable[ContractReference]) -> list[dict[str, str]]:
    """Return contracts as a JSON column keeps them."""
    return [{"number": one.number, "signed_on": one.signed_on.isoformat()} for one in contracts]


def read_contracts(kept: Iterable[Mapping[str, Any]]) -> tuple[ContractReference, ...]:
    """Return the contracts of a JSON column."""
    return tuple(
        ContractReference(number=one["number"], signed_on=date.fromisoformat(one["signed_on"]))
        for one in kept
    )


def _as_text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(baht(amount))


def _as_amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
