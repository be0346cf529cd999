"""Drift that a superuser plants past the triggers is found within the hour, kept as a row, shown, and mailed once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.auditing.services.audit_books import audit_books
from settlements.models import Discrepancy
from tests.cast import member_of, signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.proof.evidence import seal
from tests.contract.settlements.proof.tampering import tamper
from tests.domain.partners.terms import written
from tests.operators import at_console, operator
from tests.orders import OrderOf
from tests.outbox import deliver_all
from tests.payouts import Desk, bank_account_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TABLES = ("settlements_statement", "settlements_statementline")
AVAILABLE = (
    "SELECT e.journal_id, e.line FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id"
    " WHERE a.kind = 'available' AND a.organization_id = %(north)s LIMIT 1"
)
# What is planted, what the auditor calls it, and (expected, found).
DRIFT = {
    "a leg whose amount was changed": (
        (
            f"WITH leg AS ({AVAILABLE}) UPDATE ledger_entry AS e SET amount_minor = amount_minor - 7 FROM leg"
            " WHERE e.journal_id = leg.journal_id AND e.line = leg.line"
        ),
        {"trial_balance": (0, -7), "statement_ledger": (4000, 4007)},
    ),
    "a closing that was raised together with its share": (
        (
            "UPDATE settlements_statement SET closing_minor = closing_minor + 100, current_minor = current_minor + 100"
            " WHERE organization_id = %(north)s"
        ),
        {"statement_ledger": (4100, 4000), "statement_lines": (4100, 4000)},
    ),
    "a line": (
        "UPDATE settlements_statementline SET share_minor = share_minor + 1 WHERE organization_id = %(north)s",
        {"statement_lines": (4000, 4001)},
    ),
    "an opening out of nowhere": (
        "UPDATE settlements_statement SET opening_minor = 50, closing_minor = closing_minor + 50 WHERE organization_id = %(north)s",
        {"statement_opening": (0, 50), "statement_ledger": (4050, 4000)},
    ),
    "money on its way without a payout": (
        (
            f"WITH leg AS ({AVAILABLE}) UPDATE ledger_account SET kind = 'in_transit' WHERE organization_id = %(north)s"
            " AND kind = 'available'"
        ),
        {"payout_transit": (0, 4000)},
    ),
    "a head": (
        "UPDATE settlements_statement SET chain_head = repeat('0', 64) WHERE organization_id = %(north)s",
        {"chain_head": (1, 2)},
    ),
}


@pytest.fixture
def market(committed):
    market = Market([written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))])
    market.sell(OrderOf(10000, occurred_at=JANUARY))
    seal(market)
    market.close(JANUARY, now=FEBRUARY)
    seal(market)
    market.people = {party.id: member_of(party, Role.FINANCE) for party in (market.host, market.north)}
    return market


def at(market, party):
    return signed_in(market.people[party.id])


def plant(market, statement):
    tamper(statement, {"north": market.north.id, "host": market.host.id}, *TABLES)


def found(market):
    with organization_scope(market.host.id):
        rows = Discrepancy.objects.filter(resolved_at__isnull=True)
        return {row.kind: (row.expected_minor, row.found_minor) for row in rows}


def test_what_nobody_touched_is_equal(market):
    audit_books(now=NOW)
    assert found(market) == {}


@pytest.mark.parametrize("name", DRIFT)
def test_planted_drift_is_found(market, name):
    statement, expected = DRIFT[name]
    plant(market, statement)
    assert audit_books(now=NOW) >= len(expected)
    assert found(market) == expected


def test_it_is_mailed_once_and_resolved_when_it_is_equal_again(market):
    plant(market, DRIFT["a line"][0])
    for hour in range(3):
        audit_books(now=NOW + timedelta(hours=hour))
    deliver_all(market.host.id)
    told = [each for each in mail.outbox if each.to == [market.people[market.host.id].email]]
    assert [each.subject for each in told] == ["Figures in your books differ"]
    assert "discrepancies" in told[0].body
    plant(market, DRIFT["a line"][0].replace("+ 1", "- 1"))
    audit_books(now=NOW + timedelta(hours=4))
    with organization_scope(market.host.id):
        row = Discrepancy.objects.get()
    assert (row.first_seen_at, row.last_seen_at, row.resolved_at) == (
        NOW,
        NOW + timedelta(hours=2),
        NOW + timedelta(hours=4),
    )


def test_finance_and_operators_see_it(market):
    plant(market, DRIFT["a closing that was raised together with its share"][0])
    audit_books(now=NOW)
    client = at(market, market.host)
    home = client.get(reverse("portal:finance_home")).content.decode()
    assert "Figures that differ" in home
    page = client.get(reverse("portal:discrepancies")).content.decode()
    number = market.statement(1).number
    for part in (number, "41.00", "40.00", "Still differs", "2 figures differ"):
        assert part in page
    assert client.get(reverse("portal:statement", args=[market.statement(1).id])).status_code == 200
    console = at_console(operator()).get(reverse("admin:settlements_discrepancy_changelist")).content.decode()
    assert number in console


def test_partners_see_nothing_of_it(market):
    plant(market, DRIFT["a line"][0])
    audit_books(now=NOW)
    with organization_scope(market.north.id):
        assert not Discrepancy.objects.exists()
    assert at(market, market.north).get(reverse("portal:discrepancies")).status_code == 404


def test_an_empty_list_says_so(market):
    page = at(market, market.host).get(reverse("portal:discrepancies")).content.decode()
    assert "Everything is equal" in page


def test_payouts_are_what_the_ledger_says_until_somebody_changes_one(market):
    bank_account_of(market.north, now=JANUARY)
    desk = Desk(market.host, market.alliance)
    desk.approve(desk.prepare(now=FEBRUARY), now=FEBRUARY)
    audit_books(now=NOW)
    assert found(market) == {}
    confirmed = "UPDATE settlements_payout SET state = 'confirmed', confirmed_at = now() WHERE host_id = %(host)s"
    tamper(confirmed, {"host": market.host.id}, "settlements_payout")
    audit_books(now=NOW)
    assert found(market) == {
        "payout_transit": (0, 4000),
        "payout_bank": (-4000, 0),
        "payout_sent": (1, 0),
        "payout_message": (1, 0),
    }
