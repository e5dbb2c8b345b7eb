"""The models of the monitoring; import them from here."""

from .attestations import Attestation, AttestationDecision
from .due_items import DueItem, Reckoned
from .error_reports import ErrorReport
from .requests import UpdateRequest
from .stages import ReviewStage

__all__ = [
    "Attestation",
    "AttestationDecision",
    "DueItem",
    "ErrorReport",
    "Reckoned",
    "ReviewStage",
    "UpdateRequest",
]
