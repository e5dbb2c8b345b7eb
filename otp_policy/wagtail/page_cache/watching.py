"""
Looks at every statement that this process sends to a database, and tells which change the public.

Signals would miss `update()`, `bulk_create()` and SQL; a statement misses nothing. What is not
known to be quiet is loud: a table that an app adds tomorrow gives up what is kept.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created

from .conf import quiet_models
from .generation import begin, end

__all__ = ["changes_the_public", "connect", "quiet_tables"]

# No public page reads them: a test asks every page for what it reads.
_QUIET_MODELS = """
    sessions.Session admin.LogEntry
    wagtailadmin.EditingSession wagtailadmin.FormState wagtailusers.UserProfile
    wagtailcore.PageLogEntry wagtailcore.ModelLogEntry wagtailcore.UploadedFile
    wagtailcore.WorkflowState wagtailcore.TaskState wagtailcore.PageSubscription
    wagtailcore.Comment wagtailcore.CommentReply wagtailcore.ReferenceIndex
    wagtailsearch.IndexEntry wagtailsearch.SQLiteFTSIndexEntry
    otp_policy.Contribution otp_policy.LedgerHead otp_policy.LedgerEntry otp_policy.UrgentMark
    otp_policy.Slot otp_policy.Notice otp_policy.UnwantedMail otp_policy.ToldUntil
    otp_policy.WaitStage otp_policy.PersonalDataAnswer
    otp_policy_syndication.ChannelSwitch otp_policy_syndication.ChannelCall
    otp_policy_syndication.Delivery otp_policy_syndication.Attempt
    otp_policy_syndication.HandDelivery otp_policy_syndication.FollowUpChoice
    otp_policy_monitoring.DueItem otp_policy_monitoring.Reckoned
    otp_policy_monitoring.ReviewStage otp_policy_monitoring.UpdateRequest
    otp_policy_monitoring.ErrorReport otp_policy_monitoring.Attestation
    otp_policy_monitoring.AttestationDecision
    otp_policy_search.SearchEntry otp_policy_search.PublicText otp_policy_search.Word
    otp_policy_search.Compound
    otp_policy_usage.Use
""".split()  # noqa: SIM905
# A draft's text lies in a revision, and what of a prior version is not as approved is not served. A
# picture's rendition is made by the page that shows it.
_QUIET_VERBS = {
    "INSERT": ("wagtailcore.Revision", "wagtailimages.Rendition"),
    "UPDATE": ("wagtailcore.Revision",),
    "DELETE": (),
}
_QUIET_COLUMNS = {
    "wagtailcore.Page": {
        "latest_revision_id",
        "latest_revision_created_at",
        "draft_title",
        "has_unpublished_changes",
        "locked",
        "locked_at",
        "locked_by_id",
    },
    settings.AUTH_USER_MODEL: {"last_login"},
}
_READING = re.compile(
    r"[\s(]*(?:SELECT|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|PRAGMA|EXPLAIN|SET|SHOW)\b", re.I
)
_WRITING = re.compile(
    r'\s*(?P<verb>INSERT|UPDATE|DELETE)(?: OR IGNORE)?(?: INTO| FROM)? "(?P<table>[^"]+)"'
    r"(?P<rest> SET .*)?",
    re.I | re.S,
)
_NAME = re.compile(r'"([^"]+)"')


def connect() -> None:
    """Watch the connections that there are, and those to come."""
    connection_created.connect(_watch, dispatch_uid="otp_policy.page_cache")
    for connection in connections.all(initialized_only=True):
        _watch(connection=connection)


def _watch(connection: Any, **kwargs: Any) -> None:
    if watched not in connection.execute_wrappers:
        connection.execute_wrappers.append(watched)


def watched(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Send a statement to the database; around one that is loud, nothing is kept nor served."""
    if not changes_the_public(sql):
        return execute(sql, params, many, context)
    connection = context["connection"]
    if connection.in_atomic_block:
        if not _is_awaited(connection):
            connection.on_commit(partial(end, begin()), robust=True)
        return execute(sql, params, many, context)
    writer = begin()
    try:
        return execute(sql, params, many, context)
    finally:
        # Who commits by hand gives no sign of it: the writer is waited for instead.
        if connection.get_autocommit():
            end(writer)


def _is_awaited(connection: Any) -> bool:
    """Tell whether the end of the transaction is waited for already, whatever rolls back yet."""
    # A rolled back savepoint takes its own entries out of this list.
    return any(getattr(entry[1], "func", None) is end for entry in connection.run_on_commit)


def changes_the_public(sql: Any) -> bool:
    """Tell whether a statement may change what anybody reads."""
    if not isinstance(sql, str):
        return True
    if _READING.match(sql):
        return False
    found = _WRITING.match(sql)
    return found is None or not _is_quiet(found["verb"].upper(), found["table"], found["rest"])


def _is_quiet(verb: str, table: str, rest: str | None) -> bool:
    if table in quiet_tables() or table in _tables(_QUIET_VERBS[verb]):
        return True
    # A column that stands in an expression counts as if it were set.
    names = set(_NAME.findall((rest or "").partition(" WHERE ")[0]))
    return bool(names) and names <= _quiet_columns().get(table, frozenset())


@cache
def quiet_tables() -> frozenset[str]:
    """Return the tables that no public page reads."""
    return _tables((*_QUIET_MODELS, *quiet_models()))


@cache
def _quiet_columns() -> dict[str, frozenset[str]]:
    found = {label: _tables((label,)) for label in _QUIET_COLUMNS}
    return {
        table: frozenset(_QUIET_COLUMNS[label])
        for label, tables in found.items()
        for table in tables
    }


@cache
def _tables(labels: tuple[str, ...]) -> frozenset[str]:
    """Return the tables of those of the models that are installed."""
    tables = {model._meta.label: model._meta.db_table for model in apps.get_models()}
    return frozenset(tables[label] for label in labels if label in tables)
