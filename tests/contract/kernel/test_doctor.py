"""The doctor finds what is wrong, says how to mend it in both languages, and tells scripts by its exit code."""

import io

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.utils.translation import override

from alliance import doctor, health
from alliance.kernel.clock import utc_now
from alliance.kernel.events import QUEUES
from alliance.kernel.ids import new_id
from alliance.kernel.models import DeliveryState, OutboxDelivery, OutboxMessage
from alliance.kernel.tasks import beat_heart
from alliance.kernel.tenancy import organization_scope
from tests.clamd import clamd


def _findings(name):
    with override("en"):
        [examination] = [one for one in doctor.examinations() if one.name == name]
        return [finding.problem for finding in doctor.examine(examination)]


@pytest.fixture
def beating(committed):
    for queue in QUEUES:
        beat_heart(queue)


@pytest.mark.parametrize(
    "name",
    [
        "Database connections",
        "Database roles",
        "Migrations",
        "Row-level security and grants",
        "Valkey or Redis",
        "Worker and beat",
        "Disk",
        "Clock and time zones",
    ],
)
def test_a_sound_installation_has_no_findings(beating, name):
    assert _findings(name) == []


def test_the_scanner_is_asked(settings):
    assert _findings("Virus scanner") == ["Uploaded documents are not scanned for viruses."]
    with clamd(lambda _body: b"stream: OK") as (address, _bodies):
        settings.FILE_SCANNER = address
        assert _findings("Virus scanner") == []
    assert _findings("Virus scanner") == ["The virus scanner does not answer, so no upload is accepted."]


SETTINGS = {
    "SECRET_KEY is shorter": {"SECRET_KEY": "short"},
    "ALLOWED_HOSTS does not contain": {"SITE_URL": "https://alliance.example", "HTTPS": True},
    "cookies travel in the clear": {
        "SITE_URL": "http://alliance.example",
        "HTTPS": False,
        "ALLOWED_HOSTS": ["alliance.example"],
    },
    "DEBUG or DEMO is on": {
        "SITE_URL": "https://alliance.example",
        "HTTPS": True,
        "DEMO": True,
        "ALLOWED_HOSTS": ["alliance.example"],
    },
}


@pytest.mark.parametrize("problem", SETTINGS)
def test_unsafe_settings_are_named(settings, problem):
    settings.METRICS_TOKEN = "x"
    for name, value in SETTINGS[problem].items():
        setattr(settings, name, value)
    found = _findings("Settings")
    assert len(found) == 1
    assert problem in found[0]


def test_a_silent_queue_is_named(beating):
    with connections["operator"].cursor() as cursor:
        cursor.execute("UPDATE kernel_workerheartbeat SET beaten_at = now() - interval '1 hour' WHERE queue = 'mail'")
    assert _findings("Worker and beat") == ["No worker has worked off these queues in the last 90 seconds: mail."]


def test_a_missing_migration_is_named(committed, monkeypatch):
    ours = health._migrations_of_this_code() | {("kernel", "9999_tomorrow")}
    monkeypatch.setattr(health, "_migrations_of_this_code", lambda: ours)
    assert _findings("Migrations") == ["Migrations are missing: 1, such as kernel.9999_tomorrow."]


def test_a_policy_that_was_changed_is_named(committed):
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP POLICY organization_select ON kernel_outboxmessage")
        found = _findings("Row-level security and grants")
        transaction.set_rollback(True, using="owner")
    assert found == ["The policies of the table kernel_outboxmessage are not the declared ones."]


def test_a_valkey_that_is_down_is_named_without_its_password(settings):
    settings.REDIS_URL = "redis://:sesame@127.0.0.1:1/0"
    [problem] = _findings("Valkey or Redis")
    assert problem.startswith("Valkey does not answer")
    assert "sesame" not in problem


def test_missing_front_end_files_are_named(settings, tmp_path):
    settings.NPM_ROOT = tmp_path
    settings.COLLECTED_STATIC = False
    [problem] = _findings("Front-end files")
    assert problem.startswith("Front-end files are missing")
    settings.COLLECTED_STATIC, settings.STATIC_ROOT = True, tmp_path
    assert _findings("Front-end files") == ["Static files have not been collected."]


def test_translations_that_are_not_compiled_are_named(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    assert _findings("Translations") == []
    (tmp_path / "django.po").write_text("")
    [problem] = _findings("Translations")
    assert problem.startswith("Translations are not compiled")


def test_a_message_that_was_parked_is_counted(committed):
    organization_id = new_id()
    with organization_scope(organization_id):
        message = OutboxMessage.objects.create(
            organization_id=organization_id, topic="t", payload={}, created_at=utc_now()
        )
        OutboxDelivery.objects.create(
            organization_id=organization_id, message=message, subscriber="s", queue="mail", state=DeliveryState.PARKED
        )
    [problem] = _findings("Outbox")
    assert problem.startswith("Messages that failed five times are parked: ")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_command_shows_every_examination_and_fails_when_something_is_wrong(beating, settings, language):
    settings.SECRET_KEY = "short"
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", language=language, stdout=out)
    assert end.value.code == 1
    with override(language):
        assert all(examination.name in out.getvalue() for examination in doctor.examinations())


def test_the_command_ends_well_when_there_is_only_advice(monkeypatch):
    def advice():
        yield doctor.Finding("Mails are only printed.", "Set EMAIL_URL.", is_advice=True)

    monkeypatch.setattr(
        "alliance.kernel.management.commands.doctor.examinations", lambda: [doctor.Examination("Mail", advice)]
    )
    out = io.StringIO()
    call_command("doctor", language="en", stdout=out)
    assert "This installation is in order." in out.getvalue()
    assert "Set EMAIL_URL." in out.getvalue()
