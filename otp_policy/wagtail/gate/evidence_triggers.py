"""
Database triggers on evidence: rows of the ledger, of approvals and of what other apps of the plugin
keep are neither changed nor deleted.

The models refuse it in Python; these refuse raw SQL and whatever passes the models by. SQLite and
PostgreSQL get the same rule. `otp_audit` finds a trigger that is gone, and what was done meanwhile.
Emptying the whole database is another matter: `flush` takes them away first.
"""

from collections.abc import Sequence

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..models import Approval, LedgerEntry, governed_models
from ..models.evidence import AppendOnly

_kept: list[type[AppendOnly]] = [LedgerEntry, Approval]
_EVENTS = ("UPDATE", "DELETE")
_FUNCTION = "otp_policy_keep_evidence"
_REFUSAL = "otp_policy: evidence is written once, and neither changed nor deleted"
_BODY = f"""
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{_REFUSAL}';
END
"""


def keep(*models: type[AppendOnly]) -> None:
    """Watch over the tables of *models* too, from the next migration on: an app's own evidence."""
    for model in models:
        if model not in _kept:
            _kept.append(model)


def install(using: str = "default") -> None:
    """Create the triggers anew, on those tables that are there."""
    remove(using)
    connection = connections[using]
    if not governed_models():
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        there = [model for model in _kept if model._meta.db_table in tables]
        for statement in _statements(connection, there):
            cursor.execute(statement)


def remove(using: str = "default") -> None:
    """Drop the triggers, if they are there; one that is switched off too."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return
    with connection.cursor() as cursor:
        for name, table, _event in _triggers(_kept):
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(using: str = "default") -> list[str]:
    """Return the names of the triggers that are absent, switched off, or not as they should be."""
    connection = connections[using]
    if not governed_models() or connection.vendor not in ("sqlite", "postgresql"):
        return []
    present = _present(connection)
    if connection.vendor == "sqlite":
        wanted = zip(_triggers(_kept), _statements(connection, _kept), strict=True)
        return [name for (name, *_), sql in wanted if present.get(name) != sql]
    names = [name for name, *_ in _triggers(_kept)]
    is_ours = present.get(_FUNCTION) == _BODY
    return [name for name in names if not is_ours or name not in present]


def _triggers(models: Sequence[type[AppendOnly]]) -> list[tuple[str, str, str]]:
    """Return the name, table and event of each trigger."""
    return [
        (f"{model._meta.db_table}_{event.lower()}", model._meta.db_table, event)
        for model in models
        for event in _EVENTS
    ]


def _statements(connection: BaseDatabaseWrapper, models: Sequence[type[AppendOnly]]) -> list[str]:
    """Return the SQL that creates them, after the function of PostgreSQL; none elsewhere."""
    if connection.vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            for name, table, event in _triggers(models)
        ]
    if not models or connection.vendor != "postgresql":
        return []
    return [
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$otp${_BODY}$otp$",
        *(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
            for name, table, event in _triggers(models)
        ),
    ]


def _present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return what is installed and switched on, with its SQL; of PostgreSQL the function's."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        elif connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname, '' FROM pg_trigger WHERE tgenabled IN ('O', 'A') "
                "AND tgrelid IN (SELECT to_regclass(t) FROM unnest(%s::text[]) t) "
                "UNION ALL SELECT proname, prosrc FROM pg_proc WHERE proname = %s",
                [[model._meta.db_table for model in _kept], _FUNCTION],
            )
        else:
            return {}
        return dict(cursor.fetchall())
