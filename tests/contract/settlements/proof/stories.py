"""Months under terms whose lines come of more than conversions: advances, pools, fees, taxes, exchanges, guarantees, reserves."""

from datetime import UTC, date, datetime

from alliance.kernel.tenancy import organization_scope
from settlements.models import Accrual, AdjustmentKind, StatementLine
from settlements.services.approve_excess import approve_excess
from tests.contract.settlements.answers.tens import corrected, disputed
from tests.contract.settlements.exchange.test_exchange import dollars, rate
from tests.contract.settlements.market import Market
from tests.contract.settlements.payouts.test_unclaimed import announced, decided, reclaimed, ruled
from tests.contract.settlements.proof.evidence import seal
from tests.contract.settlements.taxes.test_taxes import STANDARD, WITHHELD, Paying
from tests.contract.settlements.test_closing_terms import BEGIN, SHARED, advance, at, pay, refund, sale
from tests.contract.settlements.test_offset_debts import owing
from tests.contract.settlements.test_pooled_revenue import january, report
from tests.contract.settlements.test_proposals import approved, proposed
from tests.contract.settlements.test_rerating import amended, rerated
from tests.domain.partners.terms import written
from tests.domain.partners.terms.written import HOST, NORTH, SOUTH
from tests.orders import OrderOf


def closed_months(market, *months):
    """Each closed in the month after, and everything sealed."""
    for month in months:
        seal(market)
        market.close(at(month), now=at(month + 1))
    seal(market)
    return [market]


def an_advance():
    market = Market([SHARED], advances=[advance(recoups="75%")], effective_from=BEGIN)
    market.follow_terms(at(1, 2))
    pay(market, 60000, month=1)
    market.sell(sale(100000), sale(999))
    closed_months(market, 1)
    market.sell(sale(225001, 2), now=at(2))
    return closed_months(market, 2)


def an_advance_across_agreements():
    clauses = [written.clause(written.commission("100%"))]
    promised = [advance(amount="2000.00", pool="books")]
    first = Market(clauses, more_partners=("South",), advances=promised, effective_from=BEGIN)
    second = first.another(clauses, more_partners=("East",), advances=promised, effective_from=BEGIN)
    first.follow_terms(at(1, 2))
    for each in (first, second):
        pay(each, 200000, month=1)
    first.sell(sale(20000, partner_code="South"), sale(220000, partner_code="East"))
    return [*closed_months(first, 1), *closed_months(second, 1)]


def pooled_revenue():
    def pool(pays, name):
        weights = [{"party": str(HOST), "weight": "1/3"}, {"party": str(NORTH), "weight": "45.5%"}]
        return written.clause(pays, id=name, name="Joint campaign", earns_on="pooled_revenue", pool=weights)

    thirds = written.split((HOST, "1/3"), (NORTH, "1/3"), (SOUTH, "1/3"))
    market = Market(
        [pool(thirds, "shared"), pool(written.commission("12.5%"), "earned")],
        more_partners=("South",),
        effective_from=BEGIN,
    )
    market.follow_terms(at(1))
    for party, amount in ((market.host, 100001), (market.north, 200002)):
        report(market, party, amount, period_id=january(market))
    return closed_months(market, 1)


def chargebacks():
    market = Market([SHARED], refunds={"chargeback_fee": str(NORTH)})
    market.sell(
        sale(10000, reference="O-1"),
        refund(10000, "O-1", kind="chargeback", reported=(("payment_fee", 1500),)),
    )
    closed_months(market, 1)
    market.sell(
        sale(5000, 2),
        refund(-10000, "O-1", 2, kind="chargeback_won", reported=(("payment_fee", 1200),)),
        now=at(2),
    )
    return closed_months(market, 2)


def taxes():
    paying = Paying(withholding=WITHHELD, value_added_tax=STANDARD)
    market = paying.market
    market.sell(sale(25000, reference="O-1"), sale(333))
    closed_months(market, 1)
    paying.arrived(paying.pay(2), month=2)
    market.sell(refund(12500, "O-1", 2), now=at(2))
    closed_months(market, 2)
    market.sell(sale(20000, 3), now=at(3))
    return closed_months(market, 3)


def taxes_of_two_rates():
    """19% in January, 16% from February on: refunds and corrections of January go back at 19%, those of February at 16%."""
    market = Market([SHARED], value_added_tax=[{**STANDARD[0], "rate": "19%"}], hold={"days": 20})
    market.sell(sale(10000, reference="O-1"), sale(333), sale(777, reference="O-2"))
    closed_months(market, 1)
    amended(
        market,
        [SHARED],
        since=at(2, 1),
        now=at(2, 1),
        value_added_tax=[{**STANDARD[0], "rate": "16%"}],
        hold={"days": 20},
    )
    market.sell(sale(20000, 2, reference="O-3"), sale(2000, 1, reference="O-4"), refund(2500, "O-1", 2), now=at(2))
    closed_months(market, 2)
    market.sell(
        *(refund(2500, "O-1", 3), refund(777, "O-2", 3), refund(5000, "O-3", 3), refund(1000, "O-4", 3)),
        sale(99, 3),
        now=at(3),
    )
    told = {"kind": AdjustmentKind.RESTATEMENT, "statement_id": market.statement(1).id}
    approved(market, proposed(market, -123, now=at(3), **told), now=at(3))
    corrected(market, disputed(market, line=line_of(market.statement(2), "O-1"), month=2, now=at(3)), -900, now=at(3))
    return closed_months(market, 3)


def line_of(statement, reference):
    """The number of the line that takes back of an order."""
    with organization_scope(statement.organization_id):
        rows = StatementLine.objects.filter(statement_id=statement.id, accrual__original__reference=reference)
        return rows.values_list("line_number", flat=True).get()


def an_exchange():
    euros = [{"party": str(NORTH), "currency": "EUR"}]
    market = Market([SHARED], currency="USD", payouts=euros)
    rate(market, "0.9213", "2026-01-30")
    market.sell(dollars(10000, reference="O-1"), dollars(777))
    closed_months(market, 1)
    rate(market, "1.0526", "2026-02-27", base="EUR", quote="USD")
    market.sell(dollars(2500, 2), refund(3333, "O-1", 2, currency="USD"), now=at(2))
    return closed_months(market, 2)


def guarantees():
    promised = [
        {"party": str(NORTH), "amount": "1000.00", "borne_by": str(HOST)},
        {"party": str(SOUTH), "amount": "10.00", "borne_by": str(NORTH)},
    ]
    rent = written.flat("25.00", per="period", party=SOUTH, payer=NORTH)
    fee = written.clause(rent, id="fee", earns_on="flat_fee")
    market = Market([SHARED, fee], more_partners=("South",), guarantees=promised, effective_from=BEGIN)
    market.follow_terms(at(1))
    market.sell(sale(205000, reference="O-1"))
    closed_months(market, 1)
    market.sell(sale(1000, 1), sale(500000, 2), refund(12500, "O-1", 2), now=at(2))
    closed_months(market, 2)
    market.sell(refund(25000, "O-1", 3), now=at(3))
    return closed_months(market, 3)


def reserves():
    market = Market([SHARED], more_partners=("South",), reserve={"share": "10%", "days": 30}, hold={"days": 10})
    market.sell(sale(10000, reference="O-1"), sale(5001, reference="O-2"))
    closed_months(market, 1)
    late = datetime(2026, 2, 25, tzinfo=UTC)
    market.sell(sale(1000, 2), refund(2000, "O-1", 2), now=at(2))
    market.sell(OrderOf(7000, reference="O-3", occurred_at=late), now=late)
    closed_months(market, 2)
    market.sell(sale(1000, 3), refund(5001, "O-2", 3), now=at(3))
    return closed_months(market, 3)


def later_terms():
    tiers = written.tiered({"up_to": "100.00", "rate": "10%"}, {"rate": "20%"})
    market = Market([written.clause(tiers)])
    market.sell(*(sale(10001, reference=f"O-{n}") for n in (1, 2, 3)))
    market.sell(refund(3333, "O-2"))
    closed_months(market, 1)
    better = written.tiered({"up_to": "200.00", "rate": "12.5%"}, {"rate": "30%"})
    rerated(market, amended(market, [written.clause(better)], since=date(2026, 1, 10)))
    market.sell(sale(5000, 2), refund(1111, "O-2", 2), refund(500, "O-3", 2), now=at(2))
    closed_months(market, 2)
    best = written.tiered({"up_to": "150.00", "rate": "12.5%"}, {"rate": "33%"})
    rerated(market, amended(market, [written.clause(best)], since=date(2026, 1, 12), now=at(3)), now=at(3))
    return closed_months(market, 3)


def an_approved_excess():
    cap = {"id": "month", "party": str(NORTH), "amount": "500.00", "window": "month", "excess": "waits_for_approval"}
    market = Market([written.clause(written.commission("50%"))], caps=[cap])
    market.sell(sale(90000), sale(40000, reference="O-2"))
    with organization_scope(market.host.id):
        waiting = Accrual.objects.filter(explanation__has_key="waiting").first()
        approve_excess(actor=market.host.actor(), accrual_id=waiting.id, now=at(1))
    return closed_months(market, 1)


def offsets_here():
    first, _ = owing()
    return closed_months(first, 2)


def offsets_there():
    first, second = owing()
    first.close(at(2), now=at(3))
    return closed_months(second, 3)


def abandoned_property():
    market = Market([SHARED], payouts=[{"threshold": "50"}])
    market.sell(sale(3000))
    closed_months(market, 1)
    ruled(market, months=1, notice_days=14)
    announced(market, now=at(4, 1))
    line_id = decided(market, now=at(4, 20))
    closed_months(market, 4)
    reclaimed(market, line_id, now=at(5, 3))
    decided(market, AdjustmentKind.RECLAIMED, now=at(5, 4))
    return closed_months(market, 5)


STORIES = {
    "an advance": (an_advance, {"advance", "advance_recouped"}),
    "an advance across agreements": (an_advance_across_agreements, {"advance", "advance_recouped"}),
    "pooled revenue": (pooled_revenue, {"pooled_revenue"}),
    "chargebacks": (chargebacks, {"chargeback_fee"}),
    "taxes": (taxes, {"value_added_tax", "tax_reversed"}),
    "taxes of two rates": (taxes_of_two_rates, {"value_added_tax", "correction", "restatement"}),
    "an exchange": (an_exchange, {"exchanged"}),
    "guarantees": (guarantees, {"guarantee", "flat_fee"}),
    "reserves": (reserves, set()),
    "later terms": (later_terms, {"rerated"}),
    "a debt paid out of another agreement": (offsets_here, {"offset", "clawback"}),
    "another agreement's debt": (offsets_there, {"offset"}),
    "abandoned property": (abandoned_property, {"escheat", "reclaimed"}),
    "an approved excess": (an_approved_excess, {"cap_approved"}),
}
