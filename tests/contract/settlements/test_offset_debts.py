"""What a partner owes under one agreement, paid out of what it has under another: to the cent, and only where both say so."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.answers.services.dispute_line import dispute_line
from settlements.ledger.selectors import find_book, trial_balance
from settlements.models import Adjustment, AdjustmentKind, Journal, StatementLine
from settlements.payouts.services.place_hold import place_hold
from settlements.payouts.services.plan_payouts import plan_payouts
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.test_proposals import SHARED, approved, proposed
from tests.domain.partners.terms import written
from tests.orders import OrderOf
from tests.payouts import bank_account_of

pytestmark = pytest.mark.django_db

APRIL = datetime(2026, 4, 15, 12, 0, tzinfo=UTC)
MAY = datetime(2026, 5, 15, 12, 0, tzinfo=UTC)
OPTED_IN = {"offset": "other_agreements"}
THIRTY = {"party": str(written.NORTH), "rate": "30%"}


def two_agreements(own=None, other=None, **both):
    """North under one agreement with South's orders, and under another with East's; 40% are north's in each."""
    given = {"debts": OPTED_IN, **both}
    first = Market([SHARED], more_partners=("South",), **{**given, **(own or {})})
    return first, first.another([SHARED], more_partners=("East",), **{**given, **(other or {})})


def owing(*, own=None, other=None, **both):
    """In January north earned 40.00 and 80.00; on 15 February 70.00 were clawed back under the first agreement."""
    first, second = two_agreements(own, other, **both)
    first.sell(
        OrderOf(10000, partner_code="South", reference="S-1", occurred_at=JANUARY),
        OrderOf(20000, partner_code="East", reference="E-1", occurred_at=JANUARY, currency=second_currency(other)),
    )
    for each in (first, second):
        each.close(JANUARY, now=FEBRUARY)
    approved(first, proposed(first, 7000, AdjustmentKind.CLAWBACK))
    return first, second


def second_currency(other):
    return (other or {}).get("currency", "EUR")


def offset_rows(market):
    with organization_scope(market.host.id):
        return list(Adjustment.objects.filter(kind=AdjustmentKind.OFFSET, agreement_id=market.agreement.id))


def test_the_close_pays_the_debt_and_both_statements_say_so(db):
    first, second = owing()
    first.close(FEBRUARY, now=MARCH)
    statement = first.statement(2)
    assert (statement.opening_minor, statement.adjustments_minor, statement.closing_minor) == (4000, -4000, 0)
    assert [first.balance(kind, first.north) for kind in ("available", "receivable")] == [0, 0]
    assert [second.balance(kind, second.north) for kind in ("available", "receivable")] == [-5000, 0]
    second.close(MARCH, now=APRIL)
    statement = second.statement(3)
    assert (statement.opening_minor, statement.adjustments_minor, statement.closing_minor) == (8000, -3000, 5000)
    [own], [other] = offset_rows(first), offset_rows(second)
    assert (own.amount_minor, other.amount_minor, other.answers_id) == (3000, -3000, own.id)
    with organization_scope(first.host.id):
        clearing = [
            sorted(entry.amount_minor for entry in Journal.objects.get(key=f"adjustment:{row.id}").entries.all())
            for row in (own, other)
        ]
        assert clearing == [[-3000, 3000], [-3000, 3000]]
        assert trial_balance(find_book(alliance_id=first.alliance.id).id).totals() == {"EUR": 0}


def test_each_side_leads_to_the_other(db):
    first, second = owing()
    first.close(FEBRUARY, now=MARCH)
    [own], [other] = offset_rows(first), offset_rows(second)
    client = signed_in(first.north.viewer)
    page = client.get(reverse("portal:adjustment", args=[own.id])).content.decode()
    assert reverse("portal:adjustment", args=[other.id]) in page
    assert "What North owed here was paid" in page
    assert "Not yet: the period is open" in page
    second.close(MARCH, now=APRIL)
    page = client.get(reverse("portal:adjustment", args=[own.id])).content.decode()
    assert reverse("portal:statement", args=[second.statement(3).id]) in page
    page = client.get(reverse("portal:adjustment", args=[other.id])).content.decode()
    assert reverse("portal:statement", args=[first.statement(2).id]) in page
    statement = client.get(reverse("portal:statement", args=[first.statement(2).id])).content.decode()
    assert reverse("portal:adjustment", args=[own.id]) in statement


def test_who_has_money_later_pays_then(db):
    """The other way round: the debt is there first, and the close of the agreement that earns pays it."""
    first, second = two_agreements()
    first.sell(OrderOf(10000, partner_code="South", occurred_at=JANUARY))
    first.close(JANUARY, now=FEBRUARY)
    approved(first, proposed(first, 7000, AdjustmentKind.CLAWBACK))
    first.close(FEBRUARY, now=MARCH)
    assert first.balance("receivable", first.north) == 3000
    second.sell(OrderOf(5000, partner_code="East", occurred_at=MARCH), now=MARCH)
    second.close(MARCH, now=APRIL)
    assert second.statement(3).closing_minor == 0
    assert first.balance("receivable", first.north) == 1000
    first.close(APRIL, now=MAY)
    assert first.statement(4).closing_minor == -1000


def test_closing_again_offsets_nothing_again(db):
    first, second = owing()
    first.close(FEBRUARY, now=MARCH)
    first.close(FEBRUARY, now=MARCH)
    assert [len(offset_rows(each)) for each in (first, second)] == [1, 1]
    second.close(MARCH, now=APRIL)
    assert second.owed() == 5000


def test_a_refund_after_it_takes_back_what_the_order_gave(db):
    """East's order is refunded whole: north owes under the second agreement then, and the first pays it out of later sales."""
    first, second = owing()
    first.close(FEBRUARY, now=MARCH)
    first.sell(
        OrderOf(-20000, "East", kind="refund", refund_of="E-1", occurred_at=MARCH),
        OrderOf(12500, "South", occurred_at=MARCH),
        now=MARCH,
    )
    second.close(MARCH, now=APRIL)
    assert (second.statement(3).closing_minor, first.owed()) == (-3000, 5000)
    first.close(MARCH, now=APRIL)
    assert first.statement(3).closing_minor == 2000
    assert [second.balance(kind, second.north) for kind in ("available", "pending", "receivable")] == [0, 0, 0]
    assert [each.balance("clearing") for each in (first, second)] == [22500, 0]


@pytest.mark.parametrize(
    "terms",
    [
        {"own": {"debts": None}},
        {"other": {"debts": None}},
        {"other": {"currency": "USD"}},
        {"other": {"withholding": [THIRTY]}},
        {"other": {"hold": {"days": 90}}},
        {"other": {"reserve": {"share": "100%", "days": 90}}},
    ],
    ids=["not here", "not there", "currency", "tax", "pending", "reserved"],
)
def test_nothing_is_offset_unless_both_agree_on_free_money_of_one_kind(db, terms):
    first, second = owing(**terms)
    first.close(FEBRUARY, now=MARCH)
    assert first.balance("receivable", first.north) == 3000
    assert offset_rows(first) == offset_rows(second) == []


def test_nothing_of_a_partner_on_hold(db):
    first, second = owing()
    with organization_scope(first.host.id):
        place_hold(actor=first.host.actor(), organization_id=first.north.id, reason="Looked into", now=FEBRUARY)
    first.close(FEBRUARY, now=MARCH)
    assert offset_rows(first) == offset_rows(second) == []


def disputed_by_north(market, statement, **line):
    with organization_scope(market.north.id):
        number = StatementLine.objects.get(statement_id=statement.id, **line).line_number
        dispute_line(
            actor=market.north.actor(), statement_id=statement.id, line_number=number, reason="Not so", now=FEBRUARY
        )


def test_nothing_against_earnings_that_are_disputed(db):
    first, second = owing()
    disputed_by_north(second, second.statement(1))
    first.close(FEBRUARY, now=MARCH)
    assert first.balance("receivable", first.north) == 3000
    assert offset_rows(first) == offset_rows(second) == []


def test_nothing_for_a_debt_that_is_disputed(db):
    first, second = two_agreements()
    first.sell(OrderOf(10000, partner_code="South", occurred_at=JANUARY))
    first.close(JANUARY, now=FEBRUARY)
    approved(first, proposed(first, 7000, AdjustmentKind.CLAWBACK))
    first.close(FEBRUARY, now=MARCH)
    disputed_by_north(first, first.statement(2), kind="clawback")
    second.sell(OrderOf(5000, partner_code="East", occurred_at=MARCH), now=MARCH)
    second.close(MARCH, now=APRIL)
    assert (first.balance("receivable", first.north), second.statement(3).closing_minor) == (3000, 2000)


def test_a_payout_pays_what_is_left(db):
    first, second = owing()
    bank_account_of(first.north, now=JANUARY)
    first.close(FEBRUARY, now=MARCH)
    with organization_scope(first.host.id):
        plan = plan_payouts(alliance_id=first.alliance.id, currency="EUR", now=MARCH)
    assert (plan.total_minor, plan.not_paid) == (5000, ())
    assert [part.agreement_id for payout in plan.payouts for part in payout.parts] == [second.agreement.id]
