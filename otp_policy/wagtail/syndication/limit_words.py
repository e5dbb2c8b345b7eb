"""The limits of a channel in words: how much a text uses, and what has to be shortened."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from otp_policy.channels.preview import Count, Unit
from otp_policy.channels.readings import Problem

__all__ = ["Measure", "measures_of", "sentence_of"]

_PLACES = {
    "": _("the whole message"),
    "altText": _("the line of the notification"),
    "contents": _("the bubble"),
    "label": _("the label of the button"),
    "link": _("the link"),
    "message": _("the text of the post"),
    "messages": _("the number of messages"),
    "reference": _("the reference number"),
    "text": _("the text"),
    "uri": _("the link"),
    "image_url": _("the address of the picture"),
    "url": _("the address of the picture"),
}
_UNITS = {
    Unit.UTF16: _("characters, as the service counts them"),
    Unit.GRAPHEMES: _("letters with their marks"),
    Unit.CHARACTERS: _("characters"),
    Unit.BYTES: _("bytes"),
    Unit.MESSAGES: _("messages"),
}
_OVER = _("%(place)s: %(actual)s %(unit)s, and at most %(limit)s are taken. Shorten it.")
_SENTENCES = {
    "too_long": _OVER,
    "too_many": _OVER,
    "too_large": _OVER,
    "empty": _("%(place)s: it is empty, and the service takes nothing empty."),
    "url_not_allowed": _("%(place)s: the service does not take this address."),
    "reference_missing": _("%(place)s: the reference number does not stand in it."),
    "shape": _("%(place)s: it has not the form that the service takes."),
    "refused": _("%(place)s: the service says that it would refuse this. %(detail)s"),
}
# Without a count, the unit that a code is measured in.
_UNIT_OF_CODE = {"too_many": Unit.MESSAGES, "too_large": Unit.BYTES}


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of a limit a text uses, in words."""

    place: str
    unit: str
    actual: int
    limit: int
    is_over: bool

    @property
    def percent(self) -> int:
        """Return the used part in hundredths, at most all of it."""
        return min(100, self.actual * 100 // max(self.limit, 1))


def measures_of(counts: Iterable[Count]) -> Iterator[Measure]:
    """Yield each count in words; of the same place and unit, the fullest."""
    fullest: dict[tuple[str, str], Measure] = {}
    for count in counts:
        measure = Measure(
            place_of(count.where), unit_of(count.unit), count.actual, count.limit, count.is_over
        )
        key = (measure.place, measure.unit)
        if key not in fullest or measure.actual > fullest[key].actual:
            fullest[key] = measure
    yield from fullest.values()


def sentence_of(problem: Problem, counts: Iterable[Count]) -> str:
    """Return what is wrong, by how much, and what to do, in the reader's language."""
    sentence = _SENTENCES.get(problem.code, _SENTENCES["shape"])
    unit = next(
        (count.unit for count in counts if count.where == problem.where),
        _UNIT_OF_CODE.get(problem.code, Unit.CHARACTERS),
    )
    told = gettext(str(sentence)) % {
        "place": place_of(problem.where),
        "actual": f"{problem.actual:,}",
        "limit": f"{problem.limit:,}",
        "unit": unit_of(unit),
        "detail": problem.detail,
    }
    return told.strip()


def place_of(where: str) -> str:
    """Return the name of a place in a payload, by the last word of its path."""
    words = re.findall(r"[A-Za-z_]+", where)
    return str(_PLACES.get(words[-1] if words else "", where))


def unit_of(unit: Unit) -> str:
    """Return the name of a service's unit."""
    return str(_UNITS[unit])
