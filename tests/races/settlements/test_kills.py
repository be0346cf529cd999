"""kill -9 of the worker during import, accrual and close, each message doubled, Redis wiped: the same end state."""

import io
from collections import Counter
from datetime import UTC, datetime

import pytest
from django.core.files import File

from alliance.kernel.inline import work_off
from alliance.kernel.jobs import JobState
from alliance.kernel.models import DeliveryState, OutboxDelivery
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.mapping import Mapping
from campaigns.models import OrderImport
from campaigns.services.start_import import start_import
from campaigns.services.upload_order_file import upload_order_file
from settlements.ledger.selectors import find_book, trial_balance
from settlements.models import Accrual, Journal, Period, PeriodClose, Statement, StatementLine, SuspenseItem
from settlements.services.request_period_close import request_period_close
from tests.cast import full_cast
from tests.races.processes import Processes, wait_until

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
ORDERS = 1_500
LINES = 10
MAPPING = Mapping(
    order_id="order",
    quantity="quantity",
    unit_price="price",
    occurred_at="at",
    partner="partner",
    time_format="%Y-%m-%d %H:%M:%S",
    time_zone="UTC",
    currency="EUR",
    refund_prefixes=("C",),
)


def _file():
    rows = ["order,quantity,price,at,partner"]
    for n in range(ORDERS):
        refund = n % 11 == 0
        order, quantity = (f"C{n}", -1) if refund else (f"{n}", n % 5)
        at = f"2026-0{n % 3 + 1}-{n % 28 + 1:02d} {n % 24:02d}:00:00"
        partner = "nobody" if n % 50 == 7 else "north"
        rows += [f"{order},{quantity},{n % 97}.{n % 1000:03d},{at},{partner}"] * LINES
    return ("\n".join(rows) + "\n").encode()


def _start_import(cast):
    actor = cast.host.system
    with organization_scope(cast.host.id):
        content = File(io.BytesIO(_file()), name="orders.csv")
        file_id = upload_order_file(actor=actor, name="orders.csv", content=content, now=NOW)
        return start_import(actor=actor, file_id=file_id, alliance_id=cast.alliance.id, mapping=MAPPING, now=NOW)


def _request_close(cast):
    with organization_scope(cast.host.id):
        last = Period.objects.order_by("-starts_on").first()
        return request_period_close(actor=cast.host.system, period_id=last.id, now=NOW, with_earlier=True)


def _state(model, pk, cast):
    with organization_scope(cast.host.id):
        job = model.objects.get(pk=pk)
    assert job.state != JobState.FAILED, f"{job.error_code}: {job.error_detail}"
    return job


def _unfinished(cast):
    with organization_scope(cast.host.id):
        deliveries = OutboxDelivery.objects.exclude(state=DeliveryState.DONE)
        parked = deliveries.filter(state=DeliveryState.PARKED).values_list("last_error", flat=True)
        assert not list(parked)
        return deliveries.count()


def _accrued(cast):
    with organization_scope(cast.host.id):
        return Accrual.objects.count()


def _end_state(cast):
    """Everything that matters, with names instead of ids."""
    names = {cast.host.id: "host", cast.north.id: "north"}
    with organization_scope(cast.host.id):
        statements = {
            (names[s.organization_id], s.month): (
                s.order_count,
                s.refund_count,
                s.line_count,
                s.base_minor,
                s.opening_minor,
                s.current_minor,
                s.prior_minor,
                s.closing_minor,
            )
            for s in Statement.objects.all()
        }
        lines = Counter(
            (names[row[0]], *row[1:])
            for row in StatementLine.objects.values_list(
                "organization_id", "section", "kind", "reference", "occurred_at", "base_minor", "share_minor"
            )
        )
        book = find_book(alliance_id=cast.alliance.id)
        balance = trial_balance(book.id)
        assert balance.is_balanced
        accounts = {
            (names[x.account.organization_id], x.account.kind, x.account.agreement_id is None): x.balance_minor
            for x in balance.lines
        }
        journals = Counter(Journal.objects.filter(book_id=book.id).values_list("kind", flat=True))
        suspense = sorted(SuspenseItem.objects.values_list("reference", "reason", "amount_minor"))
    return {
        "statements": statements,
        "lines": lines,
        "accounts": accounts,
        "journals": journals,
        "suspense": suspense,
    }


def _undisturbed():
    cast = full_cast()
    _start_import(cast)
    work_off(cast.host.id)
    _request_close(cast)
    work_off(cast.host.id)
    return _end_state(cast)


def _disturbed():
    cast = full_cast()
    environment = {"DEATH_RATE": "0.05", "MESSAGE_COPIES": "2"}
    with Processes(imports=["tests.races.settlements.dying"], environment=environment) as processes:
        told = processes.told
        processes.start_worker()
        processes.start_beat()
        import_id = _start_import(cast)
        wait_until(
            lambda: _state(OrderImport, import_id, cast).done > 0, seconds=90, what=lambda: told("a first chunk")
        )
        processes.kill_worker()
        processes.flush_broker()
        processes.start_worker()
        wait_until(lambda: _accrued(cast) > 0, seconds=90, what=lambda: told("first accruals"))
        processes.kill_a_child()
        processes.kill_worker()
        processes.start_worker()
        wait_until(
            lambda: _state(OrderImport, import_id, cast).is_finished and not _unfinished(cast),
            seconds=180,
            what=lambda: told("the import and its accruals"),
        )
        close_id = _request_close(cast)
        wait_until(lambda: _state(PeriodClose, close_id, cast).attempts > 0, seconds=60, what=lambda: told("the close"))
        processes.kill_worker()
        processes.start_worker()
        wait_until(
            lambda: _state(PeriodClose, close_id, cast).is_finished, seconds=120, what=lambda: told("the closed months")
        )
        assert processes.kills >= 4
    return _end_state(cast)


@pytest.mark.slow
def test_killed_and_forgotten_it_ends_as_if_nothing_had_happened(committed):
    expected = _undisturbed()
    assert len(expected["statements"]) == 6
    assert sum(expected["lines"].values()) == 2 * (ORDERS - len(expected["suspense"]))
    assert _disturbed() == expected
