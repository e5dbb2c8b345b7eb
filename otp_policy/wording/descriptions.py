"""
What an entry says, in words: the detail beside its label, the same in every answer.

Each description tells all that the entry sets, so that two entries that differ read differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from otp_policy.document import Document
from otp_policy.entries import (
    Calendar,
    Channel,
    Clock,
    Duty,
    Entry,
    Kind,
    Label,
    Law,
    Provision,
    Remark,
    Report,
    Requirement,
    ReviewReminder,
    Role,
    Rule,
    Step,
    Unit,
    Urgent,
    Wait,
)
from otp_policy.model import Action
from otp_policy.vocabulary import Authority, UrgentMode
from otp_policy.wording.phrases import has_phrase, listed, phrase
from otp_policy.wording.thai import thai_digits

__all__ = ["Speaker", "in_language"]


def in_language(label: Label, lang: str) -> str:
    """Return the label in a language, on one line."""
    return " / ".join(str(getattr(label, lang)).splitlines())


class Speaker:
    """
    Speaks about the entries of one or more documents, in one language.

    A name is looked up in the documents in their order; one that none of them knows is said as
    it is written.
    """

    def __init__(self, *documents: Document, lang: str) -> None:
        self.lang = lang
        self.labels: dict[tuple[str, str], Label] = {}
        for document in documents:
            for table in ("unit", "role", "category", "kind", "channel", "clock"):
                for entry in getattr(document, table):
                    self.labels.setdefault((table, entry.code), entry.label)
        said = Counter((table, getattr(label, lang)) for (table, _), label in self.labels.items())
        self.doubtful = {key for key, count in said.items() if count > 1}

    def say(self, key: str, **values: object) -> str:
        """Return a phrase in this language."""
        return phrase(key, self.lang, **values)

    def counted(self, key: str, count: int) -> str:
        """Return a phrase about a number; one thing may have a phrase of its own, `…_one`."""
        one = f"{key}_one"
        key = one if count == 1 and has_phrase(one) else key
        return self.say(key, count=self.number(count))

    def number(self, value: int) -> str:
        """Return a number in the digits of this language."""
        return thai_digits(value) if self.lang == "th" else str(value)

    def label(self, label: Label) -> str:
        """Return a label in this language, with the digits of this language."""
        text = in_language(label, self.lang)
        return thai_digits(text) if self.lang == "th" else text

    def name(self, table: str, code: str) -> str:
        """Return the name of what *code* stands for, in quotation marks."""
        return self.say("list.name", name=self._called(table, code))

    def role(self, code: str) -> str:
        """Return who exercises a role, as the subject of a sentence."""
        text = self._called("role", code)
        if text[1:2].islower():
            text = text[:1].lower() + text[1:]
        return self.say("list.role", name=text)

    def _called(self, table: str, code: str) -> str:
        label = self.labels.get((table, code))
        if label is None:
            return code
        # Two things of one name are told apart by their codes.
        is_doubtful = (table, getattr(label, self.lang)) in self.doubtful
        return f"{self.label(label)} ({code})" if is_doubtful else self.label(label)

    def names(self, table: str, codes: Iterable[str]) -> str:
        """Return several names as an enumeration."""
        return listed([self.name(table, code) for code in codes], self.lang)

    def roles(self, codes: Iterable[str]) -> str:
        """Return several roles as the subject of a sentence; nobody, if there is none."""
        found = [self.role(code) for code in codes]
        return listed(found, self.lang) if found else self.say("authority.nobody")

    def actions(self, actions: Iterable[Action]) -> str:
        """Return several actions in words, each by a word of its own."""
        return listed([self.say(f"deed.{action}") for action in actions], self.lang)

    def information(self, categories: Sequence[str]) -> str:
        """Return information of these categories; of all of them, if there is none."""
        if not categories:
            return self.say("object.everything")
        key = "object.categories" if len(categories) > 1 else "object.category"
        return self.say(key, names=self.names("category", categories))

    def describe(self, entry: Entry) -> str:
        """Return what the entry sets; empty if it sets nothing but its label."""
        teller = TELLERS.get(type(entry))
        return "" if teller is None else teller(self, entry)


def _unit(say: Speaker, unit: Unit) -> str:
    if not unit.abbreviation:
        return ""
    return say.say("describe.unit", abbreviation=unit.abbreviation)


def _role(say: Speaker, role: Role) -> str:
    where = say.say(f"binding.{role.binding}", units=say.names("unit", role.units))
    capacities = listed([say.say(f"capacity.{one}") for one in role.capacities], say.lang)
    return say.say("describe.role", where=where, capacities=capacities)


def _kind(say: Speaker, kind: Kind) -> str:
    return say.say("describe.kind", category=say.name("category", kind.category))


def _channel(say: Speaker, channel: Channel) -> str:
    owner, role = say.name("unit", channel.owner), say.role(channel.publisher_role)
    said = say.say("describe.channel", owner=owner, role=role)
    if not channel.requires_live:
        return said
    waits = say.say("describe.channel_waits", channel=say.name("channel", channel.requires_live))
    return _joined(say, [said, waits])


def _step(say: Speaker, step: Step) -> str:
    return say.say(
        "describe.step",
        responsible=say.label(step.responsible),
        roles=say.roles(step.roles),
        actions=say.actions(step.actions),
    )


def _remark(say: Speaker, remark: Remark) -> str:
    return say.say("describe.remark", step=say.number(remark.step))


def _rule(say: Speaker, rule: Rule) -> str:
    by_owner = rule.authority is Authority.CHANNEL_OWNER
    who = say.say("authority.channel_owner") if by_owner else say.roles(rule.roles)
    what = say.information(rule.categories)
    if rule.urgent_only:
        what = say.say("object.urgent", what=what)
    return say.say("describe.rule", who=who, action=say.say(f"action.{rule.action}"), what=what)


def _requirement(say: Speaker, requirement: Requirement) -> str:
    return say.say("describe.requirement", actions=say.actions(requirement.actions))


def _duty(say: Speaker, duty: Duty) -> str:
    counts = {
        "review_every_months": duty.review_every_months,
        "working_days_after_month_end": duty.working_days_after_month_end,
        "days_after_fiscal_year_end": duty.days_after_fiscal_year_end,
    }
    rule, count = next(
        ((key, count) for key, count in counts.items() if count is not None),
        ("covers_current_year", 0),
    )
    period = say.counted(f"describe.{rule}", count)
    return _joined(say, [period, say.counted("describe.reminder", duty.due_soon_days)])


def _calendar(say: Speaker, calendar: Calendar) -> str:
    days = [say.say(f"weekday.{day}") for day in calendar.weekend]
    return say.say(
        "describe.calendar",
        month=say.number(calendar.fiscal_year_starts_month),
        weekend=listed(days, say.lang) if days else say.say("describe.none"),
    )


def _clock(say: Speaker, clock: Clock) -> str:
    closed = listed([say.say(f"event.{event}") for event in clock.closed_by], say.lang)
    said = [
        say.counted(f"counts.{clock.counts}", clock.days),
        say.counted("describe.reminder", clock.due_soon_days),
        say.say("describe.clock_ends", closed=closed),
    ]
    if clock.moves_to_working_day:
        said.append(say.say("describe.clock_moves"))
    if clock.extendable:
        said.append(say.say("describe.clock_extendable"))
    for pause in clock.pauses:
        begins, ends = say.say(f"event.{pause.begins}"), say.say(f"event.{pause.ends}")
        said.append(say.say("describe.clock_pause", begins=begins, ends=ends))
    if clock.source:
        said.append(say.say("describe.clock_source", source=clock.source))
    if clock.confidence:
        how_sure = say.say(f"confidence.{clock.confidence}")
        said.append(say.say("describe.clock_confidence", confidence=how_sure))
    return _joined(say, said)


def _urgent(say: Speaker, urgent: Urgent) -> str:
    reasons = listed(urgent.reasons, say.lang)
    if urgent.mode is UrgentMode.APPROVE_FIRST:
        return say.say("describe.approve_first", reasons=reasons)
    mark = "" if urgent.public_mark is None else say.label(urgent.public_mark)
    clock = say.name("clock", urgent.ratify_clock)
    return say.say("describe.ratify_within", reasons=reasons, mark=mark, clock=clock)


def _wait(say: Speaker, wait: Wait) -> str:
    return say.say(
        "describe.wait",
        actions=say.actions(wait.actions),
        remind=say.number(wait.remind_after_working_days),
        escalate=say.number(wait.escalate_after_working_days),
        urgent_remind=say.number(wait.urgent_remind_after_hours),
        urgent_escalate=say.number(wait.urgent_escalate_after_hours),
        roles=say.roles(wait.escalate_to),
    )


def _review_reminder(say: Speaker, reminder: ReviewReminder) -> str:
    before, after = reminder.days_before_due, reminder.days_after_due
    if before is None and not after:
        when = say.say("describe.review_on")
    elif before is not None:
        when = say.counted("describe.review_before", before)
    else:
        when = say.counted("describe.review_after", after or 0)
    return say.say("describe.review_reminder", when=when, roles=say.roles(reminder.to))


def _report(say: Speaker, report: Report) -> str:
    said = [
        say.name("unit", report.unit),
        say.counted("describe.report", report.every_months),
    ]
    if report.days_after_fiscal_year_end is not None:
        said.append(
            say.counted("describe.days_after_fiscal_year_end", report.days_after_fiscal_year_end)
        )
    return _joined(say, said)


def _law(say: Speaker, law: Law) -> str:
    return say.say("describe.law", actions=say.actions(law.actions))


def _provision(say: Speaker, provision: Provision) -> str:
    if not provision.carried_out_by:
        return ""
    return say.say("describe.provision", clauses=listed(provision.carried_out_by, say.lang))


def _joined(say: Speaker, parts: list[str]) -> str:
    said = parts[0]
    for part in parts[1:]:
        said = say.say("describe.and", one=said, other=part)
    return said


TELLERS: Mapping[type[Entry], Callable[..., str]] = {
    Unit: _unit,
    Role: _role,
    Kind: _kind,
    Channel: _channel,
    Step: _step,
    Remark: _remark,
    Rule: _rule,
    Requirement: _requirement,
    Duty: _duty,
    Calendar: _calendar,
    Clock: _clock,
    Urgent: _urgent,
    Wait: _wait,
    ReviewReminder: _review_reminder,
    Report: _report,
    Law: _law,
    Provision: _provision,
}
