"""What Prometheus may know: requests by route, and gauges of the outbox and the jobs. Never an organization's name."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from alliance.kernel.jobs.registry import registered_jobs
from alliance.kernel.tenancy import across_organizations
from alliance.kernel.tenancy.cursors import scoped_cursor

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
UNMATCHED: Final = "unmatched"
_REQUESTS: Final = Counter("alliance_requests_total", "Requests answered.", ["method", "route", "status"])
_SECONDS: Final = Histogram(
    "alliance_request_seconds",
    "Time to answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OUTBOX: Final = """
SELECT state, queue, count(*), coalesce(extract(epoch FROM clock_timestamp() - min(next_attempt_at)), 0)::float
FROM kernel_outboxdelivery WHERE state = 'pending' GROUP BY state, queue
UNION ALL
SELECT state, queue, count(*), 0 FROM kernel_outboxdelivery WHERE state = 'parked' GROUP BY state, queue
"""
_HEARTBEATS: Final = (
    "SELECT queue, extract(epoch FROM clock_timestamp() - beaten_at)::float FROM kernel_workerheartbeat"
)


class RequestMetricsMiddleware:
    """Counts and times each request under its route, so that ids in paths do not multiply the series."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self.get_response(request)
        method = request.method if request.method in _METHODS else "OTHER"
        route = request.resolver_match.route if request.resolver_match else UNMATCHED
        _REQUESTS.labels(method, route, str(response.status_code)).inc()
        _SECONDS.labels(method, route).observe(time.perf_counter() - started)
        return response


class Gauges(Collector):
    """What the tables say at the moment of the scrape, on the operator's role."""

    def collect(self) -> Iterable[Metric]:
        """Outbox, jobs and heartbeats."""
        with across_organizations(reason="gauges over every organization's rows"):
            yield from _outbox()
            yield _jobs()
            yield _heartbeats()


def exposition() -> bytes:
    """All metrics in Prometheus' text format; of every process when PROMETHEUS_MULTIPROC_DIR is set."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    gauges = CollectorRegistry()
    gauges.register(Gauges())
    return generate_latest(registry) + generate_latest(gauges)


def _outbox() -> Iterator[Metric]:
    count = GaugeMetricFamily("alliance_outbox_deliveries", "Deliveries not done.", labels=["state", "queue"])
    late = GaugeMetricFamily(
        "alliance_outbox_late_seconds", "How overdue the oldest pending delivery is.", labels=["queue"]
    )
    with scoped_cursor() as cursor:
        cursor.execute(_OUTBOX)
        for state, queue, number, seconds in cursor.fetchall():
            count.add_metric([state, queue], number)
            if state == "pending":
                late.add_metric([queue], max(0.0, seconds))
    yield count
    yield late


def _jobs() -> Metric:
    from django.db.models import Count

    gauge = GaugeMetricFamily("alliance_jobs", "Jobs that are not finished well.", labels=["job", "state"])
    for job in registered_jobs():
        rows = job.model._default_manager.exclude(state="succeeded")  # noqa: SLF001  Django's public name of it
        for state, number in rows.order_by().values_list("state").annotate(number=Count("pk")):
            gauge.add_metric([job.label, state], number)
    return gauge


def _heartbeats() -> Metric:
    gauge = GaugeMetricFamily("alliance_worker_heartbeat_age_seconds", "Since a worker's last sign.", labels=["queue"])
    with scoped_cursor() as cursor:
        cursor.execute(_HEARTBEATS)
        for queue, seconds in cursor.fetchall():
            gauge.add_metric([queue], seconds)
    return gauge
