"""
Database triggers on the table of pages: the gate's last line, under `update()` and raw SQL.

A trigger sees what the table of pages holds: that a page is live, by which revision, of which
type, when it would expire, and its title and address. The other text lies in other tables, with
`otp_audit`. SQLite and PostgreSQL get the same rule; on another database there is none, and
`otp_audit` says so.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from wagtail.models import Page

from ..models import Publication, governed_models
from . import evidence_triggers

NAMES = ("otp_policy_page_insert", "otp_policy_page_update")
_FUNCTION = "otp_policy_guard_page"
# Text that lies in the table of pages itself.
_TEXT = (
    "title",
    "slug",
    "url_path",
    "seo_title",
    "search_description",
    "show_in_menus",
    "locale_id",
)
_COLUMNS = ", ".join(
    ("live", "live_revision_id", "content_type_id", "expire_at", "go_live_at", *_TEXT)
)
_REFUSAL = "otp_policy: a governed page is live only with the revision of its open publication"


def remove_before_migrating(sender, using: str, **kwargs) -> None:
    """
    Drop the triggers of SQLite before tables change.

    SQLite remakes a table to change it, which drops the triggers on it, and refuses to rename
    one that a trigger names. PostgreSQL keeps its triggers, data migrations included.
    """
    if connections[using].vendor == "sqlite":
        remove(using)
        evidence_triggers.remove(using)


def install_after_migrating(sender, using: str, **kwargs) -> None:
    """Bring the triggers in line with the page types that are governed now."""
    evidence_triggers.install(using)
    connection = connections[using]
    needed = {Page._meta.db_table, Publication._meta.db_table, "django_content_type"}
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
    if needed <= present:
        install(using)
    elif Page._meta.db_table in present:
        remove(using)


def install(using: str = "default") -> None:
    """Create the triggers anew."""
    remove(using)
    connection = connections[using]
    if not governed_models():
        return
    with connection.cursor() as cursor:
        for statement in statements(connection):
            cursor.execute(statement)


def statements(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the SQL that creates the triggers; none for a database that we know no SQL for."""
    written = {"sqlite": _sqlite, "postgresql": _postgresql}.get(connection.vendor)
    return written(connection) if written else []


def terms() -> list[str]:
    """Return what the triggers look for, term by term: a test takes out each in turn."""
    return [*_UNTIMED, _OPEN, _THIS_REVISION, _RETYPED, *_rewritings()]


def remove(using: str = "default") -> None:
    """Drop the triggers, if they are there; one that is switched off too."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return
    on = "" if connection.vendor == "sqlite" else f" ON {_table(connection)}"
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(using: str = "default") -> list[str]:
    """Return the names of the triggers that are absent, switched off, or not as they should be."""
    connection = connections[using]
    if not governed_models():
        return []
    if connection.vendor == "sqlite":
        written = _sqlite_triggers(connection)
        wanted = dict(zip(NAMES, _sqlite(connection), strict=True))
        return [name for name in NAMES if written.get(name) != wanted[name]]
    if connection.vendor == "postgresql" and not _function_is_ours(connection):
        return list(NAMES)
    present = _present(connection)
    return [name for name in NAMES if name not in present]


def _present(connection: BaseDatabaseWrapper) -> set[str]:
    if connection.vendor == "sqlite":
        return set(_sqlite_triggers(connection))
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'otp_policy_%%' "
            "AND tgenabled IN ('O', 'A') AND tgrelid = to_regclass(%s)",
            [_table(connection)],
        )
        return {name for (name,) in cursor.fetchall()}


def _sqlite_triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
            [Page._meta.db_table],
        )
        return dict(cursor.fetchall())


def _function_is_ours(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [_FUNCTION])
        row = cursor.fetchone()
    return row is not None and row[0] == _postgresql_body(connection)


def _table(connection: BaseDatabaseWrapper) -> str:
    return connection.ops.quote_name(Page._meta.db_table)


def _governed(column: str) -> str:
    """Return the SQL that tells whether the content type in *column* is governed."""
    # By name and not by key, so that a restored database needs no other trigger. Labels are
    # Python identifiers: nothing in them has to be quoted.
    types = " OR ".join(
        f"(t.app_label = '{model._meta.app_label}' AND t.model = '{model._meta.model_name}')"
        for model in sorted(governed_models(), key=lambda model: model._meta.label_lower)
    )
    return f"EXISTS (SELECT 1 FROM django_content_type t WHERE t.id = {column} AND ({types}))"


_UNTIMED = ("NEW.expire_at IS NOT NULL", "NEW.go_live_at IS NOT NULL")
_OPEN = "p.ended_at IS NOT NULL"
# A revision that was purged leaves NULL behind: the text is still the published one.
_THIS_REVISION = "(NEW.live_revision_id IS NOT NULL AND p.revision_id <> NEW.live_revision_id)"
_RETYPED = "NEW.content_type_id <> OLD.content_type_id"


def _rewritings() -> list[str]:
    return [f"NEW.{column} <> OLD.{column}" for column in _TEXT]


def _unpublished(connection: BaseDatabaseWrapper) -> str:
    """Return the SQL that tells whether the new row is live without its publication."""
    publications = connection.ops.quote_name(Publication._meta.db_table)
    return (
        f"({' OR '.join(_UNTIMED)} OR NOT EXISTS (SELECT 1 FROM {publications} p "
        f"WHERE p.page_id = NEW.id AND NOT ({_OPEN}) AND NOT ({_THIS_REVISION})))"
    )


def _rewritten() -> str:
    """
    Return the SQL that tells whether a live row gets other text without being published.

    Every publication by Wagtail's actions, and no other change, sets `last_published_at`.
    """
    unpublished = "(NEW.last_published_at IS NULL OR NEW.last_published_at = OLD.last_published_at)"
    return (
        f"(OLD.live AND NEW.live AND {unpublished} AND ({' OR '.join(_rewritings())}) "
        f"AND {_governed('NEW.content_type_id')})"
    )


def _sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    unpublished = (
        f"(NEW.live AND {_unpublished(connection)} AND {_governed('NEW.content_type_id')})"
    )
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {_table(connection)} FOR EACH ROW "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for name, event, condition in (
            (NAMES[0], "INSERT", unpublished),
            (
                NAMES[1],
                f"UPDATE OF {_COLUMNS}",
                f"{unpublished} OR {_retyped()} OR {_rewritten()}",
            ),
        )
    ]


def _retyped() -> str:
    """Return the SQL that tells whether a governed page becomes a page of another type."""
    return f"({_RETYPED} AND {_governed('OLD.content_type_id')})"


def _postgresql_body(connection: BaseDatabaseWrapper) -> str:
    # OLD is not assigned on insert, and must not be named then.
    return f"""
BEGIN
  IF NEW.live AND {_unpublished(connection)} AND {_governed("NEW.content_type_id")} THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{_REFUSAL}';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF {_retyped()} OR {_rewritten()} THEN
      RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{_REFUSAL}';
    END IF;
  END IF;
  RETURN NEW;
END
"""


def _postgresql(connection: BaseDatabaseWrapper) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$otp${_postgresql_body(connection)}$otp$",
        *(
            f"CREATE TRIGGER {name} BEFORE {event} ON {_table(connection)} "
            f"FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
            for name, event in zip(NAMES, ("INSERT", f"UPDATE OF {_COLUMNS}"), strict=True)
        ),
    ]
