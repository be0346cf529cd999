"""Ten sales of 10.00 under 60/40: a statement of ten lines of 4.00, and what people say to it."""

from datetime import UTC, datetime

import pytest

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.answers.services.accept_statement import accept_statement
from settlements.answers.services.dispute_line import dispute_line
from settlements.answers.services.propose_correction import propose_correction
from settlements.models import LineDispute, StatementReview
from settlements.services.approve_adjustment import approve_adjustment
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf
from tests.outbox import deliver_all

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
APRIL = datetime(2026, 4, 15, 12, 0, tzinfo=UTC)


def sold(**terms):
    """Closed in February, with nothing paid out."""
    market = Market([SHARED], **terms)
    market.sell(*(OrderOf(1000, reference=f"O-{n}", occurred_at=JANUARY) for n in range(1, 11)))
    market.close(JANUARY, now=FEBRUARY)
    return market


def disputed(
    market, party=None, *, line=3, claimed=None, reason="It was sold twice", now=FEBRUARY, works=True, month=1
):
    """A dispute of a month's statement, with what the host's worker does about it."""
    party = party or market.north
    statement = market.statement(month)
    with organization_scope(party.id):
        id_ = dispute_line(
            actor=party.actor(Role.FINANCE),
            statement_id=statement.id,
            line_number=line,
            reason=reason,
            claimed_minor=claimed,
            now=now,
        )
    if works:
        deliver_all(market.host.id, market.north.id)
    return id_


def dispute(market, id_, party=None):
    with organization_scope((party or market.north).id):
        return LineDispute.objects.get(pk=id_)


def accepted(market, *, sha256=None, now=FEBRUARY, party=None, role=Role.FINANCE):
    party, statement = party or market.north, market.statement(1)
    with organization_scope(party.id):
        return accept_statement(
            actor=party.actor(role),
            statement_id=statement.id,
            content_sha256=sha256 or statement.content_sha256,
            now=now,
        )


def corrected(market, id_, amount_minor, *, now=FEBRUARY):
    """Proposed by one of the host, approved by another."""
    with organization_scope(market.host.id):
        proposal_id = propose_correction(
            actor=market.host.actor(Role.FINANCE),
            dispute_id=id_,
            corrected_minor=amount_minor,
            note="We looked",
            now=now,
        )
        return approve_adjustment(actor=market.host.actor(), proposal_id=proposal_id, now=now)


def balances(market):
    """What is available to north, and what is set aside."""
    return -market.balance("available", market.north), -market.balance("reserve", market.north)


def review(market):
    statement_id = market.statement(1).id
    with organization_scope(market.host.id):
        return StatementReview.objects.get(statement_id=statement_id)


@pytest.fixture
def market(db):
    return sold()
