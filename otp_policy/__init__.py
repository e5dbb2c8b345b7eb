"""
A government office's publication measures as data, and the decisions that follow from them.

    policy = load_policy("tpso")
    decision = policy.decide(question)

This is the public path of the core. It imports no framework and reads no clock. A name is
imported when it is first asked for, so that a program that only looks a thing up starts fast.
"""

from importlib import import_module

# Type checkers take this name for true. Importing it would cost more than all the rest.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from otp_policy.entries import Category, Channel, Clock, Duty, Kind, Label, Role, Step, Unit
    from otp_policy.errors import (
        PolicyDataError,
        PolicyError,
        PolicyNotFoundError,
        QuestionError,
    )
    from otp_policy.loader import load_policy
    from otp_policy.model import (
        Action,
        Actor,
        Assent,
        Decision,
        Delegation,
        Finding,
        Item,
        Post,
        Question,
        ReasonCode,
        Slot,
    )
    from otp_policy.policy import Policy

__all__ = [
    "Action",
    "Actor",
    "Assent",
    "Category",
    "Channel",
    "Clock",
    "Decision",
    "Delegation",
    "Duty",
    "Finding",
    "Item",
    "Kind",
    "Label",
    "Policy",
    "PolicyDataError",
    "PolicyError",
    "PolicyNotFoundError",
    "Post",
    "Question",
    "QuestionError",
    "ReasonCode",
    "Role",
    "Slot",
    "Step",
    "Unit",
    "load_policy",
]

MODULES = {
    "entries": ("Category", "Channel", "Clock", "Duty", "Kind", "Label", "Role", "Step", "Unit"),
    "errors": (
        "PolicyDataError",
        "PolicyError",
        "PolicyNotFoundError",
        "QuestionError",
    ),
    "loader": ("load_policy",),
    "policy": ("Policy",),
}
HOMES = {name: module for module, names in MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{HOMES.get(name, 'model')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
