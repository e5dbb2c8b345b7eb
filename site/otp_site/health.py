"""What a supervisor or a load balancer asks: does the process live, and can it serve."""

import logging
from collections.abc import Callable

from django.core.cache import caches
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)
# Once the tables are there they stay; looking reads every migration.
_migrated = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process lives; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """
    Answer 200 if pages can be served, else 503, and say which part is not ready.

    The reason stands in the log alone: it may name hosts and users.
    """
    parts = {name: _is_ready(name, asked) for name, asked in _PARTS.items()}
    ready = all(parts.values())
    return JsonResponse({"ready": ready, "parts": parts}, status=200 if ready else 503)


def _is_ready(name: str, asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except Exception:
        # Each database and each cache raises errors of its own.
        logger.exception("not ready: %s", name)
    return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _cache() -> bool:
    caches["default"].set("otp-ready", "1", 10)
    return caches["default"].get("otp-ready") == "1"


_PARTS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
}
