"""The models of the monitoring; import them from here."""

from .attestations import Attestation, AttestationDecision
from .due_items import DueItem, Reckoned
from .error_reports import ErrorReport
from .links import ItemLink, LinkCheck, LinkTarget
from .requests import UpdateRequest
from .stages import ReviewStage

__all__ = [
    "Attestation",
    "AttestationDecision",
    "DueItem",
    "ErrorReport",
    "ItemLink",
    "LinkCheck",
    "LinkTarget",
    "Reckoned",
    "ReviewStage",
    "UpdateRequest",
]
