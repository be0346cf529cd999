"""kill -9 of workers in the middle of scheduled files and of the audit, each message doubled: each file and finding once."""

from collections import Counter

import pytest

from alliance.kernel.jobs import JobState
from alliance.kernel.models import DeliveryState, OutboxDelivery, OutboxMessage
from alliance.kernel.tenancy import organization_scope
from settlements.models import Discrepancy, Export, ExportFormat
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH
from tests.contract.settlements.proof.evidence import seal
from tests.contract.settlements.proof.tampering import tamper
from tests.contract.settlements.test_export_schedules import scheduled, selling
from tests.orders import OrderOf
from tests.races.processes import Processes, wait_until
from tests.races.settlements.dying_clocks import PLACES

IMPORTS = ["tests.races.settlements.dying_clocks"]
RAISED = (
    "UPDATE settlements_statement SET opening_minor = opening_minor + %(more)s, closing_minor = closing_minor + %(more)s"
    " WHERE organization_id = %(north)s"
)


def _market():
    """Two closed months under three schedules: six statements' files are due; north's balances are not those of the ledger."""
    market = selling()
    for party, file_format in (
        (market.north, ExportFormat.CSV),
        (market.north, ExportFormat.JSON),
        (market.host, ExportFormat.CSV),
    ):
        scheduled(party, file_format)
    market.sell(OrderOf(500, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)
    seal(market)
    market.close(JANUARY, now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    seal(market)
    return market


def _files(market):
    """Every export, by whose it is, its statement and format."""
    found = []
    for party in (market.host, market.north):
        with organization_scope(party.id):
            found += Export.objects.all()
    return found


def _unfinished(market):
    parties = (market.host, market.north)
    for party in parties:
        with organization_scope(party.id):
            if OutboxDelivery.objects.exclude(state=DeliveryState.DONE).exists():
                return True
    return any(not file.is_finished for file in _files(market))


def _discrepancies(market):
    with organization_scope(market.host.id):
        return Counter(Discrepancy.objects.values_list("kind", "subject_id", "currency"))


@pytest.mark.slow
def test_each_schedule_delivers_once_and_each_discrepancy_is_found_once(committed, tmp_path):
    market = _market()
    tables = ("settlements_statement",)
    tamper(RAISED, {"more": 7, "north": market.north.id}, *tables)
    environment = {"DEATHS": str(tmp_path), "MESSAGE_COPIES": "2"}
    try:
        with Processes(IMPORTS, environment) as processes:
            processes.start_worker()
            processes.start_beat()
            wait_until(
                lambda: {path.name.partition(".")[0] for path in tmp_path.iterdir()} == set(PLACES),
                seconds=120,
                what=lambda: processes.told(f"deaths at {PLACES}, had {sorted(p.name for p in tmp_path.iterdir())}"),
            )
            wait_until(
                lambda: len(_files(market)) >= 6 and bool(_discrepancies(market)) and not _unfinished(market),
                seconds=90,
                what=lambda: processes.told("all files"),
            )
    finally:
        tamper(RAISED, {"more": -7, "north": market.north.id}, *tables)
    files = _files(market)
    made = Counter((file.schedule_id, file.statement_id) for file in files)
    assert len(made) == 6
    assert set(made.values()) == {1}
    assert {file.state for file in files} == {JobState.SUCCEEDED}
    told = Counter()
    for party in (market.host, market.north):
        with organization_scope(party.id):
            messages = OutboxMessage.objects.filter(topic="settlements.ExportReady")
            told.update(payload["export_id"] for payload in messages.values_list("payload", flat=True))
    assert told == Counter(str(file.id) for file in files)
    found = _discrepancies(market)
    assert found
    assert set(found.values()) == {1}
    with organization_scope(market.host.id):
        mails = OutboxMessage.objects.filter(topic__endswith="PersonToTell", payload__template="books_differ")
        people = Counter(payload["email"] for payload in mails.values_list("payload", flat=True))
    assert people
    assert set(people.values()) == {1}
