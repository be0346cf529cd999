"""Probes, metrics, and what a request leaves in the log."""

import io
import json
import logging

import pytest
from django.db import connections
from django.test import Client

from alliance import health
from alliance.kernel.events import QUEUES
from alliance.kernel.ids import new_id
from alliance.kernel.tasks import beat_heart

TOKEN = "metrics-token-for-tests"


@pytest.fixture
def beating(committed):
    for queue in QUEUES:
        beat_heart(queue)


def test_livez_answers_without_any_server(client: Client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/livez")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_says_ready(beating, client):
    answer = client.get("/readyz")
    checks = dict.fromkeys(["database", "valkey", "migrations", "worker"], "ok")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "checks": checks})


def test_readyz_is_503_without_a_worker_and_the_web_process_alone_is_ready(beating, client):
    with connections["operator"].cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_workerheartbeat SET beaten_at = now() - interval '2 minutes' WHERE queue = 'money'"
        )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (503, "failing")
    assert client.get("/readyz?only=web").status_code == 200


def test_readyz_is_503_without_valkey_and_names_nothing_but_the_check(beating, client, settings):
    settings.REDIS_URL = "redis://:sesame@127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["valkey"]) == (503, "failing")
    assert b"sesame" not in answer.content
    assert b"127.0.0.1" not in answer.content


def test_readyz_is_503_with_a_migration_missing(beating, client, monkeypatch):
    ours = health._migrations_of_this_code() | {("kernel", "9999_tomorrow")}
    monkeypatch.setattr(health, "_migrations_of_this_code", lambda: ours)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "failing")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_probes_are_read_only(beating, client, path):
    assert client.post(path).status_code == 405


def test_metrics_are_hidden_without_a_token(client, settings, db):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("header", [None, "Bearer wrong", TOKEN, "Basic x"])
def test_metrics_want_their_token(client, settings, header):
    settings.METRICS_TOKEN = TOKEN
    headers = {"Authorization": header} if header else {}
    assert client.get("/metrics", headers=headers).status_code == 401


def test_metrics_show_requests_by_route_and_the_outbox(beating, client, settings):
    settings.METRICS_TOKEN = TOKEN
    client.get("/livez")
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    assert 'alliance_requests_total{method="GET",route="livez",status="200"}' in text
    assert 'alliance_worker_heartbeat_age_seconds{queue="money"}' in text
    assert "alliance_outbox_deliveries" in text
    assert "alliance_jobs" in text


@pytest.fixture
def log():
    """What reaches the root handler, as JSON lines."""
    import structlog

    from alliance.logging import configuration

    made = configuration(style="json", level="INFO")["formatters"]["structured"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=made["processors"], foreign_pre_chain=made["foreign_pre_chain"])
    )
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_every_answer_carries_its_request_id_and_the_log_line_too(client, log):
    answer = client.get("/livez?token=canary-in-query")
    [line] = [entry for entry in log() if entry["event"] == "request_finished"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["request"], line["code"]) == ("GET /livez", 200)
    assert "canary" not in json.dumps(line)
    assert line["milliseconds"] >= 0


def test_a_request_id_from_outside_is_believed_only_behind_a_proxy(client, settings):
    ours = str(new_id())
    assert client.get("/livez", headers={"X-Request-ID": ours}).headers["X-Request-ID"] != ours
    settings.TRUSTED_PROXY_COUNT = 1
    assert client.get("/livez", headers={"X-Request-ID": ours}).headers["X-Request-ID"] == ours
    forged = client.get("/livez", headers={"X-Request-ID": "x" * 65}).headers["X-Request-ID"]
    assert forged != "x" * 65


SECRETS = {
    "an address": ("mail for canary.person@example.org", "canary.person"),
    "a password in a URL": ("postgresql://app:canary-pw@db/x", "canary-pw"),
    "a bearer token": ("Authorization: Bearer canary0123456789abcdef", "canary0123456789"),
    "an assignment": ("password=canary-pw&x=1", "canary-pw"),
    "an IBAN": ("to DE89 3704 0044 0532 0130 00", "3704 0044"),
}


@pytest.mark.parametrize("case", SECRETS)
def test_no_secret_reaches_the_log_in_a_message_a_value_or_a_traceback(log, case):
    text, canary = SECRETS[case]
    logger = logging.getLogger("tests.secrets")
    logger.warning("said %s", text)
    logger.warning("kept", extra={"detail": text, "nested": {"deep": [text]}})
    try:
        int(text)
    except ValueError:  # its message repeats the text
        logger.exception("broke")
    written = json.dumps(log(), ensure_ascii=False)
    assert "broke" in written
    assert canary not in written


def test_values_with_secret_names_are_blanked_whatever_they_look_like(log):
    logging.getLogger("tests.secrets").warning(
        "kept", extra={"new_password": "abc", "session": {"key": "abc"}, "api_key": 7, "credentials": ["abc"]}
    )
    assert "abc" not in json.dumps(log())
