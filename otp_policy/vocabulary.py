"""The closed sets of words that a policy, a law or an assessment may use."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "Authority",
    "Binding",
    "Capacity",
    "Confidence",
    "Counts",
    "EventKind",
    "SectionUse",
    "UrgentMode",
    "Weekday",
]


class Binding(StrEnum):
    """Where a role counts: the item's own unit, units named in the file, or everywhere."""

    ITEM_UNIT = "item_unit"
    FIXED_UNITS = "fixed_units"
    OFFICE = "office"


class Authority(StrEnum):
    """Who a rule speaks of: the roles it names, or whoever publishes for the channel's owner."""

    ROLES = "roles"
    CHANNEL_OWNER = "channel_owner"


class Capacity(StrEnum):
    """In what capacity a person exercises a role."""

    HOLDER = "holder"
    ACTING = "acting"
    ASSIGNED = "assigned"


class SectionUse(StrEnum):
    """What a section of a law is named for: why to publish, why to lay open, why to refuse."""

    PUBLISH = "publish"
    INSPECT = "inspect"
    REFUSE = "refuse"


class UrgentMode(StrEnum):
    """
    What urgency changes.

    `approve_first`: the order of work, never the approval. `ratify_within`: an urgent item may
    go out on the word of a second person, with a reason and a public mark; its approval follows
    within the time of a clock.
    """

    APPROVE_FIRST = "approve_first"
    RATIFY_WITHIN = "ratify_within"


class Weekday(StrEnum):
    """A day of the week, in the order of ISO 8601."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Counts(StrEnum):
    """Which days a clock counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


class EventKind(StrEnum):
    """What may happen to a case while its clock runs."""

    CLARIFICATION_ASKED = "clarification_asked"
    CLARIFIED = "clarified"
    EXTENDED = "extended"
    FORWARDED = "forwarded"
    THIRD_PARTY_NOTIFIED = "third_party_notified"
    OBJECTION_PERIOD_ENDED = "objection_period_ended"
    DECIDED = "decided"
    DELIVERED = "delivered"


class Confidence(StrEnum):
    """
    How far a fact about the law or an assessment was checked.

    `verified`: read in the source. `secondary`: one secondary source. `inferred`: put together
    from such a source. `general_knowledge`: nothing was found that says it; to be verified.
    """

    VERIFIED = "verified"
    SECONDARY = "secondary"
    INFERRED = "inferred"
    GENERAL_KNOWLEDGE = "general_knowledge"
