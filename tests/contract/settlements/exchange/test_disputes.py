"""A line disputed after its balance was exchanged: its part of the other currency is set aside, and comes back to the cent."""

import pytest

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.answers.services.dispute_line import dispute_line
from settlements.answers.services.let_line_stand import let_line_stand
from settlements.answers.services.withdraw_dispute import withdraw_dispute
from settlements.models import LineDispute
from tests.contract.settlements.answers.tens import corrected
from tests.contract.settlements.exchange.test_exchange import (
    a_market,
    dollars,
    exchanges,
    is_balanced,
    rate,
    stands,
)
from tests.contract.settlements.proof.evidence import verdict
from tests.contract.settlements.test_closing_terms import at
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db):
    """40.00 and 20.00 USD, exchanged at 0.9213 into 55.28 EUR (55.278); the first line is disputed."""
    market = a_market()
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000, reference="A"), dollars(5000, reference="B"))
    market.close(at(1), now=at(2))
    assert exchanges(market) == [(6000, 5528, 0)]
    statement = market.statement(1)
    with organization_scope(market.north.id):
        market.dispute_id = dispute_line(
            actor=market.north.actor(Role.FINANCE),
            statement_id=statement.id,
            line_number=1,
            reason="It was sold twice",
            now=at(2),
        )
    deliver_all(market.host.id, market.north.id)
    return market


def euros(market):
    """What is available to north, and what is set aside."""
    return -stands(market, "available", "EUR"), -stands(market, "reserve", "EUR")


def held(market):
    with organization_scope(market.north.id):
        found = LineDispute.objects.get(pk=market.dispute_id)
    return found.held_minor, found.held_currency


def test_its_part_is_set_aside_in_what_it_was_exchanged_into(market):
    assert held(market) == (3685, "EUR")  # 4000 of 6000 USD are 36.853 of 55.28 EUR
    assert euros(market) == (5528 - 3685, 3685)
    assert (stands(market, "available", "USD"), stands(market, "reserve", "USD")) == (0, 0)
    assert is_balanced(market) == {"USD": 0, "EUR": 0}


def test_a_line_that_stands_is_what_it_was_and_nothing_is_exchanged_twice(market):
    with organization_scope(market.host.id):
        let_line_stand(actor=market.host.actor(), dispute_id=market.dispute_id, note="Sold once", now=at(2))
    assert (held(market)[0], euros(market)) == (0, (5528, 0))
    rate(market, "0.9500", "2026-02-27")
    market.close(at(2), now=at(3))
    assert (exchanges(market), euros(market)) == ([(6000, 5528, 0)], (5528, 0))
    assert is_balanced(market) == {"USD": 0, "EUR": 0}


def test_taken_back_by_its_party_it_is_what_it_was(market):
    with organization_scope(market.north.id):
        withdraw_dispute(actor=market.north.actor(Role.FINANCE), dispute_id=market.dispute_id, now=at(2))
    deliver_all(market.host.id, market.north.id)
    assert (held(market)[0], euros(market)) == (0, (5528, 0))
    assert is_balanced(market) == {"USD": 0, "EUR": 0}


def test_struck_exactly_its_part_is_gone_whatever_the_rate_is_by_then(market):
    """As a refund (S36): at the rate of its exchange, and what the present rate makes of it is the host's."""
    corrected(market, market.dispute_id, 0, now=at(2))
    assert (held(market)[0], euros(market)) == (0, (5528, 0)), "in dollars until the correction's period closes"
    assert stands(market, "available", "USD") + stands(market, "receivable", "USD") == 4000
    rate(market, "0.9500", "2026-02-27")
    market.close(at(2), now=at(3))
    assert exchanges(market) == [(6000, 5528, 0), (-4000, -3685, 115)]
    assert verdict(market, market.statement(2)) == ("same", [])
    assert euros(market) == (5528 - 3685, 0)
    assert (stands(market, "available", "USD"), stands(market, "receivable", "USD")) == (0, 0)
    assert is_balanced(market) == {"USD": 0, "EUR": 0}


def test_a_correction_in_part_beside_new_earnings(market):
    """20.00 of the 40.00 USD go at the earlier rate (-18.43), the 12.00 that came since at the present one."""
    corrected(market, market.dispute_id, 2000, now=at(2))
    market.sell(dollars(3000, 2, reference="C"), now=at(2))
    rate(market, "0.9500", "2026-02-27")
    market.close(at(2), now=at(3))
    assert sorted(exchanges(market)) == [(-2000, -1843, 57), (1200, 1140, 0), (6000, 5528, 0)]
    assert euros(market) == (5528 - 1843 + 1140, 0)
    assert is_balanced(market) == {"USD": 0, "EUR": 0}
