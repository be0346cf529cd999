"""What a period's end brings under whole terms: guarantees, fixed amounts, advances, reserves, debts."""

from datetime import UTC, date, datetime

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.models import Adjustment, Period, Reserve
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.post_journal import post_journal
from settlements.services.recompute_statement import recompute_statement
from tests.contract.settlements.market import Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
BEGIN = date(2026, 1, 1)


def at(month, day=15):
    return datetime(2026, month, day, 12, tzinfo=UTC)


def sale(amount, month=1, reference="", **more):
    return OrderOf(amount, reference=reference, occurred_at=at(month), **more)


def refund(amount, of, month=1, kind="refund", **more):
    return OrderOf(-amount, kind=kind, refund_of=of, partner_code="", occurred_at=at(month), **more)


def adjusted(market, kind=None):
    with organization_scope(market.host.id):
        rows = Adjustment.objects.order_by("id")
        rows = rows.filter(kind=kind) if kind else rows
        return [(row.kind, row.amount_minor, str(row.about_period), str(row.period)) for row in rows]


def pay(market, amount_minor, *, month):
    """What a confirmed payout leaves in the ledger."""
    with organization_scope(market.host.id):
        book_id = open_book(alliance_id=market.alliance.id, host_id=market.host.id)
        available, bank = (
            AccountSpec(party.id, market.agreement.id, "EUR", kind)
            for party, kind in ((market.north, AccountKind.AVAILABLE), (market.host, AccountKind.BANK))
        )
        accounts = open_accounts(book_id=book_id, specs=[available, bank])
        hold_present_periods(
            book_id=book_id,
            host_id=market.host.id,
            alliance_id=market.alliance.id,
            agreement_ids=[market.agreement.id],
            now=at(month),
        )
        draft = JournalDraft(
            key=f"payout:{market.agreement.id}:{month}",
            kind="payout_confirmed",
            agreement_id=market.agreement.id,
            effective_on=at(month).date(),
            occurred_at=at(month),
            legs=(Leg(accounts[available], amount_minor), Leg(accounts[bank], -amount_minor)),
        )
        post_journal(book_id=book_id, draft=draft)


def figures(statement):
    return (
        statement.opening_minor,
        statement.current_minor + statement.prior_minor,
        statement.adjustments_minor,
        statement.paid_minor,
        statement.closing_minor,
    )


class TestGuarantees:
    """S30."""

    guarantee = ({"party": str(written.NORTH), "amount": "1000.00", "borne_by": str(written.HOST)},)

    def test_what_is_missing_is_made_up_once(self, db):
        market = Market([SHARED], guarantees=self.guarantee)
        market.sell(sale(205000, reference="O-1"))
        market.close(at(1), now=at(2))
        assert figures(market.statement(1)) == (0, 82000, 18000, 0, 100000)
        assert market.statement(1, market.host).adjustments_minor == -18000
        assert market.owed() == 100000
        assert adjusted(market) == [("guarantee", 18000, "2026-01", "2026-01")]

    def test_enough_needs_nothing(self, db):
        market = Market([SHARED], guarantees=self.guarantee)
        market.sell(sale(300000))
        market.close(at(1), now=at(2))
        assert adjusted(market) == []

    def test_a_refund_of_a_topped_up_period_is_made_up_there(self, db):
        market = Market([SHARED], guarantees=self.guarantee)
        market.sell(sale(205000, reference="O-1"))
        market.close(at(1), now=at(2))
        market.sell(sale(500000, 2), refund(12500, "O-1", 2), now=at(2))
        market.close(at(2), now=at(3))
        assert adjusted(market)[1:] == [("guarantee", 5000, "2026-01", "2026-02")]
        assert figures(market.statement(2)) == (100000, 195000, 5000, 0, 300000)

    def test_a_late_sale_takes_back_what_was_made_up(self, db):
        market = Market([SHARED], guarantees=self.guarantee)
        market.sell(sale(205000))
        market.close(at(1), now=at(2))
        market.sell(sale(10000, 1), sale(500000, 2), now=at(2))
        market.close(at(2), now=at(3))
        assert adjusted(market)[1:] == [("guarantee", -4000, "2026-01", "2026-02")]

    def test_it_is_owed_for_a_period_without_any_sale(self, db):
        market = Market([SHARED], guarantees=self.guarantee, effective_from=BEGIN)
        market.follow_terms(at(2))
        market.follow_terms(at(2))
        market.close(at(1), now=at(2))
        assert figures(market.statement(1)) == (0, 0, 100000, 0, 100000)
        with organization_scope(market.host.id):
            assert [str(period) for period in Period.objects.order_by("starts_on")] == ["2026-01", "2026-02"]


def test_a_fixed_amount_for_each_period(db):
    fee = written.clause(written.flat("50.00", per="period"), id="fee", name="Shelf rent", earns_on="flat_fee")
    market = Market([SHARED, fee], effective_from=BEGIN)
    market.follow_terms(at(3))
    market.close(at(1), now=at(3))
    market.close(at(2), now=at(3))
    assert figures(market.statement(2)) == (5000, 0, 5000, 0, 10000)
    assert market.statement(2, market.host).closing_minor == -10000
    with organization_scope(market.north.id):
        line = market.statement(2).lines.get()
    assert (line.section, line.kind, line.reference, line.base_minor, line.share_minor) == (
        "adjustment",
        "flat_fee",
        "Shelf rent",
        0,
        5000,
    )


def advance(**more):
    return {"id": "start", "party": str(written.NORTH), "amount": "1000.00", "paid_by": str(written.HOST), **more}


class TestAdvances:
    """S31."""

    def test_it_is_granted_once_paid_and_recouped(self, db):
        market = Market([SHARED], advances=[advance()], effective_from=BEGIN)
        market.follow_terms(at(1, 2))
        market.follow_terms(at(1, 3))
        assert (market.balance("available", market.north), market.balance("advance", market.north)) == (-100000, 100000)
        pay(market, 100000, month=1)
        market.sell(sale(100000))
        market.close(at(1), now=at(2))
        assert figures(market.statement(1)) == (0, 40000, 60000, 100000, 0)
        assert market.balance("advance", market.north) == 60000
        market.sell(sale(225000, 2), now=at(2))
        market.close(at(2), now=at(3))
        assert figures(market.statement(2)) == (0, 90000, -60000, 0, 30000)
        assert (market.balance("advance", market.north), market.owed()) == (0, 30000)

    def test_only_the_agreed_share_of_the_earnings_goes_into_it(self, db):
        market = Market([SHARED], advances=[advance(recoups="50%")], effective_from=BEGIN)
        market.follow_terms(at(1, 2))
        pay(market, 100000, month=1)
        market.sell(sale(100000))
        market.close(at(1), now=at(2))
        assert figures(market.statement(1)) == (0, 40000, 80000, 100000, 20000)


class TestReserves:
    """S40."""

    def test_a_share_is_kept_back_and_released_by_its_day(self, db):
        market = Market([SHARED], reserve={"share": "10%", "days": 30})
        market.sell(sale(10000))
        market.close(at(1), now=at(2))
        assert (market.balance("available", market.north), market.balance("reserve", market.north)) == (-3600, -400)
        assert market.statement(1).closing_minor == 4000
        market.sell(sale(1000, 2), now=at(2))
        market.close(at(2), now=at(3))
        assert market.balance("reserve", market.north) == -440
        market.sell(sale(1000, 3), now=at(3))
        market.close(at(3), now=at(4))
        assert market.balance("reserve", market.north) == -40
        assert market.statement(3).closing_minor == market.owed() == 4800

    def test_refunds_use_it_up_before_anything_else(self, db):
        market = Market([SHARED], reserve={"share": "10%", "days": 90})
        market.sell(sale(10000, reference="O-1"))
        market.close(at(1), now=at(2))
        market.sell(refund(2000, "O-1", 2), now=at(2))
        market.close(at(2), now=at(3))
        assert (market.balance("available", market.north), market.balance("reserve", market.north)) == (-3200, 0)
        with organization_scope(market.north.id):
            lot = Reserve.objects.get()
        assert (lot.held_minor, lot.used_minor, lot.released_minor) == (400, 400, 0)


class TestDebts:
    def test_a_refund_after_the_payout_is_owed(self, db):
        """S11."""
        market = Market([SHARED])
        market.sell(sale(10000, reference="O-1"))
        market.close(at(1), now=at(2))
        pay_in = market.statement(1).closing_minor
        market.sell(refund(10000, "O-1", 2), now=at(2))
        pay(market, pay_in, month=2)
        market.close(at(2), now=at(3))
        assert figures(market.statement(2)) == (4000, -4000, 0, 4000, -4000)
        assert [market.balance(kind, market.north) for kind in ("pending", "available", "receivable")] == [0, 0, 4000]
        assert [market.balance(kind) for kind in ("revenue", "clearing", "bank")] == [0, 0, -4000]

    def test_a_debt_is_carried_and_paid_back_out_of_earnings(self, db):
        """S12."""
        market = Market([written.clause(written.commission("100%"))])
        market.sell(sale(700, reference="O-1"))
        market.close(at(1), now=at(2))
        pay(market, 700, month=2)
        market.sell(sale(500, 2), refund(700, "O-1", 2), now=at(2))
        market.close(at(2), now=at(3))
        assert (market.statement(2).closing_minor, market.balance("receivable", market.north)) == (-200, 200)
        market.sell(sale(300, 3), now=at(3))
        market.close(at(3), now=at(4))
        assert figures(market.statement(3)) == (-200, 300, 0, 0, 100)
        assert [market.balance(kind, market.north) for kind in ("available", "receivable")] == [-100, 0]


def test_who_bears_the_fee_of_a_chargeback_pays_it_and_gets_it_back_when_it_is_won(db):
    """S41."""
    market = Market([SHARED], refunds={"chargeback_fee": str(written.NORTH)})
    market.sell(
        sale(10000, reference="O-1"), refund(10000, "O-1", kind="chargeback", reported=(("payment_fee", 1500),))
    )
    market.close(at(1), now=at(2))
    assert figures(market.statement(1)) == (0, 0, -1500, 0, -1500)
    with organization_scope(market.north.id):
        lines = list(market.statement(1).lines.order_by("line_number").values_list("kind", "share_minor"))
    assert lines == [("sale", 4000), ("chargeback", -4000), ("chargeback_fee", -1500)]


def test_a_statement_without_lines_carries_what_is_owed(db):
    market = Market([SHARED])
    market.sell(sale(300000))
    market.close(at(1), now=at(2))
    pay(market, 100000, month=2)
    market.close(at(2), now=at(3))
    statement = market.statement(2)
    assert figures(statement) == (120000, 0, 0, 100000, 20000)
    assert statement.line_count == 0
    with organization_scope(market.north.id):
        assert recompute_statement(statement).sha256() == statement.content_sha256


class TestPools:
    """S32: two agreements, each with an advance of 2,000.00; the first earned 200.00, the second 2,200.00."""

    def markets(self, **pool):
        clauses = [written.clause(written.commission("100%"))]
        promised = [advance(**{**pool, "amount": "2000.00"})]
        first = Market(clauses, more_partners=("South",), advances=promised, effective_from=BEGIN)
        second = first.another(clauses, more_partners=("East",), advances=promised, effective_from=BEGIN)
        first.follow_terms(at(1, 2))
        for each in (first, second):
            pay(each, 200000, month=1)
        first.sell(sale(20000, partner_code="South"), sale(220000, partner_code="East"))
        for each in (first, second):
            each.close(at(1), now=at(2))
        return first, second

    def test_apart_each_recoups_its_own(self, db):
        first, second = self.markets()
        assert [m.balance("advance", m.north) for m in (first, second)] == [180000, 0]
        assert [m.owed() for m in (first, second)] == [0, 20000]

    def test_together_the_rest_of_one_recoups_the_other(self, db):
        first, second = self.markets(pool="books")
        assert [m.balance("advance", m.north) for m in (first, second)] == [160000, 0]
        assert [m.owed() for m in (first, second)] == [0, 0]
        assert figures(second.statement(1)) == (0, 220000, -20000, 200000, 0)
