"""After any sequence of orders, refunds, late arrivals and closes the books agree with themselves."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.selectors import accounts, balances, find_book, trial_balance
from settlements.models import AccrualShare, Period, Statement, StatementLine
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import EarlierPeriodOpenError, PeriodNotEndedError, close_period
from tests.cast import full_cast
from tests.contract.settlements.taxes.test_taxes import WITHHELD, Paying
from tests.contract.settlements.test_closing_terms import at, refund, sale
from tests.orders import OrderOf, recorded

pytestmark = pytest.mark.django_db

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = 25


def sell(cast, chance, now):
    """Some orders of the last months, mostly late ones too."""
    orders = []
    for _ in range(chance.randint(1, 6)):
        amount = chance.choice([0, 1, 999, 333, chance.randint(2, 10**6)])
        refund = chance.random() < 0.3
        occurred_at = max(BEGINNING, now - timedelta(days=chance.choice([0, 1, 20, 45, 80])))
        orders.append(OrderOf(-amount if refund else amount, "north", occurred_at, "refund" if refund else "sale"))
    ids = recorded(cast.alliance, orders, now=now)
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=ids * chance.randint(1, 2), now=now)


def close(cast, chance, now):
    with organization_scope(cast.host.id):
        months = list(Period.objects.filter(status="open").values_list("id", flat=True))
    for period_id in chance.sample(months, min(2, len(months))):
        with organization_scope(cast.host.id):
            try:
                close_period(actor=cast.host.system, period_id=period_id, now=now)
            except (EarlierPeriodOpenError, PeriodNotEndedError):
                continue


def check(cast):
    for party in (cast.host, cast.north):
        with organization_scope(party.id):
            carried = 0
            for statement in Statement.objects.filter(organization_id=party.id).order_by("starts_on"):
                assert statement.opening_minor == carried
                lines = StatementLine.objects.filter(statement_id=statement.id).values_list("share_minor", flat=True)
                assert len(lines) == statement.line_count
                assert statement.closing_minor == statement.opening_minor + sum(lines)
                carried = statement.closing_minor
            owed = -sum(
                balances(
                    account_ids=[a.id for a in accounts(organization_id=party.id) if a.kind != "clearing"]
                ).values()
            )
            earned = sum(AccrualShare.objects.filter(organization_id=party.id).values_list("share_minor", flat=True))
            assert owed == earned
            on_statements = StatementLine.objects.filter(organization_id=party.id).count()
            closed = AccrualShare.objects.filter(organization_id=party.id, accrual__period__status="closed").count()
            assert on_statements == closed
    with organization_scope(cast.host.id):
        assert trial_balance(find_book(alliance_id=cast.alliance.id).id).is_balanced


@pytest.mark.parametrize("seed", range(5))
def test_s48_the_books_agree_with_themselves(db, seed):
    chance, cast, now = random.Random(seed), full_cast(), BEGINNING
    for _ in range(STEPS):
        now += timedelta(days=chance.choice([0, 1, 5, 17, 31]))
        sell(cast, chance, now)
        if chance.random() < 0.5:
            close(cast, chance, now)
    check(cast)
    with organization_scope(cast.host.id):
        assert Statement.objects.exists()


def test_s48_what_is_owed_is_pending_available_reserved_and_in_transit_less_what_is_owed_back(db):
    """With payouts, taxes, reserves and debts: each statement adds up, each opens with the closing before, every past balance stays."""
    paying = Paying(withholding=WITHHELD, reserve={"share": "10%", "days": 30})
    market, past = paying.market, []
    market.sell(sale(25000, reference="O-1"), sale(999, reference="O-2"))
    market.close(at(1), now=at(2))
    past.append(at_once(market))
    paying.arrived(paying.pay(2), month=2)
    past.append(at_once(market))
    market.sell(sale(3000, 2), refund(25000, "O-1", 2), now=at(2))
    market.close(at(2), now=at(3))
    past.append(at_once(market))
    market.sell(sale(10000, 3), refund(333, "O-2", 3), now=at(3))
    market.close(at(3), now=at(4))
    for instant, told in past:
        with organization_scope(market.host.id):
            then = trial_balance(find_book(alliance_id=market.alliance.id).id, instant)
        assert {line.account.id: line.balance_minor for line in then.lines if line.balance_minor} == told
        assert set(then.totals().values()) == {0}
    carried = 0
    for month in (1, 2, 3):
        found = market.statement(month)
        with organization_scope(market.north.id):
            lines = sum(found.lines.values_list("share_minor", flat=True))
        assert found.opening_minor == carried
        assert found.closing_minor == found.opening_minor + lines - found.withheld_minor - found.paid_minor
        carried = found.closing_minor
    kinds = ("pending", "available", "reserve", "in_transit", "receivable")
    assert -sum(market.balance(kind, market.north) for kind in kinds) == carried
    assert all(market.balance(kind, market.north) <= 0 for kind in kinds[:-1])
    assert market.balance("receivable", market.north) >= 0


def at_once(market):
    """The present instant by the database's clock, and every balance by then."""
    with organization_scope(market.host.id), connections["default"].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [instant] = cursor.fetchone()
        lines = trial_balance(find_book(alliance_id=market.alliance.id).id).lines
    return instant, {line.account.id: line.balance_minor for line in lines if line.balance_minor}
