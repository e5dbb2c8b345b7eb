"""The models of the monitoring; import them from here."""

from .due_items import DueItem, Reckoned

__all__ = ["DueItem", "Reckoned"]
