"""Errors to Sentry and traces to an OpenTelemetry collector: off unless the environment names where to.

Both packages are extras (`sentry`, `otel`). A setting without its package stops the process with a sentence that says
what to install, instead of silently reporting nothing.
"""

import os
from importlib import import_module
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from alliance.kernel.scrubbing import scrubbed


def start_reporting() -> None:
    """Begin what the settings ask for; called once by each process. Raises `ImproperlyConfigured` without the package."""
    if settings.SENTRY_DSN:
        _start_sentry(str(settings.SENTRY_DSN))
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        _start_traces()


def _package(name: str, extra: str, setting: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        message = (
            f"{setting} is set, but the package is not installed. Install the extra {extra!r}, or empty {setting}."
        )
        raise ImproperlyConfigured(message) from error


def _start_sentry(dsn: str) -> None:
    sentry = _package("sentry_sdk", "sentry", "SENTRY_DSN")
    sentry.init(dsn=dsn, send_default_pii=False, max_request_body_size="never", before_send=_without_secrets)


def _without_secrets(event: dict[str, Any], _hint: object) -> object:
    """The same rules as for logs: nothing secret leaves, by its name or by its look."""
    return scrubbed(event)


def _start_traces() -> None:
    """Spans of requests, by the standard OTEL_* variables; the exporter reads its address from the environment."""
    name = "OTEL_EXPORTER_OTLP_ENDPOINT"
    instrumentation = _package("opentelemetry.instrumentation.django", "otel", name)
    exporter = _package("opentelemetry.exporter.otlp.proto.http.trace_exporter", "otel", name)
    sdk = _package("opentelemetry.sdk.trace", "otel", name)
    batches = _package("opentelemetry.sdk.trace.export", "otel", name)
    api = _package("opentelemetry.trace", "otel", name)
    os.environ.setdefault("OTEL_SERVICE_NAME", "partner-alliance")
    provider = sdk.TracerProvider()
    provider.add_span_processor(batches.BatchSpanProcessor(exporter.OTLPSpanExporter()))
    api.set_tracer_provider(provider)
    instrumentation.DjangoInstrumentor().instrument()
