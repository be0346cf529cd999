"""Every closed statement as a file: once for each schedule, told to whoever asked and to webhooks, until it is stopped."""

import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.audit_query import AuditQuery
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.models import OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.banking.services.create_payment_file import create_payment_file
from settlements.exports.audit_file import AuditQuestion
from settlements.models import Export, ExportFormat, ExportSchedule
from settlements.services.create_export import WrongExportFormatError, create_export
from settlements.services.deliver_exports import deliver_exports
from settlements.services.schedule_exports import ScheduledAlreadyError, schedule_exports
from settlements.services.stop_schedule import stop_schedule
from tests.api import Caller, problem
from tests.cast import host_organization, signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.jobs import run_all_jobs
from tests.orders import OrderOf
from tests.outbox import deliver_all
from tests.reconciling import Bank
from tests.webhooks import endpoint_of

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
BEFORE = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def selling():
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    return market


@pytest.fixture
def market(db):
    return selling()


def scheduled(party, file_format=ExportFormat.CSV, *, role=Role.FINANCE, now=BEFORE):
    with organization_scope(party.id):
        return schedule_exports(actor=party.actor(role), file_format=file_format, now=now)


def files(party):
    with organization_scope(party.id):
        return list(Export.objects.select_related("statement").order_by("pk"))


def test_each_party_gets_its_own_statement_once_and_is_told(committed, mailoutbox):
    market = selling()
    scheduled(market.north)
    market.close(JANUARY, now=FEBRUARY)
    for _ in range(2):
        deliver_exports(now=FEBRUARY)
    run_all_jobs(market.north.id)
    [file] = files(market.north)
    assert (file.state, file.file_format, file.statement.organization_id) == ("succeeded", "csv", market.north.id)
    assert file.checked_with.startswith("csv:")
    assert files(market.host) == []
    with organization_scope(market.north.id):
        assert OutboxMessage.objects.filter(topic="settlements.ExportReady").count() == 1
    deliver_all(market.north.id, mails=True)
    [mail] = [mail for mail in mailoutbox if file.file_name in mail.subject]
    assert mail.to == [market.north.finance.email]
    assert reverse("portal:export", args=[file.pk]) in mail.body


def test_a_hosts_books_come_after_each_close(committed, mailoutbox):
    market = selling()
    scheduled(market.host, ExportFormat.BEANCOUNT)
    market.close(JANUARY, now=FEBRUARY)
    for _ in range(2):
        deliver_exports(now=MARCH)
    run_all_jobs(market.host.id)
    [file] = files(market.host)
    assert (file.state, file.file_format, file.alliance_id) == ("succeeded", "beancount", market.alliance.id)
    assert file.checked_with.startswith("bean-check")
    deliver_all(market.host.id, mails=True)
    assert [mail.to for mail in mailoutbox if file.file_name in mail.subject] == [[market.host.finance.email]]
    market.sell(OrderOf(500, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=datetime(2026, 4, 1, tzinfo=UTC))
    for _ in range(2):
        deliver_exports(now=datetime(2026, 4, 2, tzinfo=UTC))
    assert len(files(market.host)) == 2


def test_each_approved_batch_becomes_the_banks_file_asked_for_with_a_second_factor(committed):
    bank = Bank(own_account={"number": "FR1420041010050500013M02606", "holder_name": "Lectern"})
    for actor, error in (
        (bank.host.actor(has_second_factor=False), SecondFactorRequiredError),
        (bank.market.north.actor(), WrongExportFormatError),
    ):
        with organization_scope(actor.organization_id), pytest.raises(error):
            schedule_exports(actor=actor, file_format=ExportFormat.PAIN_09, now=BEFORE)
    scheduled(bank.host, ExportFormat.PAIN_09)
    for _ in range(2):
        deliver_exports(now=MARCH)
    run_all_jobs(bank.host.id)
    [file] = files(bank.host)
    assert (file.state, file.file_name, file.batch_id) == ("succeeded", "PB-000001.xml", bank.payout().batch_id)
    assert "pain.001.001.09.xsd" in file.checked_with


def test_every_finished_file_is_told_to_whose_it_is_and_nobody_else(committed):
    """Asked for or scheduled: of a statement, a book, a batch for the bank, the audit trail."""
    bank = Bank(own_account={"number": "FR1420041010050500013M02606", "holder_name": "Lectern"})
    host, north, stranger = bank.host, bank.market.north, host_organization(name="Stranger")
    ears = {party.id: endpoint_of(party, types=("export.ready",)) for party in (host, north, stranger)}
    scheduled(north, ExportFormat.PDF)
    statement_id, alliance_id = bank.market.statement(1).id, bank.market.alliance.id
    asked = [
        Caller(north).post(f"/api/v1/statements/{statement_id}/exports", {"file_format": "csv"}),
        Caller(host).post("/api/v1/ledger/exports", {"alliance_id": str(alliance_id), "file_format": "hledger"}),
    ]
    assert [answer.status_code for answer in asked] == [202, 202]
    refused = Caller(north).post("/api/v1/ledger/exports", {"alliance_id": str(alliance_id), "file_format": "hledger"})
    assert refused.status_code in {403, 404}
    batch_id = bank.payout().batch_id
    with organization_scope(host.id):
        made = {"actor": host.actor(), "now": MARCH}
        create_payment_file(batch_id=batch_id, file_format=ExportFormat.PAIN_09, **made)
        create_export(file_format=ExportFormat.JSONL, audit=AuditQuestion(AuditQuery(), "en"), **made)
    deliver_exports(now=MARCH)
    for party in (host, north, stranger):
        run_all_jobs(party.id)
        deliver_all(party.id)
    told = {id_: [body["data"] for body in endpoint.bodies()] for id_, endpoint in ears.items()}
    assert sorted((each["subject"], each["file_format"], each["is_scheduled"]) for each in told[north.id]) == [
        ("statement", "csv", False),
        ("statement", "pdf", True),
    ]
    assert sorted((each["subject"], each["file_format"], each["is_scheduled"]) for each in told[host.id]) == [
        ("audit_trail", "jsonl", False),
        ("book", "hledger", False),
        ("payout_batch", "pain.001.001.09", False),
    ]
    assert told[stranger.id] == []
    ids = {each["subject"]: each for each in [*told[north.id], *told[host.id]]}
    assert ids["statement"]["statement_id"] == str(statement_id)
    assert ids["book"]["alliance_id"] == str(alliance_id)
    assert ids["payout_batch"]["payout_batch_id"] == str(batch_id)
    for party in (host, north):
        kept = {str(file.pk): (file.sha256, file.size_bytes) for file in files(party)}
        assert {e["export_id"]: (e["sha256"], e["size_bytes"]) for e in told[party.id]} == kept


def test_what_closed_before_is_left_alone_and_so_is_what_closes_after_the_stop(committed):
    market = selling()
    market.close(JANUARY, now=FEBRUARY)
    schedule_id = scheduled(market.north, now=MARCH)
    deliver_exports(now=MARCH)
    with organization_scope(market.north.id):
        for _ in range(2):
            stop_schedule(actor=market.north.actor(), schedule_id=schedule_id, now=MARCH)
    market.sell(OrderOf(500, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=datetime(2026, 4, 1, tzinfo=UTC))
    deliver_exports(now=datetime(2026, 4, 2, tzinfo=UTC))
    assert files(market.north) == []


def test_what_is_refused(market):
    schedule_id = scheduled(market.north)
    with pytest.raises(ScheduledAlreadyError):
        scheduled(market.north)
    with pytest.raises(WrongExportFormatError):
        scheduled(market.north, ExportFormat.BEANCOUNT)
    with pytest.raises(NotPermittedError):
        scheduled(market.north, ExportFormat.JSON, role=Role.VIEWER)
    with organization_scope(market.host.id), pytest.raises(NotFoundError):
        stop_schedule(actor=market.host.actor(), schedule_id=schedule_id, now=MARCH)


def test_by_api(market):
    caller, path = Caller(market.north), "/api/v1/exports/schedules"
    made = caller.post(path, {"file_format": "json"})
    assert made.status_code == 201
    problem(caller.post(path, {"file_format": "json"}), 409, "scheduled_already")
    problem(caller.post(path, {"file_format": "hledger"}), 422, "wrong_export_format")
    problem(caller.post(path, {"file_format": "cn-csv"}), 422, "invalid_input")
    [listed] = json.loads(caller.get(path).content)
    assert listed == json.loads(made.content)
    assert caller.delete(f"{path}/{listed['id']}").status_code == 204
    assert json.loads(caller.get(path).content) == []


def test_through_the_page(market):
    client = signed_in(market.north.finance, organization=market.north)
    address = reverse("portal:exports")
    client.post(reverse("portal:export_schedule_create"), {"file_format": "xlsx"})
    again = client.post(reverse("portal:export_schedule_create"), {"file_format": "xlsx"}, follow=True)
    assert "made in this format already" in again.content.decode()
    with organization_scope(market.north.id):
        schedule = ExportSchedule.objects.get()
    stop = reverse("portal:export_schedule_stop", args=[schedule.pk])
    assert stop in client.get(address).content.decode()
    client.post(stop)
    assert stop not in client.get(address).content.decode()
