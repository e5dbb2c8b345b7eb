"""What the app keeps: cases and their events, what is sealed, topics, and the public log."""

from .cases import CaseEvent, InformationRequest, RequesterMail, RequestNumber
from .releases import Release, ReleaseDecision
from .sealed import Sealed
from .topics import Topic

__all__ = [
    "CaseEvent",
    "InformationRequest",
    "Release",
    "ReleaseDecision",
    "RequestNumber",
    "RequesterMail",
    "Sealed",
    "Topic",
]
