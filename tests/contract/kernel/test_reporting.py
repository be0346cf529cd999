"""Reporting is off by default, says what is missing, and lets no secret out."""

import sys
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from alliance.reporting import start_reporting


def test_nothing_is_reported_unless_asked_for(monkeypatch):
    begun = []
    monkeypatch.setitem(sys.modules, "sentry_sdk", SimpleNamespace(init=lambda **_: begun.append("sentry")))
    start_reporting()
    assert begun == []


@pytest.mark.parametrize(
    ("setting", "package", "extra"),
    [
        ("SENTRY_DSN", "sentry_sdk", "sentry"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "opentelemetry.instrumentation.django", "otel"),
    ],
)
def test_a_setting_without_its_package_says_what_to_install(settings, monkeypatch, setting, package, extra):
    monkeypatch.setitem(sys.modules, package, None)
    setattr(settings, setting, "https://collector.example")
    with pytest.raises(ImproperlyConfigured, match=extra):
        start_reporting()


def test_errors_leave_without_secrets(settings, monkeypatch):
    given = {}
    monkeypatch.setitem(sys.modules, "sentry_sdk", SimpleNamespace(init=given.update))
    settings.SENTRY_DSN = "https://key@collector.example/1"
    start_reporting()
    sent = given["before_send"]({"extra": {"password": "hunter2", "url": "postgresql://u:hunter2@db/x"}}, None)
    assert "hunter2" not in str(sent)
    assert given["send_default_pii"] is False
