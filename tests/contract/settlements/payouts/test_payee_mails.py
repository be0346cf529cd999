"""Payees hear what becomes of a payment: once each, each in their own language, and from nobody but who pays."""

import pytest
from django.core import mail
from django.db import DatabaseError

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from partners.messages import leave_message
from settlements.payouts.events import PayeeTold
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.mails import _TELL
from settlements.payouts.services.claim_payouts import claim_payouts
from settlements.payouts.services.settle_payout import settle_payout
from tests.contract.settlements.market import FEBRUARY
from tests.contract.settlements.payouts.test_preparing import payable_market
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db):
    found = payable_market()
    found.finance = found.north.user(Role.FINANCE)
    type(found.finance).objects.filter(pk=found.finance.pk).update(language="zh-hans")
    found.north.user(Role.VIEWER)
    found.desk.sent(now=FEBRUARY)
    claim_payouts(host_id=found.host.id, now=FEBRUARY, most=9)
    deliver_all(found.host.id, found.north.id)
    return found


def heard(market, status=None, **said):
    """What north's people get when the bank says this; the clock goes round twice."""
    [payout] = market.desk.payouts()
    mail.outbox.clear()
    with organization_scope(market.host.id):
        for _ in range(2):
            settle_payout(actor=market.host.system, payout_id=payout.id, report=Report(status, **said), now=FEBRUARY)
    for _ in range(2):
        deliver_all(market.host.id, market.north.id)
    own = {market.finance.email, market.north.owner.email}
    return {sent.to[0]: f"{sent.subject}\n{sent.body}" for sent in mail.outbox if sent.to[0] in own}


def test_sent_then_confirmed_then_returned(market):
    told = heard(market, ReportStatus.ACCEPTED)
    assert len(mail.outbox) == 2
    assert "has sent you 40.00 EUR" in told[market.north.owner.email]
    assert "向您付款 40.00 EUR" in told[market.finance.email]
    told = heard(market, ReportStatus.PAID, bank_reference="BK-1")
    assert "has paid you 40.00 EUR" in told[market.north.owner.email]
    assert "BK-1" in told[market.finance.email]
    told = heard(market, ReportStatus.RETURNED, code="AC04", text="Account closed")
    assert "did not reach you" in told[market.north.owner.email]
    assert "Account closed" in told[market.finance.email]
    hosts = [sent for sent in mail.outbox if sent.to == [market.host.user(Role.FINANCE).email]]
    assert ["came back" in sent.subject for sent in hosts] == [True]


def test_nobody_else_tells_a_payee(market):
    [payout] = market.desk.payouts()
    event = PayeeTold(payout_id=str(payout.id), outcome="confirmed")
    for party in (market.north, market.host):
        whom = market.north.id if party is market.north else market.host.id
        with organization_scope(party.id), pytest.raises(DatabaseError), atomic():
            leave_message(_TELL, [payout.id, whom], event, organization_id=whom, now=utc_now())
