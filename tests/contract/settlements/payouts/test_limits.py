"""A host's own limit above which two people approve: by owners, audited, by currency, for what is prepared from then on."""

import pytest
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.payouts.limits import approvals_needed
from settlements.payouts.models import PayoutLimit
from settlements.payouts.services.set_payout_limit import LimitNegativeError, LimitUnchangedError, set_payout_limit
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY
from tests.contract.settlements.payouts.test_preparing import payable_market

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db, settings):
    settings.PAYOUT_SECOND_APPROVER_ABOVE = "50000"
    return payable_market()


def limited(market, amount_minor, *, actor=None, currency="EUR", party=None):
    party = party or market.host
    with organization_scope(party.id):
        return set_payout_limit(
            actor=actor or party.actor(), currency=currency, amount_minor=amount_minor, now=FEBRUARY
        )


def needed(market, total_minor, currency="EUR"):
    with organization_scope(market.host.id):
        return approvals_needed(total_minor, currency)


def test_it_counts_above_by_currency_and_goes_back_to_the_installations(market):
    assert (needed(market, 5_000_000), needed(market, 5_000_001)) == (1, 2)
    limited(market, 3999)
    limited(market, 100, currency="JPY")
    assert (needed(market, 3999), needed(market, 4000)) == (1, 2)
    assert (needed(market, 100, "JPY"), needed(market, 101, "JPY"), needed(market, 5_000_000, "USD")) == (1, 2, 1)
    limited(market, 0)
    assert needed(market, 1) == 2
    limited(market, None)
    assert (needed(market, 5_000_000), needed(market, 5_000_001)) == (1, 2)


def test_batches_keep_what_they_were_prepared_under(market):
    before = market.desk.prepare(now=FEBRUARY)
    limited(market, 3999)
    assert market.desk.approve(before, now=FEBRUARY).is_reserved
    with organization_scope(market.host.id):
        [said] = AuditEvent.objects.filter(action="payout_limit.set")
    assert (said.before["amount_minor"], said.after["amount_minor"]) == (5_000_000, 3999)


def test_a_lower_limit_asks_for_two(market):
    limited(market, 3999)
    batch_id = market.desk.prepare(now=FEBRUARY)
    assert not market.desk.approve(batch_id, now=FEBRUARY).is_reserved
    assert market.desk.approve(batch_id, now=FEBRUARY, actor=market.desk.another()).is_reserved


def test_only_owners_of_a_host_with_a_second_factor_and_only_what_changes_something(market):
    for actor in (market.host.actor(Role.FINANCE), market.host.actor(Role.MANAGER)):
        with pytest.raises(NotPermittedError):
            limited(market, 1, actor=actor)
    with pytest.raises(SecondFactorRequiredError):
        limited(market, 1, actor=market.host.actor(has_second_factor=False))
    with pytest.raises(NotPermittedError):
        limited(market, 1, party=market.north)
    with pytest.raises(LimitNegativeError):
        limited(market, -1)
    with pytest.raises(LimitUnchangedError):
        limited(market, None)
    limited(market, 1)
    with pytest.raises(LimitUnchangedError):
        limited(market, 1)
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        PayoutLimit.objects.update(amount_minor=9)


def test_the_page(market):
    page, set_ = reverse("portal:payout_limits"), reverse("portal:payout_limit_set")
    owner = signed_in(market.host.owner, second_factor=True)
    assert "As the platform has it" in owner.get(page).content.decode()
    wrong = owner.post(set_, {"currency": "EUR", "amount": "1.234"})
    assert wrong.status_code == 422
    assert owner.post(set_, {"currency": "EUR", "amount": "39.99"}).url == page
    assert "€39.99" in owner.get(page).content.decode()
    finance = signed_in(market.host.user(Role.FINANCE), second_factor=True)
    assert set_ not in finance.get(page).content.decode()
    assert finance.post(set_, {"currency": "EUR", "amount": "9"}).status_code == 403
    assert signed_in(market.north.owner, second_factor=True).get(page).status_code == 404
