"""Statements bear the hash of all that happened and the head of the chain: what is removed afterwards is noticed (S55)."""

import io
from datetime import date
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from alliance.kernel.tenancy import organization_scope
from settlements.domain.statement_content import StatementContent, TermsUsed
from settlements.ledger.services.open_book import open_book
from settlements.models import Seal
from settlements.proof.services.seal_journals import seal_journals
from settlements.services.recompute_statement import recompute_statement
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.proof.tampering import tamper
from tests.domain.partners.terms import written
from tests.orders import OrderOf

DROP_THE_TAIL = (
    "WITH gone AS (DELETE FROM ledger_sealedjournal WHERE book_id = %(book)s AND number > 1 RETURNING journal_id),"
    " entries AS (DELETE FROM ledger_entry WHERE journal_id IN (SELECT journal_id FROM gone)),"
    " seal AS (DELETE FROM ledger_seal WHERE book_id = %(book)s AND first > 1)"
    " DELETE FROM ledger_journal WHERE id IN (SELECT journal_id FROM gone)"
)


def sale(amount, reference, **more):
    return OrderOf(amount, reference=reference, occurred_at=JANUARY, **more)


def book_of(market):
    with organization_scope(market.host.id):
        return open_book(alliance_id=market.alliance.id, host_id=market.host.id)


def seal(market):
    with organization_scope(market.host.id):
        seal_journals(book_id=open_book(alliance_id=market.alliance.id, host_id=market.host.id))
        return Seal.objects.order_by("-number").first()


@pytest.fixture
def market(committed):
    """Two sales in two seals, and a refund that no seal holds yet; then the month is closed."""
    market = Market([written.clause(written.commission("10%"))])
    for reference in ("O-1", "O-2"):
        market.sell(sale(10000, reference))
        seal(market)
    refund = OrderOf(-4000, kind="refund", refund_of="O-1", partner_code="", occurred_at=JANUARY)
    market.sell(refund)
    market.close(JANUARY, now=FEBRUARY)
    return market


def verify(market):
    out = io.StringIO()
    try:
        call_command("verify_ledger", "--alliance", str(market.alliance.id), stdout=out)
    except CommandError as error:
        return {1: False}[error.returncode], out.getvalue()
    return True, out.getvalue()


def test_every_partys_statement_bears_the_same_events_and_the_last_head(market):
    ours, theirs = market.statement(1), market.statement(1, market.host)
    with organization_scope(market.host.id):
        last = Seal.objects.get(number=2)
    assert (ours.content_version, ours.event_count, ours.chain_number) == (4, 3, 2)
    assert ours.chain_head == theirs.chain_head == last.head
    assert ours.events_sha256 == theirs.events_sha256
    for statement in (ours, theirs):
        with organization_scope(statement.organization_id):
            assert recompute_statement(statement).sha256() == statement.content_sha256


def test_a_changed_event_shows_in_the_recomputed_hash(market):
    statement = market.statement(1)
    change = (
        "UPDATE settlements_accrual SET explanation = jsonb_set(explanation, '{facts,of,0,quantity}', '2')"
        " WHERE reference = 'O-2' AND alliance_id = %(alliance)s"
    )
    tamper(change, {"alliance": market.alliance.id}, "settlements_accrual")
    with organization_scope(market.north.id):
        assert recompute_statement(statement).events_sha256 != statement.events_sha256


def test_a_tail_that_was_removed_is_noticed_by_the_head_on_a_statement(market):
    assert verify(market)[0]
    tamper(DROP_THE_TAIL, {"book": book_of(market)})
    same, said = verify(market)
    assert not same
    assert "the end of the chain is gone" in said
    assert f"({market.statement(1).number}" in said or market.statement(1, market.host).number in said


def test_a_statement_closed_before_the_first_seal_says_so(committed):
    market = Market([written.clause(written.commission("10%"))])
    market.sell(sale(10000, "O-1"))
    market.close(JANUARY, now=FEBRUARY)
    statement = market.statement(1)
    assert (statement.chain_number, statement.chain_head) == (0, "")
    with organization_scope(market.north.id):
        assert recompute_statement(statement).sha256() == statement.content_sha256


@pytest.mark.parametrize(
    ("version", "sha256"),
    [
        (1, "9bc8ab945cb7bb4d83e2d36b1682d8a03fd517ff76aa42d3aea975cc366acc04"),
        (2, "684b6b9a6849a58f9074056c766451c029c0c73f8a718a46641a67990bb336d2"),
        (3, "62b84aba90f62fa10a0c1a52cfda4d3c264268b7c064f18bb42888a73897a5ae"),
    ],
)
def test_statements_of_earlier_versions_stay_verifiable(version, sha256):
    """Whatever is added later, what stood on a statement once is hashed as it was."""
    content = StatementContent(
        number="ST-2026-01-0000000001-2",
        organization_id=UUID(int=2),
        agreement_id=UUID(int=3),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 2, 1),
        time_zone="Asia/Shanghai",
        currency="EUR",
        opening_minor=-500,
        current_minor=4000,
        prior_minor=300,
        adjustments_minor=0,
        withheld_minor=0,
        paid_minor=0,
        closing_minor=3800,
        base_minor=10750,
        order_count=3,
        refund_count=1,
        line_count=4,
        terms=(TermsUsed(1, "a" * 64, "largest_remainder"),),
        engine_version="2",
        lines_root="b" * 64,
        previous_sha256="c" * 64,
        content_version=version,
    )
    assert content.sha256() == sha256
