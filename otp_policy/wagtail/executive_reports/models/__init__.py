"""Models of the reports to the executives; import them from here."""

from .evidence import Preparation, ReportDecision, ReportPage, Submission
from .reports import Report, ReportStage

__all__ = [
    "Preparation",
    "Report",
    "ReportDecision",
    "ReportPage",
    "ReportStage",
    "Submission",
]
