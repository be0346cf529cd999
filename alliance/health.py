"""Is this process alive; is this installation ready; and what do its gauges say."""

from collections.abc import Callable, Mapping
from functools import cache
from hmac import compare_digest
from typing import Final

import redis
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alliance.kernel.events import QUEUES
from alliance.kernel.jobs.sweeping import is_any_job_running
from alliance.kernel.tenancy.cursors import scoped_cursor
from alliance.metrics import CONTENT_TYPE, exposition

STALE_AFTER_SECONDS: Final = 90
_PROBE_SECONDS: Final = 2.0
_HEARTBEATS: Final = """
SELECT queue FROM kernel_workerheartbeat WHERE beaten_at > clock_timestamp() - %s * interval '1 second'
"""


class NotReadyError(RuntimeError):
    """One check failed. The message is for `manage.py doctor`; probes are told only which check it was."""


def check_database() -> None:
    """Raise unless PostgreSQL answers the runtime role."""
    with scoped_cursor() as cursor:
        cursor.execute("SELECT 1")


def check_valkey() -> None:
    """Raise unless the cache's server, and the broker's where it is another, answer in two seconds."""
    for url in {settings.REDIS_URL, *_broker_urls()}:
        client = redis.Redis.from_url(url, socket_connect_timeout=_PROBE_SECONDS, socket_timeout=_PROBE_SECONDS)
        try:
            client.ping()
        finally:
            client.close()


def _broker_urls() -> list[str]:
    return [settings.CELERY_BROKER_URL] if settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://")) else []


@cache
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def missing_migrations() -> list[str]:
    """Migrations of this code that the database has not seen, as `app.name`."""
    with scoped_cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    return sorted(f"{app}.{name}" for app, name in _migrations_of_this_code() - applied)


def check_migrations() -> None:
    """Raise `NotReadyError` when a migration is missing."""
    if missing := missing_migrations():
        raise NotReadyError(", ".join(missing))


def silent_queues() -> list[str]:
    """Queues on which no worker has shown a sign of life for 90 seconds.

    While a worker holds a job it may be too busy to show any other sign, so then no queue counts as silent.
    """
    with scoped_cursor() as cursor:
        cursor.execute(_HEARTBEATS, [STALE_AFTER_SECONDS])
        alive = {row[0] for row in cursor.fetchall()}
    silent = [queue for queue in QUEUES if queue not in alive]
    return [] if silent and is_any_job_running() else silent


def check_worker() -> None:
    """Raise `NotReadyError` when a queue is not worked off."""
    if silent := silent_queues():
        raise NotReadyError(", ".join(silent))


WEB_CHECKS: Final[Mapping[str, Callable[[], None]]] = {
    "database": check_database,
    "valkey": check_valkey,
    "migrations": check_migrations,
}
CHECKS: Final[Mapping[str, Callable[[], None]]] = {**WEB_CHECKS, "worker": check_worker}


def run_checks(checks: Mapping[str, Callable[[], None]]) -> dict[str, str]:
    """Each check's name with "ok" or "failing"."""
    return {name: "ok" if _passes(check) else "failing" for name, check in checks.items()}


def _passes(check: Callable[[], None]) -> bool:
    import logging

    try:
        check()
    except Exception as error:  # noqa: BLE001  whatever it is, the probe wants yes or no
        logging.getLogger(__name__).warning("not ready", extra={"check": check.__name__, "error": str(error)})
        connections["default"].close()
        return False
    return True


@require_safe
@never_cache
def livez(_request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when every check passes, else 503, with the state of each check.

    `?only=web` leaves the worker out: a balancer must not take a web process away because a worker is down.
    """
    results = run_checks(WEB_CHECKS if request.GET.get("only") == "web" else CHECKS)
    is_ready = all(result == "ok" for result in results.values())
    answer = {"status": "ready" if is_ready else "not ready", "checks": results}
    return JsonResponse(answer, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format for the holder of METRICS_TOKEN; 404 when no token is set, 401 for another token."""
    token: str = settings.METRICS_TOKEN
    if not token:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


urlpatterns: list[URLPattern] = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
