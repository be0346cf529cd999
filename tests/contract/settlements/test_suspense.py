"""Conversions that no agreement explains wait in suspense, and leave it exactly once."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.db import DatabaseError

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.selectors import accounts, balances, find_book, trial_balance
from settlements.models import Accrual, SuspenseItem
from settlements.services.accrue_conversions import Accrued, accrue_conversions
from tests.cast import full_cast, join, partner_organization, signed_agreement
from tests.orders import OrderOf, recorded
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def cast(db):
    return full_cast()


def accrue(cast, ids):
    with organization_scope(cast.host.id):
        return accrue_conversions(actor=cast.host.system, conversion_ids=ids, now=NOW)


def held(cast):
    """Balance by account kind of what is book-wide, and how many items wait."""
    with organization_scope(cast.host.id):
        book = find_book(alliance_id=cast.alliance.id)
        if book is None:
            return {}, 0
        wide = {a.id: a.kind.value for a in accounts(book_id=book.id) if a.agreement_id is None}
        amounts = {wide[id_]: amount for id_, amount in balances(book_id=book.id).items() if id_ in wide}
        assert trial_balance(book.id).is_balanced
        return amounts, SuspenseItem.objects.filter(released_at__isnull=True).count()


def test_no_agreement_means_suspense_and_an_alert(cast):
    [sale] = recorded(cast.alliance, [OrderOf(700, "south")], now=NOW)
    assert accrue(cast, [sale]) == Accrued(held=1)
    assert held(cast) == ({"clearing": 700, "suspense": -700}, 1)
    with organization_scope(cast.host.id):
        item = SuspenseItem.objects.get()
        assert (item.reason, item.partner_id, item.amount_minor) == ("no_agreement", cast.south.id, 700)


def test_an_unknown_partner_is_named_as_the_reason(cast):
    [sale] = recorded(cast.alliance, [OrderOf(700, "nobody")], now=NOW)
    accrue(cast, [sale])
    with organization_scope(cast.host.id):
        assert SuspenseItem.objects.get().reason == "unknown_partner"


def test_an_unexplained_order_of_zero_is_shown_and_posts_nothing(cast):
    [sale] = recorded(cast.alliance, [OrderOf(0, "south")], now=NOW)
    assert accrue(cast, [sale]) == Accrued(held=1)
    assert held(cast) == ({"clearing": 0, "suspense": 0}, 1)


def test_holding_again_changes_nothing(cast):
    [sale] = recorded(cast.alliance, [OrderOf(700, "south")], now=NOW)
    accrue(cast, [sale])
    assert accrue(cast, [sale]) == Accrued()
    deliver_all()
    assert held(cast) == ({"clearing": 700, "suspense": -700}, 1)


def test_signing_an_agreement_releases_what_waited(cast):
    """Case H10: what a partner sold before it has accepted anything is kept, and earned once it has."""
    sale, zero = recorded(cast.alliance, [OrderOf(700, "south"), OrderOf(0, "south")], now=NOW)
    deliver_all()
    assert held(cast) == ({"clearing": 700, "suspense": -700}, 2)
    signed_agreement(cast.alliance, [(cast.host, Fraction(1, 2)), (cast.south, Fraction(1, 2))])
    deliver_all()
    assert held(cast) == ({"clearing": 0, "suspense": 0}, 0)
    with organization_scope(cast.south.id):
        assert {a.conversion_id for a in Accrual.objects.all()} == {sale, zero}
        [pending] = accounts(organization_id=cast.south.id)
        assert balances(account_ids=[pending.id]) == {pending.id: -350}
    assert accrue(cast, [sale, zero]) == Accrued()
    assert held(cast) == ({"clearing": 0, "suspense": 0}, 0)


def test_a_partner_who_joins_later_takes_its_orders(cast):
    recorded(cast.alliance, [OrderOf(700, "later")], now=NOW)
    deliver_all()
    later = partner_organization()
    join(cast.alliance, later, code="later")
    deliver_all()
    assert held(cast)[1] == 1
    signed_agreement(cast.alliance, [(cast.host, Fraction(1, 2)), (later, Fraction(1, 2))])
    deliver_all()
    assert held(cast) == ({"clearing": 0, "suspense": 0}, 0)


def test_messages_in_any_order_end_the_same(cast):
    """The agreement's message may come before the one of the recording."""
    [sale] = recorded(cast.alliance, [OrderOf(700, "south")], now=NOW)
    signed_agreement(cast.alliance, [(cast.host, Fraction(1, 2)), (cast.south, Fraction(1, 2))])
    deliver_all()
    with organization_scope(cast.host.id):
        assert Accrual.objects.filter(conversion_id=sale).count() == 1
        assert not SuspenseItem.objects.filter(released_at__isnull=True).exists()


def test_a_gap_between_agreements_is_suspense(cast):
    signed_agreement(
        cast.alliance,
        [(cast.host, Fraction(1, 2)), (cast.south, Fraction(1, 2))],
        effective_from=date(2026, 1, 1),
        effective_to=date(2026, 1, 10),
    )
    before, after = recorded(
        cast.alliance,
        [
            OrderOf(100, "south", datetime(2026, 1, 9, 23, 59, tzinfo=UTC)),
            OrderOf(100, "south", datetime(2026, 1, 10, 0, 0, tzinfo=UTC)),
        ],
        now=NOW,
    )
    assert accrue(cast, [before, after]) == Accrued(accrued=1, held=1)
    with organization_scope(cast.host.id):
        assert SuspenseItem.objects.get().conversion_id == after


def test_partners_do_not_see_the_hosts_suspense(cast):
    [sale] = recorded(cast.alliance, [OrderOf(700, "south")], now=NOW)
    accrue(cast, [sale])
    for party in (cast.south, cast.north, cast.stranger):
        with organization_scope(party.id):
            assert not SuspenseItem.objects.exists()


def test_an_item_is_only_released(cast):
    [sale] = recorded(cast.alliance, [OrderOf(700, "south")], now=NOW)
    accrue(cast, [sale])
    with pytest.raises(DatabaseError), organization_scope(cast.host.id):
        SuspenseItem.objects.update(amount_minor=1)
