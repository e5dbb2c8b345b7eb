"""Strategies: policies that differ from the shipped ones and still pass every check; questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from otp_policy import Action, Actor, Assent, Delegation, Item, Policy, Post, Question, Slot
from otp_policy.document import Document
from otp_policy.entries import Entry, Urgent
from otp_policy.loader import load_policy, shipped_policies
from otp_policy.validate import validate
from otp_policy.vocabulary import Binding, Capacity, UrgentMode

__all__ = [
    "LAWS",
    "PEOPLE",
    "changed_documents",
    "documents",
    "is_ratified",
    "policies",
    "questions",
]

SHIPPED = tuple(load_policy(name) for name in shipped_policies())
LAWS = {code: law for policy in SHIPPED for code, law in policy.laws.items()}
PEOPLE = ("u1", "u2", "u3", "ผู้ใช้")
UNITS = ("division-a", "division-b", "")
DIGESTS = ("sha256:aa", "sha256:bb")
FIRST_DAY = date(2026, 1, 1)

Draw = Callable[[st.SearchStrategy], object]


def _one(document: Document, table: str, draw: Draw) -> tuple[int, Entry]:
    entries = getattr(document, table)
    index = draw(st.integers(0, len(entries) - 1))
    return index, entries[index]


def _put(document: Document, table: str, index: int, *entries: Entry) -> Document:
    kept = list(getattr(document, table))
    kept[index : index + 1] = entries
    return replace(document, **{table: tuple(kept)})


def _role_bound_elsewhere(document: Document, draw: Draw) -> Document:
    index, role = _one(document, "role", draw)
    binding = draw(st.sampled_from(Binding))
    units = tuple(draw(st.sets(st.sampled_from([u.code for u in document.unit]), min_size=1)))
    units = units if binding is Binding.FIXED_UNITS else ()
    return _put(document, "role", index, replace(role, binding=binding, units=units))


def _role_in_other_capacities(document: Document, draw: Draw) -> Document:
    index, role = _one(document, "role", draw)
    capacities = tuple(draw(st.sets(st.sampled_from(Capacity), min_size=1)))
    return _put(document, "role", index, replace(role, capacities=capacities))


def _rule_for_other_roles(document: Document, draw: Draw) -> Document:
    index, rule = _one(document, "rule", draw)
    roles = tuple(draw(st.sets(st.sampled_from([role.code for role in document.role]))))
    return _put(document, "rule", index, replace(rule, roles=roles))


def _rule_only_when_urgent(document: Document, draw: Draw) -> Document:
    index, rule = _one(document, "rule", draw)
    return _put(document, "rule", index, replace(rule, urgent_only=not rule.urgent_only))


def _without_an_entry(document: Document, draw: Draw) -> Document:
    table = draw(st.sampled_from([name for name in CUT if len(getattr(document, name)) > 1]))
    index, _ = _one(document, table, draw)
    return _put(document, table, index)


def _requirement_of_other_actions(document: Document, draw: Draw) -> Document:
    index, requirement = _one(document, "requirement", draw)
    action = draw(st.sampled_from(Action))
    actions = tuple(dict.fromkeys((*requirement.actions, action)))
    return _put(document, "requirement", index, replace(requirement, actions=actions))


def _category_like_another(document: Document, draw: Draw) -> Document:
    index, category = _one(document, "category", draw)
    twin = replace(category, code=f"{category.code}_2")
    grown = _put(document, "category", index, category, twin)
    rules = [
        replace(rule, categories=(*rule.categories, twin.code))
        if category.code in rule.categories
        else rule
        for rule in document.rule
    ]
    duties = [replace(d, category=twin.code) for d in document.duty if d.category == category.code]
    duties = [duty for duty in duties if not duty.kind]
    return replace(grown, rule=tuple(rules), duty=(*document.duty, *duties))


def _channel_of_another_unit(document: Document, draw: Draw) -> Document:
    index, channel = _one(document, "channel", draw)
    owner = draw(st.sampled_from([unit.code for unit in document.unit]))
    role = draw(st.sampled_from([role.code for role in document.role]))
    return _put(document, "channel", index, replace(channel, owner=owner, publisher_role=role))


def _entry_that_another_takes_over(document: Document, draw: Draw) -> Document:
    table = draw(st.sampled_from(("role", "rule", "requirement", "channel", "category", "duty")))
    index, entry = _one(document, table, draw)
    last = FIRST_DAY + timedelta(days=draw(st.integers(0, 300)))
    after = replace(entry, effective_from=last + timedelta(days=1))
    return _put(document, table, index, replace(entry, effective_until=last), after)


def _urgent_as_elsewhere(document: Document, draw: Draw) -> Document:
    other = draw(st.sampled_from(SHIPPED)).document.urgent[-1]
    urgent: Urgent = document.urgent[-1]
    mode = replace(
        urgent, mode=other.mode, ratify_clock=other.ratify_clock, public_mark=other.public_mark
    )
    return _put(document, "urgent", len(document.urgent) - 1, mode)


CUT = ("role", "rule", "requirement", "category", "channel", "kind", "duty", "step", "unit")
CHANGES = (
    _role_bound_elsewhere,
    _role_in_other_capacities,
    _rule_for_other_roles,
    _rule_only_when_urgent,
    _without_an_entry,
    _requirement_of_other_actions,
    _category_like_another,
    _channel_of_another_unit,
    _entry_that_another_takes_over,
    _urgent_as_elsewhere,
)


@st.composite
def changed_documents(draw: Draw) -> Document:
    """Return a shipped policy with one to four changes, whether or not they make sense."""
    document = draw(st.sampled_from(SHIPPED)).document
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4)):
        document = change(document, draw)
    return document


@st.composite
def documents(draw: Draw) -> Document:
    """Return a shipped policy with those of up to five changes that leave it valid."""
    document = draw(st.sampled_from(SHIPPED)).document
    for change in draw(st.lists(st.sampled_from(CHANGES), max_size=5)):
        changed = change(document, draw)
        # A change that no check lets through is left out instead of giving up the example.
        document = document if validate(changed, laws=LAWS) else changed
    return document


def policies() -> st.SearchStrategy[Policy]:
    """Return policies that pass every check."""
    return documents().map(lambda document: Policy(document, laws=LAWS))


def _days() -> st.SearchStrategy[date]:
    return st.integers(-10, 400).map(lambda days: FIRST_DAY + timedelta(days=days))


def _delegations(roles: tuple[str, ...]) -> st.SearchStrategy[Delegation]:
    return st.builds(
        Delegation,
        role=st.sampled_from(roles),
        unit=st.sampled_from(UNITS),
        from_on=_days(),
        until_on=_days(),
    )


@st.composite
def questions(draw: Draw, policy: Policy) -> Question:
    """Return a question in the names of *policy*; authority and a slot are not left to chance."""
    item = draw(_items(policy))
    roles, units = tuple(policy.roles), (*UNITS, *policy.units)
    posts = st.lists(
        st.builds(
            Post, role=st.sampled_from(roles), unit=st.sampled_from(units), acting=st.booleans()
        ),
        max_size=3,
    ).map(tuple)
    # Of people drawn by chance almost nobody may do anything, and no safeguard would be reached.
    every = tuple(Post(role=role, unit=unit) for role in roles for unit in (item.unit, *units))
    return draw(
        st.builds(
            Question,
            on=_days(),
            action=st.sampled_from((*(action.value for action in Action), "approve", "publish")),
            actor=st.builds(
                Actor,
                id=st.sampled_from(PEOPLE),
                posts=st.just(every) | posts,
                delegations=st.lists(_delegations(roles), max_size=2).map(tuple),
            ),
            item=st.just(item),
        )
    )


@st.composite
def _items(draw: Draw, policy: Policy) -> Item:
    channels = tuple(policy.channels)
    slots = st.builds(
        Slot, channel=st.sampled_from(channels), confirmed_by=st.sampled_from(("", *PEOPLE))
    )
    agreed = tuple(Slot(channel=channel, confirmed_by="u1") for channel in channels)
    assents = st.builds(Assent, by=st.sampled_from(PEOPLE), digest=st.sampled_from(DIGESTS))
    reasons = ("", *(reason for one in policy.document.urgent for reason in one.reasons))
    return draw(
        st.builds(
            Item,
            category=st.sampled_from(tuple(policy.categories)),
            unit=st.sampled_from(("division-a", "division-b", *policy.units)),
            digest=st.sampled_from(DIGESTS),
            contributors=st.lists(st.sampled_from(PEOPLE), max_size=3).map(tuple),
            live=st.booleans(),
            live_digest=st.sampled_from(("", *DIGESTS)),
            urgent=st.booleans(),
            urgent_reason=st.sampled_from(reasons),
            channel=st.sampled_from(("", *channels)),
            slots=st.just(agreed) | st.lists(slots, max_size=2).map(tuple),
            endorsements=st.lists(assents, max_size=3).map(tuple),
            approvals=st.lists(assents, max_size=3).map(tuple),
        )
    )


def is_ratified(policy: Policy, question: Question) -> bool:
    """Return whether the item may go out before its approval, by the policy's own urgent rule."""
    modes = [entry.mode for entry in policy.document.urgent if entry.holds(question.on)]
    return question.item.urgent and UrgentMode.RATIFY_WITHIN in modes
