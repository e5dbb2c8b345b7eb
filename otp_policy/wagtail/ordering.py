"""Sorting by the Thai alphabet in the database, by one name of the collation on both."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Collate

from otp_policy.thai_order import compare_thai

# PostgreSQL has it where it is built with ICU; on SQLite it is ours.
COLLATION = "th-x-icu"


def in_thai_order(queryset: Any, name: str) -> Any:
    """Return *queryset* sorted by the field *name*, and by the key where that is the same."""
    return queryset.order_by(Collate(F(name), COLLATION), "pk")


def add_collation(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Teach a new connection to SQLite the Thai alphabet."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(COLLATION, compare_thai)
