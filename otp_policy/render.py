"""
A policy given back as the document that it came from: its clauses, its table of steps, its annex.

The words are those of the policy file; what the file marks as a reading stands in a part of its
own, so that nobody takes it for the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from otp_policy.document import Document
from otp_policy.entries import Clock, Entry, Label, Provision, Step
from otp_policy.errors import PolicyError
from otp_policy.policy import Policy
from otp_policy.wording.descriptions import Speaker
from otp_policy.wording.markup import (
    Block,
    Cell,
    Heading,
    Items,
    Note,
    Paragraph,
    Table,
    to_html,
    to_markdown,
)
from otp_policy.wording.thai import long_date

__all__ = ["FORMATS", "blocks_of", "last_state", "render"]

FORMATS = ("md", "html")

LISTED = {"category": "categories", "channel": "channels", "step": "steps"}
"""The tables that a document lists → the heading of the list where no clause gives one."""

READ = (
    "unit", "role", "category", "kind", "channel", "provision", "step", "remark", "rule",
    "requirement", "urgent", "wait", "duty", "review_reminder", "calendar", "clock", "report",
    "law", "commencement",
)  # fmt: skip
GIVEN_ABOVE = frozenset({"commencement", "category", "provision", "step", "remark"})
"""The tables whose words stand in the document: only readings of them are told once more."""


def last_state(policy: Policy) -> date:
    """Return the day from which the newest state of the policy is in force."""
    days = policy.document.turning_points()
    return max((day for day in days if policy.is_in_force(day)), default=days[0])


def render(policy: Policy, *, lang: str, form: str, on: date | None = None) -> str:
    """
    Return the policy as Markdown (`md`) or as a whole HTML page (`html`).

    Args:
        lang: `th`, with Thai numerals and Buddhist years, or `en`.
        on: The day whose entries are shown; the newest state if None.

    Raises:
        PolicyError: If the policy is not in force on that day.
        ValueError: If there is no such form.
    """
    if form not in FORMATS:
        raise ValueError(f"unknown form `{form}`")
    blocks = blocks_of(policy, lang=lang, on=last_state(policy) if on is None else on)
    return to_html(blocks, lang=lang) if form == "html" else to_markdown(blocks)


def blocks_of(policy: Policy, *, lang: str, on: date) -> tuple[Block, ...]:
    """
    Return the document of that day as blocks, and after it how it is read and applied.

    Raises:
        PolicyError: If the policy is not in force on that day.
    """
    if not policy.is_in_force(on):
        raise PolicyError(f"{policy.label} is not in force on `{on.isoformat()}`")
    today = policy.document.on(on)
    say = Speaker(today, lang=lang)
    state = say.say("render.state", policy=policy.label, day=long_date(on, lang))
    return (
        Heading(level=1, text=getattr(today.policy.label, lang)),
        Note(text=state),
        *_text(today, say),
        *_readings(policy, today, say, on),
    )


def _text(today: Document, say: Speaker) -> Iterator[Block]:
    given = {clause for one in today.provision for clause in (one.clause, *one.carried_out_by)}
    level, closed = 2, False
    for at, provision in enumerate(today.provision):
        if provision.heading is not None:
            if at and not closed:
                yield from _closing(today, say)
                closed = True
            yield Heading(level=2, text=getattr(provision.heading, say.lang))
            level = 3
        yield from _provision(provision, today, say, level)
    for table, heading in LISTED.items():
        if given.isdisjoint(entry.clause for entry in getattr(today, table)):
            yield Heading(level=level, text=say.say(f"render.{heading}"))
            yield from _list(table, getattr(today, table), today, say)
    if not closed:
        yield from _closing(today, say)


def _closing(today: Document, say: Speaker) -> Iterator[Block]:
    yield Paragraph(text=" ".join(_words(today.commencement, say)))
    if today.policy.announced_on is not None:
        day = long_date(today.policy.announced_on, say.lang)
        yield Paragraph(text=say.say("render.announced", day=day))


def _provision(provision: Provision, today: Document, say: Speaker, level: int) -> Iterator[Block]:
    text = " ".join(_words(provision, say))
    if provision.numeral:
        key = "render.sub_numbered" if "." in provision.numeral else "render.numbered"
        text = say.say(key, numeral=_digits(provision.numeral, say), text=text)
    below = {
        table: [one for one in getattr(today, table) if _home(one, today) is provision]
        for table in (*LISTED, "provision")
    }
    if not any(below.values()):
        yield Paragraph(text=text)
        return
    yield Heading(level=level, text=text)
    for table in LISTED:
        yield from _list(table, below[table], today, say)


def _home(entry: Entry, today: Document) -> Provision | None:
    """Return the clause under which an entry stands: the last that it carries out."""
    homes = [one for one in today.provision if entry.clause in one.carried_out_by]
    return homes[-1] if homes else None


def _list(table: str, entries: Iterable[Entry], today: Document, say: Speaker) -> Iterator[Block]:
    found = list(entries)
    if not found:
        return
    if table == "step":
        steps = sorted((one for one in found if isinstance(one, Step)), key=lambda one: one.number)
        yield _steps(steps, today, say)
        return
    yield Items(
        items=tuple(
            say.say("render.item", numeral=say.number(at), text=" ".join(_words(entry, say)))
            for at, entry in enumerate(found, start=1)
        )
    )


def _steps(steps: Iterable[Step], today: Document, say: Speaker) -> Table:
    """Return the table of the annex: step, person responsible, remarks."""
    return Table(
        caption=say.say("render.steps"),
        head=tuple(say.say(f"render.{name}") for name in ("step", "responsible", "remarks")),
        rows=tuple(
            (
                _numbered(step, say),
                _lines(step.responsible_wording or step.responsible, say),
                tuple(
                    line
                    for remark in today.remark
                    if remark.step == step.number
                    for line in _words(remark, say)
                ),
            )
            for step in steps
        ),
    )


def _numbered(step: Step, say: Speaker) -> Cell:
    text = " ".join(_words(step, say))
    return (say.say("render.numbered", numeral=say.number(step.number), text=text),)


def _words(entry: Entry, say: Speaker) -> Cell:
    """Return the words of the document: its wording, or else its label."""
    return _lines(entry.wording or entry.label, say)


def _lines(label: Label, say: Speaker) -> Cell:
    return tuple(str(getattr(label, say.lang)).splitlines())


def _digits(numeral: str, say: Speaker) -> str:
    return "".join(say.number(int(char)) if char.isdecimal() else char for char in numeral)


def _readings(policy: Policy, today: Document, say: Speaker, on: date) -> Iterator[Block]:
    yield Heading(level=2, text=say.say("render.readings"))
    yield Note(text=say.say("render.readings_note"))
    for table in READ:
        held = getattr(today, table)
        entries: list[Entry] = [held] if isinstance(held, Entry) else list(held)
        if table in GIVEN_ABOVE:
            entries = [one for one in entries if one.interpretation]
        if table == "clock":
            entries += _clocks_of_laws(policy, on)
        if entries:
            yield _reading_table(table, entries, say)


def _clocks_of_laws(policy: Policy, on: date) -> list[Clock]:
    return [clock for law in policy.laws.values() for clock in law.clock if clock.holds(on)]


def _reading_table(table: str, entries: Iterable[Entry], say: Speaker) -> Table:
    names = ("entry", "detail", "clause", "basis", "reason")
    return Table(
        caption=say.say(f"table.{table}"),
        head=tuple(say.say(f"render.{name}") for name in names),
        rows=tuple(
            (
                (say.label(entry.label),),
                (say.describe(entry),),
                (entry.clause,),
                (say.say("render.reading" if entry.interpretation else "render.by_text"),),
                (entry.interpretation,) if entry.interpretation else (),
            )
            for entry in entries
        ),
        # Clauses and reasons are written in English, whatever the language of the document.
        languages=("", "", "en", "", "en") if say.lang != "en" else (),
    )
