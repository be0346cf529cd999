"""Payouts, what tells of them, and the bank's statements: each drift that a superuser plants is found, a clean world is silent."""

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from alliance.demo.bank_statements import Movement
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.auditing.services.audit_books import audit_books
from settlements.models import Discrepancy
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.services.settle_payout import settle_payout
from tests.cast import member_of, signed_in
from tests.contract.settlements.ledger.attackers import open_connection
from tests.contract.settlements.market import FEBRUARY
from tests.contract.settlements.proof.tampering import tamper
from tests.operators import at_console, operator
from tests.outbox import deliver_all
from tests.reconciling import Bank

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TABLES = ("settlements_payout", "settlements_payoutstep", "settlements_bankmatch", "settlements_bankentry")
PAID = Movement(date(2026, 2, 16), -4000, "PO-000001-001", bank_reference="B-1")
AGAIN = "INSERT INTO {0} SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid()))).* FROM {0} AS r WHERE {1}"
CONFIRMED = "r.topic = 'settlements.payouts.PayoutConfirmed'"
# What is planted, and what the auditor calls it with (expected, found).
DRIFT = {
    "handed over twice": (
        AGAIN.format("settlements_payoutstep", "r.kind = 'sent' AND r.host_id = %(host)s"),
        {"payout_sent": (1, 2)},
    ),
    "never handed over": (
        "UPDATE settlements_payoutstep SET kind = 'reported' WHERE kind = 'sent' AND host_id = %(host)s",
        {"payout_sent": (1, 0)},
    ),
    "a message twice": (
        AGAIN.format("kernel_outboxmessage", CONFIRMED + " AND r.organization_id = %(host)s"),
        {"payout_message": (1, 2)},
    ),
    "a message that is lost": (
        f"DELETE FROM kernel_outboxmessage AS r WHERE {CONFIRMED} AND r.organization_id = %(host)s",
        {"payout_message": (1, 0)},
    ),
    "a matched line that is gone": (
        "DELETE FROM settlements_bankmatch WHERE organization_id = %(host)s",
        {"bank_line": (4000, 0)},
    ),
    "a line of another amount": (
        "UPDATE settlements_bankentry SET amount_minor = -3990 WHERE organization_id = %(host)s",
        {"bank_match": (4000, 3990)},
    ),
    "a line of another currency": (
        "UPDATE settlements_bankentry SET currency = 'USD' WHERE organization_id = %(host)s",
        {"bank_match": (4000, 0)},
    ),
    "a payout that came back without its line": (
        "UPDATE settlements_payout SET state = 'returned', returned_at = confirmed_at WHERE host_id = %(host)s",
        {"bank_state": (0, 4000), "payout_bank": (0, -4000), "payout_message": (1, 0)},
    ),
}


class Carried(Bank):
    """Payments go out by the workers, as they do."""

    def _pays(self, now) -> None:
        self.desk.sent(now=now)
        self.desk.carry_out()


@pytest.fixture
def bank(committed):
    bank = Carried()
    bank.approve(*bank.imports(PAID))
    deliver_all(bank.host.id)
    return bank


def found(bank):
    with organization_scope(bank.host.id):
        rows = Discrepancy.objects.filter(resolved_at__isnull=True).order_by("kind")
        return {row.kind: (row.expected_minor, row.found_minor) for row in rows}


def plant(bank, statement):
    tamper(statement, {"host": bank.host.id}, *TABLES)


def test_what_nobody_touched_is_equal(bank):
    assert bank.payout().state == "confirmed"
    audit_books(now=NOW)
    assert found(bank) == {}


@pytest.mark.parametrize("name", DRIFT)
def test_planted_drift_is_found(bank, name):
    statement, expected = DRIFT[name]
    plant(bank, statement)
    audit_books(now=NOW)
    assert found(bank) == expected


def test_operators_read_what_is_counted_as_a_number(bank):
    plant(bank, DRIFT["handed over twice"][0])
    audit_books(now=NOW)
    console = at_console(operator()).get(reverse("admin:settlements_discrepancy_changelist"), {"q": str(bank.host.id)})
    assert [cell.strip() for cell in re.findall(r"field-difference[^>]*>([^<]*)<", console.content.decode())] == ["1"]


def test_what_nobody_carries_out_is_stuck(bank):
    bank._earns(datetime(2026, 2, 10, tzinfo=UTC), NOW, "O-2")
    bank.desk.sent(now=NOW)
    audit_books(now=NOW + timedelta(hours=1))
    assert found(bank) == {}
    audit_books(now=NOW + timedelta(hours=5))
    assert found(bank) == {"payout_stuck": (0, 5)}


def test_a_message_that_nobody_took_is_stuck(committed):
    bank = Carried()
    bank.approve(*bank.imports(PAID))
    audit_books(now=FEBRUARY + timedelta(hours=3))
    assert found(bank)["payout_stuck"] == (0, 3)


def test_a_message_of_no_payout_leads_to_the_payouts(bank):
    plant(
        bank,
        "UPDATE kernel_outboxmessage SET payload = jsonb_set(payload, '{payout_id}', to_jsonb(gen_random_uuid()::text))"
        " WHERE topic = 'settlements.payouts.PayoutConfirmed' AND organization_id = %(host)s",
    )
    audit_books(now=NOW)
    with organization_scope(bank.host.id):
        rows = {(row.label, row.expected_minor, row.found_minor): row.address for row in Discrepancy.objects.all()}
    assert rows == {
        ("-", 0, 1): reverse("portal:payouts"),
        ("PO-000001-001", 1, 0): reverse("portal:payout", args=[bank.payout().id]),
    }


def test_nothing_is_missed_before_the_bank_must_have_booked_it(committed):
    bank = Carried()
    bank.imports(Movement(date(2026, 2, 16), 100, "X", bank_reference="B-2"), all_open=True)
    late = datetime(2026, 2, 27, tzinfo=UTC)
    with organization_scope(bank.host.id):
        settle_payout(actor=bank.host.system, payout_id=bank.payout().id, report=Report(ReportStatus.PAID), now=late)
    deliver_all(bank.host.id)
    audit_books(now=NOW)
    assert found(bank) == {}


@contextmanager
def without_the_index(name):
    """A table's own rule is taken away, and put back."""
    with open_connection("superuser") as connection:
        [[definition]] = connection.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name]).fetchall()
        connection.execute(f"DROP INDEX {name}".encode())
        connection.commit()
    try:
        yield
    finally:
        tamper("DELETE FROM settlements_bankmatch WHERE note = 'twice'", None, *TABLES)
        with open_connection("superuser") as connection:
            connection.execute(definition.encode())
            connection.commit()


def test_a_line_that_is_matched_twice_is_found_and_finance_sees_it(bank):
    with without_the_index("bank_match_one_holds"):
        plant(
            bank,
            "INSERT INTO settlements_bankmatch SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),"
            " 'payout_id', NULL, 'kind', 'suspense', 'note', 'twice'))).* FROM settlements_bankmatch AS r"
            " WHERE organization_id = %(host)s",
        )
        audit_books(now=NOW)
        assert found(bank) == {"bank_line_twice": (1, 2)}
        client = signed_in(member_of(bank.host, Role.FINANCE))
        home = client.get(reverse("portal:finance_home")).content.decode()
        page = client.get(reverse("portal:discrepancies")).content.decode()
        with organization_scope(bank.host.id):
            address = Discrepancy.objects.get().address
        assert "A bank line is matched twice" in home
        assert address in home
        assert address in page
        assert client.get(address).status_code == 200
        with translation.override("en"):  # the middleware activates the reader's language
            chinese = client.get(reverse("portal:finance_home"), headers={"Accept-Language": "zh-hans"})
        assert "一条银行明细被匹配了两次" in chinese.content.decode()
