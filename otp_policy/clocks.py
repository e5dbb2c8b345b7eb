"""
Statutory clocks: when a case is due, with the working shown day by day.

Which days count, what makes the clock stand, whether it can be extended and what closes the case
are data of the clock. Nothing here knows what the case is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from otp_policy.calendars import ONE_DAY, WorkingDays
from otp_policy.entries import Clock, Pause
from otp_policy.errors import QuestionError
from otp_policy.policy import Policy
from otp_policy.vocabulary import Counts, EventKind
from otp_policy.working import WorkingLine, WorkingReason

__all__ = [
    "LONGEST_DAYS",
    "Deadline",
    "DeadlineQuestion",
    "DeadlineState",
    "Event",
    "deadline",
]

LONGEST_DAYS = 10_000
"""How many days after its receipt a case is followed; a mistyped year must not fill a disk."""


class DeadlineState(StrEnum):
    """How a case stands on a day."""

    OPEN = "open"
    PAUSED = "paused"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    CLOSED_ON_TIME = "closed_on_time"
    CLOSED_LATE = "closed_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a case on a day; `until` is the new date of an extension."""

    kind: EventKind
    on: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineQuestion:
    """
    What is known of one case on the day `on`.

    Events of one day are taken in the order given; otherwise their order does not matter.
    """

    on: date
    clock: str
    received_on: date
    events: tuple[Event, ...] = ()
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    The answer, and the working that leads to it.

    `due_on` is None while the clock stands: the day depends on how long it will.
    """

    due_on: date | None
    state: DeadlineState
    working: tuple[WorkingLine, ...]


def deadline(policy: Policy, question: DeadlineQuestion) -> Deadline:
    """
    Return when the case is due, and how it stands.

    The clock and the calendar are those in force on the day of receipt, so that a later change
    moves no case that is under way; for a case from before the policy, those of its first day.

    Raises:
        QuestionError: `unknown_clock`, `not_in_force`, `impossible_date` (something comes before
            what it follows), `missing` (an extension without its date), or `date_out_of_range`
            (the case runs for more than `LONGEST_DAYS`, or past year 9999).

    >>> from otp_policy import load_policy
    >>> request = DeadlineQuestion(
    ...     on=date(2026, 12, 1),
    ...     clock="information_request",
    ...     received_on=date(2026, 11, 23),
    ...     holidays=(date(2026, 12, 8),),
    ... )
    >>> answer = deadline(load_policy("tpso"), request)
    >>> answer.due_on, answer.state.value
    (datetime.date(2026, 12, 9), 'open')
    >>> [line.why for line in answer.working][-2:]
    ['Tuesday 8 December 2026: day 15 of 15, holiday', 'Wednesday 9 December 2026: due']
    """
    if not policy.is_in_force(question.on):
        # A name that no day knows is the worse mistake.
        policy.clock(question.clock, on=question.on)
        raise QuestionError("not_in_force", where="on")
    _refuse_impossible(question)
    since = max(question.received_on, policy.document.commencement.effective_from)
    clock = _clock(policy, question.clock, since)
    working_days = WorkingDays.of(policy.calendar(on=since), holidays=question.holidays)
    happened = _happened(question, clock)
    run = _Run(clock, working_days=working_days, received_on=question.received_on)
    return _answer(run, question, happened)


def _clock(policy: Policy, code: str, since: date) -> Clock:
    try:
        return policy.clock(code, on=since)
    except QuestionError as error:
        # The day that was looked up is not the day of the question.
        where = "received_on" if error.code == "not_in_force" else error.where
        raise QuestionError(error.code, where=where) from error


def _answer(run: _Run, question: DeadlineQuestion, happened: tuple[Event, ...]) -> Deadline:
    clock = run.clock
    try:
        run.follow(happened)
        closed_on = happened[-1].on if _is_closed(happened, clock) else None
        if closed_on is None and run.due_on is None:
            run.stand_until(question.on)
    except OverflowError as error:
        raise QuestionError("date_out_of_range", where="received_on") from error
    state = _state(run.due_on, closed_on, on=question.on, due_soon_days=clock.due_soon_days)
    return Deadline(due_on=run.due_on, state=state, working=tuple(run.lines))


def _refuse_impossible(question: DeadlineQuestion) -> None:
    if question.received_on > question.on:
        raise QuestionError("impossible_date", where="received_on")
    for index, event in enumerate(question.events):
        where = f"events[{index}]"
        if event.on < question.received_on:
            raise QuestionError("impossible_date", where=f"{where}.on")
        if event.kind is not EventKind.EXTENDED:
            continue
        if event.until is None:
            raise QuestionError("missing", where=f"{where}.until")
        if event.until < event.on:
            raise QuestionError("impossible_date", where=f"{where}.until")
        if (event.until - question.received_on).days > LONGEST_DAYS:
            raise QuestionError("date_out_of_range", where=f"{where}.until")


def _happened(question: DeadlineQuestion, clock: Clock) -> tuple[Event, ...]:
    """Return what has happened by the day of the question, up to what closed the case."""
    happened = sorted(
        (event for event in question.events if event.on <= question.on),
        key=lambda event: event.on,
    )
    for index, event in enumerate(happened):
        if event.kind in clock.closed_by:
            return tuple(happened[: index + 1])
    return tuple(happened)


def _is_closed(happened: tuple[Event, ...], clock: Clock) -> bool:
    return bool(happened) and happened[-1].kind in clock.closed_by


def _state(
    due: date | None, closed_on: date | None, *, on: date, due_soon_days: int
) -> DeadlineState:
    if closed_on is not None:
        # Closed while the clock stood: its time was not up when it stopped.
        is_late = due is not None and closed_on > due
        return DeadlineState.CLOSED_LATE if is_late else DeadlineState.CLOSED_ON_TIME
    if due is None:
        return DeadlineState.PAUSED
    if on > due:
        return DeadlineState.OVERDUE
    if (due - on).days <= due_soon_days:
        return DeadlineState.DUE_SOON
    return DeadlineState.OPEN


class _Run:
    """
    One case, followed day by day from its receipt.

    `due_on` is None until the day is reached on which nothing is left to count. A day counts
    first, then come the events of that day: an event works from the next day on.
    """

    def __init__(self, clock: Clock, *, working_days: WorkingDays, received_on: date) -> None:
        self.clock = clock
        self.working_days = working_days
        self.received_on = received_on
        self.today = received_on
        self.due_on: date | None = None
        self.lines: list[WorkingLine] = []
        self.counted = 0
        self.left = clock.days
        self.not_before = received_on
        self.standing: set[Pause] = set()
        self.is_paused = False
        self.totals = [0]

    def follow(self, events: Iterable[Event]) -> None:
        """Go through the events, and on to the due day unless the clock stands at the end."""
        self._look([WorkingReason.RECEIVED])
        for event in events:
            while self.today < event.on and self.due_on is None:
                self._next_day()
            # Once the case is due no day is left to look at; only what happens is told.
            self.today = event.on
            self._take(event)
        while self.due_on is None and not self.standing:
            self._next_day()

    def stand_until(self, on: date) -> None:
        """Go on to the day of the question while the clock stands, and tell what is left."""
        while self.today < on:
            self._next_day()
        self._tell([WorkingReason.DAYS_LEFT], number=self.left)

    def _next_day(self) -> None:
        self.today += ONE_DAY
        if (self.today - self.received_on).days > LONGEST_DAYS:
            raise OverflowError(f"more than `{LONGEST_DAYS}` days")
        self.is_paused = bool(self.standing)
        if self.is_paused:
            self._tell([WorkingReason.PAUSED])
        elif self.left and self._counts(self.today):
            self.left -= 1
            self.counted += 1
            self._look([WorkingReason.COUNTED])
        else:
            self._look([])

    def _counts(self, day: date) -> bool:
        calendar_days = self.clock.counts is Counts.CALENDAR_DAYS
        return calendar_days or not self.working_days.is_day_off(day)

    def _days_to(self, day: date) -> int:
        """Return how many days that count follow the receipt, up to *day*, that day included."""
        distance = (day - self.received_on).days
        # Kept, so that many extensions do not look at the same years again and again.
        for number in range(len(self.totals), distance + 1):
            counts = self._counts(self.received_on + timedelta(days=number))
            self.totals.append(self.totals[-1] + counts)
        return self.totals[distance]

    def _look(self, reasons: list[WorkingReason]) -> None:
        """Tell the day, why it is off where that matters, and whether the case is due on it."""
        self._settle()
        if not reasons or (self._is_moved_on() and not self.left):
            reasons = [*reasons, *self._day_off()]
        if self.due_on is not None:
            reasons = [*reasons, WorkingReason.DUE]
        self._tell(reasons, number=self.counted, total=self.counted + self.left)

    def _is_moved_on(self) -> bool:
        return self.clock.moves_to_working_day and self.working_days.is_day_off(self.today)

    def _settle(self) -> None:
        """Make today the due day if nothing is left to count; a due day is never in a pause."""
        is_reached = not self.left and self.today >= self.not_before
        if is_reached and not self.is_paused and not self._is_moved_on():
            self.due_on = self.today

    def _day_off(self) -> Iterable[WorkingReason]:
        if self.working_days.is_weekend(self.today):
            yield WorkingReason.WEEKEND
        if self.working_days.is_holiday(self.today):
            yield WorkingReason.HOLIDAY

    def _take(self, event: Event) -> None:
        reasons = [*self._pauses(event.kind), *self._extension(event)]
        if event.kind in self.clock.closed_by:
            reasons.append(WorkingReason.CLOSED)
        self._tell(
            reasons or [WorkingReason.NO_USE],
            event=event.kind,
            until=event.until,
        )

    def _pauses(self, kind: EventKind) -> Iterable[WorkingReason]:
        ended = {pause for pause in self.standing if pause.ends is kind}
        begun = {pause for pause in self.clock.pauses if pause.begins is kind} - self.standing
        self.standing = (self.standing - ended) | begun
        if begun:
            is_due = self.due_on is not None
            yield WorkingReason.DUE_DATE_STANDS if is_due else WorkingReason.PAUSE_BEGINS
        elif ended and self.due_on is None:
            yield WorkingReason.OTHER_PAUSE if self.standing else WorkingReason.PAUSE_ENDS

    def _extension(self, event: Event) -> Iterable[WorkingReason]:
        if event.kind is not EventKind.EXTENDED:
            return
        if not self.clock.extendable:
            yield WorkingReason.NOT_EXTENDABLE
        elif self.due_on is not None and event.on > self.due_on:
            yield WorkingReason.TOO_LATE
        else:
            assert event.until is not None  # the question was refused without it
            self._extend(event.until)
            yield WorkingReason.NEW_DATE

    def _extend(self, until: date) -> None:
        """Count on to the new date; a pause from here on moves it by the days it takes."""
        self.left = self._days_to(until) - self._days_to(self.today)
        self.not_before = until
        self.due_on = None
        self._settle()

    def _tell(
        self,
        reasons: list[WorkingReason],
        *,
        event: EventKind | None = None,
        number: int = 0,
        total: int = 0,
        until: date | None = None,
    ) -> None:
        line = WorkingLine(
            on=self.today,
            reasons=tuple(reasons),
            event=event,
            number=number,
            total=total,
            until=until,
        )
        self.lines.append(line)
