"""Payouts that wait for an invoice where the terms say so: nothing before, the reason told to both sides, all of it after."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from partners.domain.terms.problems import TermsError
from settlements.invoices.domain.matching import InvoiceAmounts
from settlements.invoices.services.submit_invoice import OwnInvoice, submit_invoice
from settlements.payouts.domain.eligibility import Reason
from settlements.payouts.services.plan_payouts import plan_payouts
from settlements.payouts.services.prepare_batch import NothingPayableError
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.test_proposals import SHARED
from tests.documents import pdf_bytes
from tests.domain.partners.terms import written
from tests.orders import OrderOf
from tests.payouts import Desk, bank_account_of

pytestmark = pytest.mark.django_db

RULE = {"party": str(written.NORTH), "treatment": "reverse_charge", "invoice": "partner", "payout": "with_invoice"}


def closed_market(**change):
    """North earned 40.00 in January, and nobody has written an invoice."""
    market = Market([SHARED], value_added_tax=[{**RULE, **change}])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    market.desk = Desk(market.host, market.alliance)
    return market


def plan(market, now=FEBRUARY):
    with organization_scope(market.host.id):
        found = plan_payouts(alliance_id=market.alliance.id, currency="EUR", now=now)
    return found.total_minor, [(one.amount_minor, one.reason, one.statements) for one in found.not_paid]


def invoiced(market, month=1, net=4000):
    with organization_scope(market.north.id):
        submit_invoice(
            actor=market.north.actor(),
            statement_id=market.statement(month).id,
            invoice=OwnInvoice(f"R-{month}", date(2026, month + 1, 3), InvoiceAmounts("EUR", net, 0)),
            content=ContentFile(pdf_bytes()),
            name="invoice.pdf",
            now=FEBRUARY,
        )


def test_nothing_is_paid_before_the_invoice_and_all_of_it_after(db):
    market = closed_market()
    number = market.statement(1).number
    assert plan(market) == (0, [(4000, Reason.NO_INVOICE, (number,))])
    with pytest.raises(NothingPayableError):
        market.desk.prepare(now=FEBRUARY)
    invoiced(market)
    assert plan(market) == (4000, [])


def test_both_sides_see_what_it_waits_for(db):
    market = closed_market()
    statement = market.statement(1)
    preview = signed_in(market.host.finance).get(
        reverse("portal:payout_batch_new"), {"pot": f"{market.alliance.id}:EUR"}
    )
    assert f"By the agreement it waits for an invoice: {statement.number}" in preview.content.decode()
    for party in (market.host, market.north):
        page = signed_in(party.viewer).get(reverse("portal:payouts"))
        assert [waiting.statement.number for waiting in page.context["without_invoice"]] == [statement.number]
        assert reverse("portal:statement", args=[statement.id]) in page.content.decode()
    invoiced(market)
    assert not signed_in(market.north.viewer).get(reverse("portal:payouts")).context["without_invoice"]


def test_a_batch_is_not_approved_when_another_statement_waits_since(db):
    market = closed_market()
    invoiced(market)
    batch_id = market.desk.prepare(now=FEBRUARY)
    market.sell(OrderOf(5000, occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    approved = market.desk.approve(batch_id, now=MARCH)
    assert [reason for _, reason in approved.changed] == ["An invoice is missing that it waits for by the agreement"]
    assert market.balance("in_transit", market.north) == 0
    invoiced(market, month=2, net=2000)
    assert plan(market, MARCH) == (6000, [])


def test_a_statement_without_earnings_keeps_nothing_back(db):
    market = closed_market()
    invoiced(market)
    market.sell(OrderOf(-2500, kind="refund", refund_of="O-1", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert plan(market, MARCH) == (3000, [])


def test_where_the_terms_say_nothing_payouts_wait_for_nothing(db):
    market = closed_market(payout=None)
    assert plan(market) == (4000, [])


def test_no_payout_waits_for_an_invoice_that_nobody_writes():
    with pytest.raises(TermsError) as refused:
        written.terms_of(SHARED, value_added_tax=[{**RULE, "invoice": "none"}])
    assert "payout_needs_an_invoice" in {problem.code for problem in refused.value.problems}
