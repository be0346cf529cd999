"""A leaked key ends at once, in every process; who looks after it is told."""

import io
import os
import subprocess
import sys
import threading
import time

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from alliance.embedded.database_url import with_database
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from tests.api import Caller, api_key
from tests.cast import host_organization, member_of
from tests.outbox import deliver_all

PLACE = "https://code.example/shop/config.js"


def revoke(monkeypatch, text, *arguments):
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    call_command("revoke_leaked_key", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def host(db):
    return host_organization()


def test_every_key_in_what_was_found_is_revoked_recorded_and_mailed(host, monkeypatch):
    developer = member_of(host, Role.DEVELOPER)
    (first, first_id), (second, _id) = api_key(host), api_key(host)
    said = revoke(
        monkeypatch, f"const a = '{first}'\nconst b = '{second}'\nconst c = 'sk_{'x' * 43}'", "--found-at", PLACE
    )
    assert said.count("revoked") == 2
    assert said.count("no such key") == 1
    assert first not in said
    for secret in (first, second):
        assert Caller(host, secret=secret).get("/api/v1/organization").status_code == 401
    with organization_scope(host.id):
        event = AuditEvent.objects.get(action="api_key.leak_revoked", target_id=str(first_id))
    assert (event.actor_kind, event.after["found_at"]) == ("system", PLACE)
    deliver_all()
    assert {message.to[0] for message in mail.outbox} == {host.owner.email, developer.email}
    assert len(mail.outbox) == 4
    assert PLACE in mail.outbox[0].body
    assert not any(secret in message.body for message in mail.outbox for secret in (first, second))


def test_repeating_is_harmless(host, monkeypatch):
    secret = api_key(host)[0]
    revoke(monkeypatch, secret)
    assert "was revoked before" not in revoke(monkeypatch, api_key(host)[0])
    with pytest.raises(CommandError, match="None of these keys"):
        revoke(monkeypatch, "sk_" + "x" * 43)
    said = []
    try:
        said.append(revoke(monkeypatch, secret))
    except CommandError:
        pytest.fail("A known key is no error.")
    assert "was revoked before" in said[0]


@pytest.mark.parametrize("text", ["", "nothing here", "sk_short"])
def test_nothing_to_revoke_is_said(host, monkeypatch, text):
    with pytest.raises(CommandError, match="no key"):
        revoke(monkeypatch, text)


@pytest.fixture
def unhurried(monkeypatch):
    """No window of the rate limit is spent while the other process starts, however long that takes."""
    monkeypatch.setattr("alliance.kernel.http.throttling.OrganizationRateThrottle.allow_request", lambda *_: True)


def test_a_revocation_in_another_process_is_felt_within_a_second(committed, unhurried):
    """Two threads call without a pause while another process revokes; neither gets an answer a second after it ended."""
    host = host_organization()
    secret = api_key(host)[0]
    answers: list[tuple[float, int]] = []
    is_over = threading.Event()

    def call():
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        while not is_over.is_set():
            answers.append((time.monotonic(), client.get("/api/v1/alliances").status_code))
        connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        _revoke_in_another_process(secret)
        revoked_at = time.monotonic()
        time.sleep(1.3)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert 200 in {status for at, status in answers if at < revoked_at}
    assert {status for at, status in answers if at > revoked_at + 1} == {401}


def _revoke_in_another_process(secret):
    name = connections["default"].settings_dict["NAME"]
    urls = {
        key: with_database(os.environ[key], name)
        for key in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL")
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "revoke_leaked_key", "--found-at", PLACE],
        input=secret,
        env={**os.environ, **urls, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "revoked" in done.stdout
