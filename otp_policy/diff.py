"""
What changes for whom between two policies: each difference with its first day, in words.

Both policies are compared on every day on which one of them may change; a difference that stays
the same from day to day is told once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any

from otp_policy.entries import Label
from otp_policy.policy import Policy
from otp_policy.wording.contrasts import Contrast, contrasts, sides
from otp_policy.wording.descriptions import Speaker
from otp_policy.wording.sentences import MINOR, sentence

__all__ = ["Difference", "difference_to_json", "differences"]

HEADER = ("id", "version", "label", "timezone", "announced_on", "clauses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    One difference between two policies.

    It holds from `from_on` to `until_on`, both included, or for good if that is None. `minor` if
    it changes nobody's rights or duties. `before` and `after` are JSON values; None if there is
    nothing.
    """

    kind: str
    subject: str
    before: Any
    after: Any
    from_on: date
    until_on: date | None
    minor: bool
    sentence: Label


def differences(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Return every difference, those that change rights or duties first, by their first day."""
    points = {*old.document.turning_points(), *new.document.turning_points()}
    for policy in (old, new):
        for law in policy.laws.values():
            points |= {clock.effective_from for clock in law.clock}
            points |= {
                clock.effective_until + timedelta(days=1)
                for clock in law.clock
                if clock.effective_until is not None and clock.effective_until < date.max
            }
    start = min(policy.document.commencement.effective_from for policy in (old, new))
    days = sorted(day for day in points if day >= start)
    speakers = [Speaker(new.document, old.document, lang=lang) for lang in ("th", "en")]
    found = [
        _told(contrast, speakers, from_on=from_on, until_on=until_on)
        for contrast, from_on, until_on in (*_header(old, new, start), *_periods(old, new, days))
    ]
    return tuple(sorted(found, key=lambda one: (one.minor, one.from_on)))


def _header(old: Policy, new: Policy, start: date) -> Iterator[tuple[Contrast, date, date | None]]:
    for name in HEADER:
        before, after = (getattr(policy.document.policy, name) for policy in (old, new))
        if before != after:
            yield (
                Contrast(kind="header", subject=name, before=before, after=after),
                start,
                None,
            )


def _periods(
    old: Policy, new: Policy, days: list[date]
) -> Iterator[tuple[Contrast, date, date | None]]:
    """Return each difference with its first and its last day."""
    earlier, later = sides(old, days), sides(new, days)
    open_since: dict[Contrast, date] = {}
    for day in days:
        today = dict.fromkeys(contrasts(earlier[day], later[day]))
        for contrast in [one for one in open_since if one not in today]:
            yield contrast, open_since.pop(contrast), day - timedelta(days=1)
        for contrast in today:
            open_since.setdefault(contrast, day)
    for contrast, day in open_since.items():
        yield contrast, day, None


def _told(
    contrast: Contrast, speakers: Iterable[Speaker], *, from_on: date, until_on: date | None
) -> Difference:
    told = {
        say.lang: sentence(contrast, say, from_on=from_on, until_on=until_on) for say in speakers
    }
    return Difference(
        kind=contrast.kind,
        subject=contrast.subject,
        before=_json(contrast.before),
        after=_json(contrast.after),
        from_on=from_on,
        until_on=until_on,
        minor=contrast.kind in MINOR,
        sentence=Label(**told),
    )


def _json(value: Any) -> Any:
    """Return a value as JSON: what an entry sets as an object, a label by its languages."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {one.name: _json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        pairs = value and all(isinstance(one, tuple) and len(one) == 2 for one in value)
        if pairs and all(isinstance(one[0], str) for one in value):
            return {key: _json(inner) for key, inner in value}
        return [_json(one) for one in value]
    return value


def difference_to_json(difference: Difference) -> dict[str, Any]:
    """Return the difference as the JSON of `otp-policy diff --json`."""
    until = difference.until_on
    return {
        "kind": difference.kind,
        "subject": difference.subject,
        "before": difference.before,
        "after": difference.after,
        "from": difference.from_on.isoformat(),
        **({} if until is None else {"until": until.isoformat()}),
        "minor": difference.minor,
        "sentence": {"th": difference.sentence.th, "en": difference.sentence.en},
    }
