"""What an entry says against itself, whatever the others say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from otp_policy.checks.defects import defect
from otp_policy.document import Document
from otp_policy.entries import Clock
from otp_policy.errors import PolicyDataError
from otp_policy.model import Action, ReasonCode
from otp_policy.steps import OBSTACLES
from otp_policy.vocabulary import Authority, Binding, UrgentMode, Weekday

__all__ = ["clock_contradictions", "contradictions"]

MONTHS_IN_A_YEAR = 12
DAYS_IN_A_MONTH = 31
"""At most: what is due sooner than that is always due soon."""

PERIODS = (
    "review_every_months",
    "working_days_after_month_end",
    "days_after_fiscal_year_end",
    "covers_current_year",
)


def contradictions(document: Document, *, laws: Collection[str]) -> Iterator[PolicyDataError]:
    """Return what every entry says against itself; *laws* are those that have a data file."""
    yield from _roles(document)
    yield from _rules(document)
    yield from _requirements(document)
    yield from _duties(document)
    yield from _reminders(document)
    yield from _calendars(document)
    yield from clock_contradictions(document.clock)
    yield from _urgent(document)
    yield from _waits(document)
    yield from _review_reminders(document)
    yield from _laws(document, laws)


def _roles(document: Document) -> Iterator[PolicyDataError]:
    for role in document.role:
        fixed = role.binding is Binding.FIXED_UNITS
        if fixed and not role.units:
            yield defect(
                role,
                "role_without_unit",
                f"role `{role.code}` is bound to units but names none",
                instead="name them in `units`",
            )
        if role.units and not fixed:
            yield defect(
                role,
                "role_units_unused",
                f"role `{role.code}` names units but its binding is `{role.binding}`",
                key="units",
                instead='write binding = "fixed_units", or leave out `units`',
            )


def _rules(document: Document) -> Iterator[PolicyDataError]:
    for rule in document.rule:
        if rule.authority is Authority.CHANNEL_OWNER and rule.roles:
            yield defect(
                rule,
                "contradiction",
                "the rule names roles and leaves the authority to the owner of the channel",
                key="roles",
                instead="keep one of the two",
            )


def _requirements(document: Document) -> Iterator[PolicyDataError]:
    for requirement in document.requirement:
        code = requirement.code
        if code not in OBSTACLES and code is not ReasonCode.DELEGATION_NOT_IN_FORCE:
            yield defect(
                requirement,
                "requirement_out_of_place",
                f"`{code}` is no requirement",
                key="code",
                instead="leave it out: its clause comes from the rule or the commencement",
            )


def _duties(document: Document) -> Iterator[PolicyDataError]:
    for duty in document.duty:
        # Day 0 is a day, and Python takes it for False.
        given = [
            key
            for key in PERIODS
            if getattr(duty, key) is not None and getattr(duty, key) is not False
        ]
        if len(given) != 1:
            yield defect(
                duty,
                "duty_period",
                f"the duty names {len(given)} ways to find its day",
                key=given[-1] if given else "",
                instead=f"write exactly one of {', '.join(f'`{key}`' for key in PERIODS)}",
            )


def _reminders(document: Document) -> Iterator[PolicyDataError]:
    for duty in document.duty:
        months = duty.review_every_months
        if months is not None and duty.due_soon_days > months * DAYS_IN_A_MONTH:
            yield defect(
                duty,
                "never_current",
                f"{duty.due_soon_days} days before it is due, the last review was not yet done",
                key="due_soon_days",
                instead=f"write no more than `{months * DAYS_IN_A_MONTH}`",
            )


def _calendars(document: Document) -> Iterator[PolicyDataError]:
    for calendar in document.calendar:
        if calendar.fiscal_year_starts_month > MONTHS_IN_A_YEAR:
            yield defect(
                calendar,
                "no_such_month",
                f"`{calendar.fiscal_year_starts_month}` is not a month",
                key="fiscal_year_starts_month",
                instead="write a whole number from 1 to 12",
            )
        if len(set(calendar.weekend)) == len(Weekday):
            yield defect(
                calendar,
                "no_working_day",
                "no day of the week is a working day",
                key="weekend",
                instead="leave out the days on which the office works",
            )


def clock_contradictions(clocks: Iterable[Clock]) -> Iterator[PolicyDataError]:
    """Return every pause that cannot begin, or cannot end before the case does."""
    for clock in clocks:
        for index, pause in enumerate(clock.pauses):
            problem = ""
            if pause.begins is pause.ends:
                problem = f"a pause begins and ends with `{pause.begins}`"
            elif pause.begins in clock.closed_by:
                problem = f"a pause begins with `{pause.begins}`, which closes the case"
            elif pause.ends in clock.closed_by:
                problem = f"a pause ends only with `{pause.ends}`, which closes the case"
            if problem:
                yield defect(
                    clock,
                    "pause_without_sense",
                    problem,
                    key="pauses",
                    item=index,
                    instead="name an event that begins it and another that ends it",
                )


def _urgent(document: Document) -> Iterator[PolicyDataError]:
    for urgent in document.urgent:
        ratified = urgent.mode is UrgentMode.RATIFY_WITHIN
        for key in ("ratify_clock", "public_mark"):
            if ratified == bool(getattr(urgent, key)):
                continue
            yield defect(
                urgent,
                "missing_key" if ratified else "contradiction",
                f"`{urgent.mode}` {'needs' if ratified else 'has no use for'} `{key}`",
                key=key,
                instead=f"write `{key} = …`" if ratified else f"leave out `{key}`",
            )
        if not urgent.reasons:
            yield defect(
                urgent,
                "missing_key",
                "urgency names no reason",
                key="reasons",
                instead="name the reasons for which an item may be urgent",
            )


WAITING = (Action.PROPOSE_SLOT, Action.CONFIRM_SLOT, Action.ENDORSE, Action.APPROVE)
"""The actions that somebody is asked for and can keep waiting."""

IN_ORDER = (
    ("remind_after_working_days", "escalate_after_working_days"),
    ("urgent_remind_after_hours", "urgent_escalate_after_hours"),
)


def _waits(document: Document) -> Iterator[PolicyDataError]:
    for wait in document.wait:
        for index, action in enumerate(wait.actions):
            if action not in WAITING:
                yield defect(
                    wait,
                    "wait_out_of_place",
                    f"nobody is asked to `{action}`, so nothing waits for it",
                    key="actions",
                    item=index,
                    instead=f"name one of {', '.join(f'`{one}`' for one in WAITING)}",
                )
        for sooner, later in IN_ORDER:
            if getattr(wait, later) <= getattr(wait, sooner):
                yield defect(
                    wait,
                    "wait_reversed",
                    f"`{later}` is not after `{sooner}`",
                    key=later,
                    instead=f"write more than `{getattr(wait, sooner)}`",
                )
        if not wait.escalate_to:
            yield defect(
                wait,
                "missing_key",
                "nobody is told when it waits on",
                key="escalate_to",
                instead="name the roles that are told",
            )


OFFSETS = ("days_before_due", "days_after_due")


def _review_reminders(document: Document) -> Iterator[PolicyDataError]:
    for reminder in document.review_reminder:
        given = [key for key in OFFSETS if getattr(reminder, key) is not None]
        if len(given) != 1:
            yield defect(
                reminder,
                "reminder_day",
                f"the reminder names {len(given)} ways to find its day",
                key=given[-1] if given else "",
                instead=f"write exactly one of {', '.join(f'`{key}`' for key in OFFSETS)}",
            )
        if not reminder.to:
            yield defect(
                reminder,
                "missing_key",
                "nobody is reminded",
                key="to",
                instead="name the roles that are reminded",
            )


def _laws(document: Document, laws: Collection[str]) -> Iterator[PolicyDataError]:
    for law in document.law:
        if law.code not in laws:
            yield defect(
                law,
                "law_without_file",
                f"there is no data file for the law `{law.code}`",
                key="code",
                instead=f"write law/{law.code}.toml beside the policy, or name a shipped law",
            )
