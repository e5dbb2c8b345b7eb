"""Values as OCDS writes them: money, days and times, documents, people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from otp_policy.procurement.ocds.process import Amendment, Document, Party
from otp_policy.procurement.ocds.publication import OcdsError, Publication
from otp_policy.procurement.texts import squeezed

__all__ = ["Writer", "filled", "party_id"]

CURRENCY = "THB"
_LAST_SECOND = time(23, 59, 59)


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is not empty: OCDS leaves out what nobody knows."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {}, ())}


def party_id(party: Party, publication: Publication, *, where: str) -> str:
    """
    Return an id that is the same wherever this party takes part.

    Raises:
        OcdsError: `registration_number_malformed`, for anything but the 13 digits, the first of
            them 0, by which legal persons are registered: others may be those of a person.
    """
    number = "".join(party.registration_number.split()).replace("-", "")
    if number and not (number.isascii() and number.isdigit() and len(number) == 13):
        raise OcdsError("registration_number_malformed", where=f"{where}.registration_number")
    if number and not number.startswith("0"):
        raise OcdsError("registration_number_malformed", where=f"{where}.registration_number")
    if not squeezed(party.name):
        raise OcdsError("name_missing", where=f"{where}.name")
    if number and publication.identifier_scheme:
        return f"{publication.identifier_scheme}-{number}"
    return f"name-{hashlib.sha256(squeezed(party.name).encode()).hexdigest()[:16]}"


class Writer:
    """Writes values for one publication, and gathers who takes part in what role."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.parties: dict[str, dict[str, Any]] = {}

    def day(self, day: date | None, *, is_end: bool = False) -> str | None:
        """Return the first second of a day of the office, or the last."""
        if day is None:
            return None
        second = _LAST_SECOND if is_end else time()
        return self.instant(datetime.combine(day, second, self.publication.zone), where="")

    def instant(self, instant: datetime | None, *, where: str) -> str | None:
        """
        Return an instant in the zone of the office, to the second.

        Raises:
            OcdsError: `zone_missing`, if it does not say in which zone it is.
        """
        if instant is None:
            return None
        if instant.tzinfo is None:
            raise OcdsError("zone_missing", where=where)
        return instant.astimezone(self.publication.zone).isoformat(timespec="seconds")

    def money(self, amount: Decimal | None) -> dict[str, Any] | None:
        """Return an amount of baht; a whole one without a fraction."""
        if amount is None:
            return None
        is_whole = amount == amount.to_integral_value()
        return {"amount": int(amount) if is_whole else float(amount), "currency": CURRENCY}

    def party(self, party: Party, role: str, *, where: str) -> dict[str, Any]:
        """Return a reference to a party, who is listed in that role too."""
        id_ = party_id(party, self.publication, where=where)
        entry = self.parties.setdefault(id_, self._organization(party, id_))
        if role not in entry["roles"]:
            entry["roles"].append(role)
        return {"id": id_, "name": entry["name"]}

    def parties_in(
        self, parties: Iterable[Party], role: str, *, where: str
    ) -> list[dict[str, Any]]:
        """Return references to several parties, each once."""
        references = [
            self.party(party, role, where=f"{where}[{index}]")
            for index, party in enumerate(parties)
        ]
        return list({reference["id"]: reference for reference in references}.values())

    def documents(self, documents: Iterable[Document]) -> list[dict[str, Any]]:
        """Return documents as OCDS lists them."""
        return [
            filled(
                {
                    "id": document.id,
                    "documentType": document.type.value,
                    "title": document.title,
                    "url": document.url,
                    "datePublished": self.day(document.published_on),
                    "format": document.format,
                    "language": "th",
                }
            )
            for document in documents
        ]

    def amendments(self, amendments: Iterable[Amendment]) -> list[dict[str, Any]]:
        """Return amendments as OCDS lists them, without the release that they amend."""
        return [
            filled(
                {
                    "id": amendment.id,
                    "date": self.day(amendment.on),
                    "rationale": amendment.rationale,
                    "description": amendment.description,
                }
            )
            for amendment in amendments
        ]

    def _organization(self, party: Party, id_: str) -> dict[str, Any]:
        number = "".join(party.registration_number.split()).replace("-", "")
        scheme = self.publication.identifier_scheme
        identifier = {"scheme": scheme, "id": number, "legalName": party.name}
        return filled(
            {
                "id": id_,
                "name": party.name,
                "name_en": party.name_en,
                "identifier": identifier if number and scheme else None,
            }
        ) | {"roles": []}
