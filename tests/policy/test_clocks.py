"""When a case is due: a table worked out by hand, and a second opinion that runs no clock."""

import json
import random
import time
import tomllib
from datetime import date, timedelta
from importlib.resources import files
from itertools import permutations
from pathlib import Path

import pytest

import otp_policy
from otp_policy import QuestionError, load_policy
from otp_policy.clocks import LONGEST_DAYS, DeadlineQuestion, Event, deadline
from otp_policy.due_questions import deadline_to_json, parse_deadline_question
from otp_policy.loader import parse_policy
from otp_policy.vocabulary import EventKind
from otp_policy.working import WORDS, WorkingReason

HERE = Path(__file__).parent
DAY = timedelta(days=1)
TPSO = files(otp_policy).joinpath("data/policies/tpso.toml").read_text(encoding="utf-8")
OWN = (HERE / "own_clocks.toml").read_text(encoding="utf-8")
POLICIES = {
    "tpso": load_policy("tpso"),
    "municipality": load_policy("example_municipality"),
    "own": parse_policy(TPSO + OWN, source="own"),
}
CASES = tomllib.loads((HERE / "deadline_cases.toml").read_text(encoding="utf-8"))["case"]
KEYS = {
    "clause", "why", "policy", "clock", "received_on", "on", "events", "holidays", "due_on",
    "state", "says", "refused",
}  # fmt: skip
QUESTION = {"on": "2026-11-24", "clock": "information_request", "received_on": "2026-11-20"}


def ask(policy, question):
    line = json.dumps(question, default=date.isoformat)
    return deadline_to_json(deadline(policy, parse_deadline_question(line)))


def question_of(case):
    question = {key: case[key] for key in ("on", "clock", "received_on")}
    events = [
        dict(zip(("kind", "on", "until"), event, strict=False)) for event in case.get("events", [])
    ]
    return question | {"events": events, "holidays": case.get("holidays", [])}


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{c.get('policy', 'tpso')} {c['clause']}: {c['why']}" for c in CASES]
)
def test_case(case):
    assert set(case) <= KEYS, set(case) - KEYS
    policy = POLICIES[case.get("policy", "tpso")]
    if "refused" in case:
        with pytest.raises(QuestionError) as caught:
            ask(policy, question_of(case))
        assert [caught.value.code, caught.value.where] == case["refused"]
        return
    answer = ask(policy, question_of(case))
    due = case["due_on"].isoformat() if "due_on" in case else None
    given = {"due_on": answer["due_on"], "state": answer["state"]}
    assert given == {"due_on": due, "state": case["state"]}
    lines = [line["why"] for line in answer["working"]]
    assert [line for line in case.get("says", []) if line not in lines] == []


def test_every_clock_of_the_shipped_policies_has_a_case():
    told = {case["clock"] for case in CASES}
    for name in ("tpso", "municipality"):
        policy = POLICIES[name]
        clocks = [*policy.document.clock, *(c for law in policy.laws.values() for c in law.clock)]
        assert clocks
        assert {clock.code for clock in clocks} <= told


def test_the_working_is_whole():
    answer = ask(
        POLICIES["own"],
        {
            "on": "2026-11-30",
            "clock": "next_day",
            "received_on": "2026-11-20",
            "events": [
                {"kind": "clarification_asked", "on": "2026-11-20"},
                {"kind": "clarified", "on": "2026-11-21"},
                {"kind": "objection_period_ended", "on": "2026-11-22", "until": None},
                {"kind": "decided", "on": "2026-11-24"},
            ],
        },
    )
    assert answer == {
        "due_on": "2026-11-23",
        "state": "closed_late",
        "working": [
            {"on": "2026-11-20", "why": "Friday 20 November 2026: received, not counted"},
            {
                "on": "2026-11-20",
                "why": "Friday 20 November 2026: clarification asked, "
                "the clock stands from the next day",
            },
            {"on": "2026-11-21", "why": "Saturday 21 November 2026: paused, not counted"},
            {
                "on": "2026-11-21",
                "why": "Saturday 21 November 2026: clarified, "
                "the clock still stands for another reason",
            },
            {"on": "2026-11-22", "why": "Sunday 22 November 2026: paused, not counted"},
            {
                "on": "2026-11-22",
                "why": "Sunday 22 November 2026: objection period ended, "
                "the clock goes on from the next day",
            },
            {"on": "2026-11-23", "why": "Monday 23 November 2026: day 1 of 1, due"},
            {"on": "2026-11-24", "why": "Tuesday 24 November 2026: decided, the case is closed"},
        ],
    }


def test_every_reason_has_its_words():
    assert set(WORDS) == set(WorkingReason)


def test_a_date_of_another_event_is_nothing_to_the_clock():
    happened = Event(kind=EventKind.FORWARDED, on=date(2026, 11, 24), until=date(2027, 1, 1))
    answer = deadline(
        POLICIES["tpso"],
        DeadlineQuestion(
            on=date(2026, 11, 24),
            clock="appeal",
            received_on=date(2026, 11, 20),
            events=(happened,),
        ),
    )
    assert answer.due_on == date(2026, 12, 5)


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"on": "2026-11-31"}, "impossible_date", "on"),
        ({"received_on": None}, "wrong_type", "received_on"),
        ({"clock": ""}, "empty", "clock"),
        ({"recieved_on": "2026-11-20"}, "unknown_key", "recieved_on"),
        ({"events": None}, "wrong_type", "events"),
        ({"events": [1]}, "wrong_type", "events[0]"),
        ({"events": [{"on": "2026-11-24"}]}, "missing", "events[0].kind"),
        ({"events": [{"kind": "decided"}]}, "missing", "events[0].on"),
        ({"events": [{"kind": "lost", "on": "2026-11-24"}]}, "unknown_event", "events[0].kind"),
        ({"events": [{"kind": "decided", "on": "2026-11-24", "by": "u1"}]}, "unknown_key",
         "events[0].by"),
        ({"events": [{"kind": "decided", "on": "2026-11-24", "until": "2026-11-25"}]},
         "unknown_key", "events[0].until"),
        ({"events": [{"kind": "extended", "on": "2026-11-24", "until": None}]}, "missing",
         "events[0].until"),
        ({"events": [{"kind": "extended", "on": "2026-11-24", "until": "soon"}]},
         "impossible_date", "events[0].until"),
        ({"holidays": ["2026-12-07", ""]}, "empty", "holidays[1]"),
        ({"holidays": [{}]}, "wrong_type", "holidays[0]"),
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused_with_its_place(change, code, where):
    with pytest.raises(QuestionError) as caught:
        ask(POLICIES["tpso"], QUESTION | change)
    assert (caught.value.code, caught.value.where) == (code, where)


def test_an_empty_list_is_the_same_as_leaving_it_out():
    assert ask(POLICIES["tpso"], QUESTION | {"events": [], "holidays": []}) == ask(
        POLICIES["tpso"], QUESTION
    )


def standing_for(days):
    received_on = date(2026, 11, 24) - days * DAY
    asked = {"kind": "clarification_asked", "on": received_on}
    return QUESTION | {"received_on": received_on, "events": [asked]}


def test_a_case_is_followed_for_so_many_days_and_no_longer():
    policy = parse_policy((TPSO + OWN).replace("2019-05-25", "1990-01-01"), source="an old policy")
    longest = standing_for(LONGEST_DAYS) | {"clock": "ten_working_days"}
    answer = ask(policy, longest)
    assert answer["state"] == "paused"
    assert len(answer["working"]) == LONGEST_DAYS + 3
    with pytest.raises(QuestionError, match="date_out_of_range"):
        ask(policy, standing_for(LONGEST_DAYS + 1) | {"clock": "ten_working_days"})


def test_an_extension_may_reach_as_far_as_a_case_is_followed():
    last = date(2026, 11, 20) + LONGEST_DAYS * DAY
    extended = {"kind": "extended", "on": "2026-11-24"}
    policy, question = POLICIES["own"], QUESTION | {"clock": "ten_working_days"}
    answer = ask(policy, question | {"events": [extended | {"until": last}]})
    assert answer["due_on"] == last.isoformat()
    with pytest.raises(QuestionError) as caught:
        ask(policy, question | {"events": [extended | {"until": last + DAY}]})
    assert (caught.value.code, caught.value.where) == ("date_out_of_range", "events[0].until")


def test_thousands_of_far_extensions_are_answered_at_once():
    far = date(2026, 11, 20) + LONGEST_DAYS * DAY
    extended = [
        {"kind": "extended", "on": "2026-11-24", "until": far - n * DAY} for n in range(3000)
    ]
    asked = QUESTION | {"clock": "ten_working_days", "events": extended}
    started = time.process_time()
    answer = ask(POLICIES["own"], asked)
    assert answer["due_on"] == extended[-1]["until"].isoformat()
    # Looking at each of the days again for each extension would take many times as long.
    assert time.process_time() - started < 2


# ---------------------------------------------------------------- a second opinion


class Opinion:
    """
    The due day by definition instead of by a clock that runs.

    A day is paused if, for some pause, the last thing that happened before it was its beginning.
    The due day is the first day with enough counted days behind it.
    """

    def __init__(self, clock, calendar, question):
        self.clock = clock
        self.question = question
        self.free = [list(EventWeekdays).index(day.value) for day in calendar.weekend]

    def off(self, day):
        return day.weekday() in self.free or day in self.question.holidays

    def paused(self, day, events):
        for pause in self.clock.pauses:
            is_open = False
            for event in events:
                if event.on < day and event.kind in (pause.begins, pause.ends):
                    is_open = event.kind is pause.begins
            if is_open:
                return True
        return False

    def countable(self, day):
        return self.clock.counts == "calendar_days" or not self.off(day)

    def start(self, events):
        """Return from where to count, how many days, and the earliest due day."""
        for index in range(len(events) - 1, -1, -1):
            event = events[index]
            if event.kind == "extended" and self.clock.extendable:
                due = self.due(events[:index])
                if due is None or event.on <= due:
                    days = [event.on + n * DAY for n in range(1, (event.until - event.on).days + 1)]
                    return event.on, sum(map(self.countable, days)), event.until
        received_on = self.question.received_on
        return received_on, self.clock.days, received_on

    def due(self, events):
        start, need, earliest = self.start(events)
        day = start
        while True:
            if not self.paused(day, events):
                need -= day > start and self.countable(day)
                is_moved = self.clock.moves_to_working_day and self.off(day)
                if need <= 0 and day >= earliest and not is_moved:
                    return day
            elif not events or day > events[-1].on:
                return None
            day += DAY

    def answer(self):
        events = [event for event in self.question.events if event.on <= self.question.on]
        events.sort(key=lambda event: event.on)
        closing = [n for n, event in enumerate(events) if event.kind in self.clock.closed_by]
        if closing:
            events = events[: closing[0] + 1]
        due, on = self.due(events), self.question.on
        if closing:
            late = due is not None and events[-1].on > due
            return due, "closed_late" if late else "closed_on_time"
        if due is None:
            return due, "paused"
        if on > due:
            return due, "overdue"
        return due, "due_soon" if on >= due - self.clock.due_soon_days * DAY else "open"


EventWeekdays = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def random_clocks(chance, count):
    """Return the text of so many clocks, no two alike."""
    kinds = [kind.value for kind in EventKind]
    stopping = [kind for kind in kinds if kind not in ("extended", "delivered")]
    pairs = list(permutations(stopping, 2))
    for number in range(count):
        closed_by = chance.sample(kinds[2:], chance.randint(1, 2))
        # What closes a case neither stops its clock nor sets it going again.
        possible = [pair for pair in pairs if not set(pair) & set(closed_by)]
        pauses = ", ".join(
            f'{{ begins = "{begins}", ends = "{ends}" }}'
            for begins, ends in chance.sample(possible, chance.randint(0, min(3, len(possible))))
        )
        yield f"""
[[clock]]
code = "clock_{number}"
days = {chance.choice([0, 1, 2, 5, 10, 15])}
counts = "{chance.choice(["calendar_days", "working_days"])}"
moves_to_working_day = {chance.choice(["true", "false"])}
extendable = {chance.choice(["true", "true", "false"])}
due_soon_days = {chance.choice([1, 3, 7])}
closed_by = {json.dumps(closed_by)}
pauses = [{pauses}]
clause = "annex 2.2"
effective_from = 2019-05-25
label = {{ th = "นาฬิกา", en = "A clock" }}
"""


def random_question(chance, clock):
    received_on = date(2026, 11, 20) + DAY * chance.randint(0, 13)

    def event():
        kind = chance.choice(list(EventKind))
        on = received_on + DAY * chance.randint(0, 25)
        until = on + DAY * chance.randint(0, 20) if kind is EventKind.EXTENDED else None
        return Event(kind=kind, on=on, until=until)

    return DeadlineQuestion(
        on=received_on + DAY * chance.randint(0, 40),
        clock=clock,
        received_on=received_on,
        events=tuple(event() for _ in range(chance.randint(0, 6))),
        holidays=tuple(
            received_on + DAY * chance.randint(0, 50) for _ in range(chance.choice([0, 2, 15]))
        ),
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_second_opinion_agrees(seed):
    chance = random.Random(seed)
    policy = parse_policy(TPSO + "".join(random_clocks(chance, 60)), source="random")
    (calendar,) = policy.document.calendar
    states = set()
    for _ in range(2500):
        clock = chance.choice(policy.document.clock)
        question = random_question(chance, clock.code)
        answer = deadline(policy, question)
        expected = Opinion(clock, calendar, question).answer()
        assert (answer.due_on, answer.state.value) == expected, (clock, question)
        assert [line.on for line in answer.working] == sorted(line.on for line in answer.working)
        states.add(answer.state.value)
    assert len(states) == 6
